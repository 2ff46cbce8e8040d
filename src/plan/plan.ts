import type { Blame, PhaseRecord, StepRecord } from '../journal/record.js';

/**
 * What a run will do, as data: no paths, ports, clock or environment. It prints as a tree, saves as JSON, and runs
 * again from that JSON in a later workspace.
 */
export interface Plan {
  readonly format: 1;
  readonly scenario: string;
  readonly releases: { readonly base: string; readonly target: string };
  readonly projects: readonly string[];
  readonly phases: readonly Phase[];
  /** What comes after these phases is planned once their last step has read what is not known before. */
  readonly goesOn?: true;
}

/** Steps that belong together. A phase begins when the one before it is over, whole. */
export interface Phase extends PhaseRecord {
  readonly name: string;
  readonly blame: Blame;
  /** What a failed step ends: the run at once, or the run once every step of this phase has had its turn. */
  readonly onFailure: 'stop' | 'finish-phase';
  /** Other names by which `-s` can mean the end of this phase; a part of one is enough. */
  readonly labels?: readonly string[];
  /** Whether `-b` ends here; otherwise it ends with the last phase whose failures are blamed on the base. */
  readonly endsBase?: true;
  readonly steps: readonly Step[];
}

export interface Step extends StepRecord {
  /** Keys of steps in the same phase that are over before this one begins; what is not ordered may run side by side. */
  readonly after: readonly string[];
}
