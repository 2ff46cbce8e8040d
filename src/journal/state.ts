import type {
  CheckoutReady,
  CommandFailed,
  ExceptionUsed,
  Harness,
  LogEvidence,
  ProjectRecord,
  SnapshotRestored,
  Stray,
  Verdict,
} from './event.js';
import type { Failure } from './failure.js';
import type {
  ConfigChanged,
  ConfigRecorded,
  ConfigUnread,
  ExpectationMissed,
  StateCompared,
  StateUnread,
} from './looked.js';
import type { Bounds, Connection, ProbeRecord, ProbeStatus } from './probe.js';
import type { PhaseRecord, Side, StepRecord } from './record.js';

/** Where a step stands. A step of an unfinished journal can be `running` for ever: its harness was killed. */
export type StepStatus =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'running'; readonly startedAt: number }
  | { readonly kind: 'passed'; readonly endedAt: number; readonly ms: number }
  | {
      readonly kind: 'failed';
      readonly endedAt: number;
      readonly ms: number;
      readonly failure: Failure;
      readonly commandFailed?: CommandFailed;
    };

export interface StepState {
  readonly record: StepRecord;
  readonly phase: PhaseRecord;
  readonly status: StepStatus;
  /** Path of its log below the run's directory, once it started. */
  readonly log: string | undefined;
  readonly pid: number | undefined;
  /** The latest line its hook wrote for people. */
  readonly summary: string | undefined;
}

export interface PhaseState {
  readonly record: PhaseRecord;
  readonly steps: readonly StepState[];
  /** How many of its steps passed or failed. */
  readonly finished: number;
  readonly failed: number;
}

/**
 *   running ──asked to stop──► stopping ──exit──► ended (expected)
 *      └──────────────────exit──────────────────► ended (not expected: it died)
 */
export type ServiceStatus =
  | { readonly kind: 'running' }
  | { readonly kind: 'stopping' }
  | { readonly kind: 'ended'; readonly at: number; readonly status: number; readonly expected: boolean };

export interface ServiceState {
  /** `app`, or `twin/app` where it is one of the twin's. */
  readonly name: string;
  readonly pid: number;
  readonly startedAt: number;
  /** The step that started it, if one did. */
  readonly step: string | undefined;
  readonly status: ServiceStatus;
  /** Where in its log this start begins, in bytes. */
  readonly logOffset: number;
  /** Since when it is asked to stop, and where in its log that was. */
  readonly stopping: { readonly at: number; readonly logOffset: number } | undefined;
}

/** A stretch in which a probe's samples over one kind of connection said the same. */
export interface ProbeInterval {
  readonly status: ProbeStatus;
  readonly since: Bounds;
  /** When it ended; undefined while it goes on. */
  readonly until: Bounds | undefined;
  readonly cause: string | undefined;
}

/** What is known of a probe over one kind of connection. It has no interval before it was up for the first time. */
export interface ProbeTrack {
  readonly connection: Connection;
  /** In order. Between the parts of a run (`-b`, then `-t`) nothing is known. */
  readonly intervals: readonly ProbeInterval[];
  /** Counted at the end of each part of a run. */
  readonly samples: number;
  readonly failed: number;
  /** Why it was never up, once sampling ended and it never was. */
  readonly never: string | undefined;
}

export interface ProbeState {
  readonly record: ProbeRecord;
  /** `new` first, then `reused`; those that said anything. */
  readonly tracks: readonly ProbeTrack[];
}

/** That the sampler ended otherwise than it should have: from there on nothing is known. */
export interface SamplingLost {
  readonly at: number;
  readonly reason: string;
}

/** A step began, and how many bytes each log held then that had grown since the step before. */
export interface LogMark {
  readonly at: number;
  readonly step: string;
  readonly logged: Readonly<Record<string, number>>;
}

/** Evidence from a service's log, with the time of its first occurrence as far as that is known. */
export type Evidence = LogEvidence & { readonly at: number };

/** What a project's version hook said, at each side. */
export type Reported = { readonly [side in Side]?: string };

