/** Which release of the upgrade a step is about. */
export type Side = 'base' | 'target';

/** The hooks a project can give, by the field's names. */
export const HOOKS = [
  'install',
  'start',
  'version',
  'smoke',
  'early_create',
  'create',
  'verify',
  'shutdown',
  'verify_noapi',
  'migrate',
  'upgrade',
  'finalize',
  'destroy',
] as const;
export type Hook = (typeof HOOKS)[number];

/** Whom a failure in a phase speaks about. */
export type Blame = 'base' | 'upgrade' | 'after';

/** A stretch of the plan. A phase begins when the one before it is over. */
export interface PhaseRecord {
  /** `shutdown`; the label that `-s` takes. */
  readonly name: string;
  readonly blame: Blame;
}

/** One thing to do, known for ever by its key; its number is for reading. */
export interface StepRecord {
  /** `s3rver/verify:target@autumn`, or `settle:target@autumn` for a step of no project. */
  readonly key: string;
  readonly number: number;
  readonly phase: string;
  readonly action: Action;
  readonly side: Side;
  readonly release: string;
  /** The system it works on: the one that is upgraded when left out, or a fresh install of the target beside it. */
  readonly system?: 'twin';
  /** Its hook can be seen to do nothing: it runs, and nothing can be concluded from that it passed. */
  readonly empty?: true;
}

/** What a step does. */
export type Action =
  /** Calls one hook of one project. */
  | { readonly kind: 'hook'; readonly project: string; readonly hook: Hook }
  /** Brings a checkout to where it has to lie: a DevStack tree, a plugin. */
  | { readonly kind: 'fetch'; readonly checkout: string }
  /** Runs one of Grenade's own scripts, by its name: what a classic run does around the hooks of its projects. */
  | { readonly kind: 'script'; readonly script: string }
  /** Reads what settings register, once everything is there that they need; the plan goes on from there. */
  | { readonly kind: 'settings' }
  /** Watches the system for a while before the upgrade counts as done. */
  | { readonly kind: 'settle'; readonly ms: number }
  /** Saves what settings registered, for people to look at later. */
  | { readonly kind: 'save-state' }
  /** Keeps what is needed to compare registered state with itself later. */
  | { readonly kind: 'record-state' }
  /** Compares it: after the upgrade, or at the base after a restart alone, to learn what changes by itself. */
  | { readonly kind: 'compare-state' }
  /** Keeps the base as it is once all of it is down, for later runs to begin with. */
  | { readonly kind: 'keep-snapshot' }
  /** Puts what an earlier run kept of the base in place. */
  | { readonly kind: 'restore-snapshot' }
  /** Keeps how registered databases are defined in a system. */
  | { readonly kind: 'record-schema' }
  /** Compares the upgraded system with its twin: what is defined in databases, and files. */
  | { readonly kind: 'compare-twin' }
  /** Ends every service the run started, once there is nothing left to look at. */
  | { readonly kind: 'take-down' };