export interface Summary {
  readonly at: number;
  readonly step: string;
  readonly text: string;
}

export interface Warning {
  readonly at: number;
  readonly step: string | undefined;
  readonly text: string;
}

export type ExceptionUse = Omit<ExceptionUsed, 'type'>;

/** All that is known of a run, from its journal alone. */
export interface RunState {
  readonly run: string;
  /** Absolute path of the workspace's directory. */
  readonly workspace: string;
  readonly scenario: string;
  /** Whether a release that was not proven fails the run. */
  readonly strict: boolean;
  readonly releases: { readonly base: string; readonly target: string } | undefined;
  readonly projects: readonly ProjectRecord[];
  readonly phases: readonly PhaseState[];
  /** In the plan's order. */
  readonly steps: readonly StepState[];
  readonly byKey: ReadonlyMap<string, StepState>;
  readonly running: ReadonlySet<StepState>;
  readonly finished: number;
  /** In the order in which they failed. */
  readonly failed: readonly StepState[];
  readonly reported: ReadonlyMap<string, Reported>;
  /** As each stands now. */
  readonly services: ReadonlyMap<string, ServiceState>;
  /** By name, in the order in which they were registered. */
  readonly probes: ReadonlyMap<string, ProbeState>;
  readonly samplingLost: SamplingLost | undefined;
  /** Every start of every service, in order; the last one of a name is what `services` holds. */
  readonly lives: readonly ServiceState[];
  /** One a step that began, in order: what tells which part of a service's log was written during which step. */
  readonly logMarks: readonly LogMark[];
  /** Logs that were compared, before with after the upgrade; undefined as long as they were not. */
  readonly comparedLogs: ReadonlySet<string> | undefined;
  /** What services began to print after the upgrade and had not before; those that fail the run first. */
  readonly evidence: readonly Evidence[];
  /** Path of the directory, below the run's, that says how the machine looked. */
  readonly worlddump: string | undefined;
  /** Keys that a project's hooks kept with `resource_save`, namespace included. */
  readonly resources: ReadonlyMap<string, ReadonlySet<string>>;
  readonly warnings: readonly Warning[];
  readonly exceptions: readonly ExceptionUse[];
  /** What came by git, by its name: the latest word on each. */
  readonly checkouts: ReadonlyMap<string, CheckoutReady>;
  /** The snapshot that the base was restored from; undefined when this run built it. */
  readonly restored: SnapshotRestored | undefined;
  readonly summaries: readonly Summary[];
  /** Names of the data that is registered, in order. */
  readonly data: readonly string[];
  /** What became of registered data: the control restart's comparisons and the upgrade's. */
  readonly compared: readonly StateCompared[];
  /** What the upgraded system has otherwise than a fresh install of the target. */
  readonly drift: readonly StateCompared[];
  /** Registered data that could not be read. */
  readonly unread: readonly StateUnread[];
  /** Expected differences that did not happen. */
  readonly missed: readonly ExpectationMissed[];
  /** What is registered as configuration, as it was found before the upgrade. */
  readonly config: ConfigRecorded['places'];
  /** What became of it on the way up, in order. */
  readonly configChanges: readonly ConfigChanged[];
  readonly configUnread: readonly ConfigUnread[];
  /** The signal that asked the run to end. */
  readonly interrupted: string | undefined;
  /** Undefined while the run goes on, and for ever when its harness was killed. */
  readonly verdict: Verdict | undefined;
  /** Whether services or other processes were left up. */
  readonly up: boolean;
  /** Processes left that are no supervised service's. */
  readonly strays: readonly Stray[];
  /** Whether a later command ended what was up and dropped the data. */
  readonly cleaned: boolean;
  readonly harness: Harness | undefined;
  readonly startedAt: number | undefined;
  readonly endedAt: number | undefined;
  /** Time of the run's last event. */
  readonly lastAt: number;
  /** How long earlier parts of the run took (`-b`, before `-t` went on with it). */
  readonly earlierMs: number;
  /** When the present part began. */
  readonly resumedAt: number | undefined;
}
