import type { Failure } from './failure.js';
import type {
  ConfigChanged,
  ConfigRecorded,
  ConfigUnread,
  ExpectationMissed,
  StateCompared,
  StateUnread,
} from './looked.js';
import type { ProbeChanged, ProbeRecord, SamplingEnded } from './probe.js';
import type { PhaseRecord, Side, StepRecord } from './record.js';

/**
 * Everything that can happen in a run, one line each in `journal.ndjson`. Every view of a run (terminal, JUnit,
 * exit code, resuming) is a fold over these and nothing else.
 */
export type Event = { /** When, in milliseconds since the epoch. */ readonly at: number } & (
  | RunStarted
  | Planned
  | RunResumed
  | StepStarted
  | StepFinished
  | CommandFailed
  | ResourceSaved
  | SummaryWritten
  | Warned
  | ExceptionUsed
  | ServiceStarted
  | ServiceStopping
  | ServiceExited
  | ReleaseReported
  | ProbeChanged
  | SamplingEnded
  | LogsCompared
  | LogEvidence
  | WorldDumped
  | CheckoutReady
  | SnapshotKept
  | SnapshotRestored
  | StateCompared
  | StateUnread
  | ExpectationMissed
  | ConfigRecorded
  | ConfigChanged
  | ConfigUnread
  | Interrupted
  | RunFinished
  | Cleaned
);

/** The event without its time: what callers hand to the journal's writer. */
export type EventBody = WithoutTime<Event>;
type WithoutTime<T> = T extends { readonly at: number } ? Omit<T, 'at'> : never;

/** What a project is, as far as views need to know. */
export interface ProjectRecord {
  readonly name: string;
  readonly backing: boolean;
  /** Things that weaken what a green run proves, a sentence each: "has no verify", "cannot prove its release". */
  readonly caveats: readonly string[];
}

/** The run's directory exists and its workspace was read. The first event of every journal. */
export interface RunStarted {
  readonly type: 'run-started';
  readonly run: string;
  readonly workspace: string;
  readonly harness: Harness;
}

/** Which process is running it, so that a later command can tell a killed harness from a living one. */
export interface Harness {
  readonly version: string;
  readonly pid: number;
  readonly startTime: string;
}

/** The plan was made; from here on each step is known by its key. */
export interface Planned {
  readonly type: 'planned';
  readonly scenario: string;
  /** Whether a release that was not proven fails the run. */
  readonly strict: boolean;
  readonly releases: { readonly base: string; readonly target: string };
  readonly projects: readonly ProjectRecord[];
  readonly phases: readonly PhaseRecord[];
  readonly steps: readonly StepRecord[];
  /** What is asked all through the run; left out when nothing is. */
  readonly probes?: readonly ProbeRecord[];
  /** Names of the data that is registered; left out when none is. */
  readonly data?: readonly string[];
}

/** `-t` goes on with a run that ended after its base part. */
export interface RunResumed {
  readonly type: 'run-resumed';
  readonly harness: Harness;
}

/** A step's process was started, or its work begun. */
export interface StepStarted {
  readonly type: 'step-started';
  readonly step: string;
  /** Path of its log below the run's directory. */
  readonly log: string;
  /** Id of the hook's process, which leads its own process group. */
  readonly pid?: number;
  /** How many bytes services had logged by then, by the name of the log: those that grew since the last step began. */
  readonly logged?: Readonly<Record<string, number>>;
}

/** A step ended; without a failure it passed. */
export interface StepFinished {
  readonly type: 'step-finished';
  readonly step: string;
  readonly ms: number;
  readonly failure?: Failure;
  /** Path of its log below the run's directory; a failed step's is renamed. */
  readonly log: string;
}

/** The command that made a hook fail, from scripts that source `functions` and from modules. */
export interface CommandFailed {
  readonly type: 'command-failed';
  readonly step: string;
  readonly command: string;
  readonly status: number;
  readonly file: string;
  readonly line: number;
}

/** `resource_save` kept a value. The value itself is in the run's `resources/`. */
export interface ResourceSaved {
  readonly type: 'resource-saved';
  readonly step: string;
  readonly project: string;
  readonly key: string;
}

/** A line a hook wrote for people, by `echo_summary`. */
export interface SummaryWritten {
  readonly type: 'summary-written';
  readonly step: string;
  readonly text: string;
}

/** Something that does not fail the run and must not be lost. */
export interface Warned {
  readonly type: 'warned';
  readonly step?: string;
  readonly text: string;
}

/** A per-release exception (`from-R/upgrade-NAME`, `within-R/upgrade-NAME`) was applied. */
export interface ExceptionUsed {
  readonly type: 'exception-used';
  readonly step: string;
  readonly project: string;
  readonly file: string;
  /** Of the function in it that is called, 1-based; left out where the file could not be read. */
  readonly line?: number;
  /** Why it is needed, as its author says in a comment; left out where none does. */
  readonly reason?: string;
}

/** A supervised service was started. */
export interface ServiceStarted {
  readonly type: 'service-started';
  readonly service: string;
  /** The system that it is of: the one that is upgraded when left out. */
  readonly system?: 'twin';
  readonly pid: number;
  readonly step?: string;
  /** Where in its log this start begins, in bytes. */
  readonly logOffset?: number;
}

/** A supervised service was asked to stop; its exit from here on is expected. */
export interface ServiceStopping {
  readonly type: 'service-stopping';
  readonly service: string;
  readonly system?: 'twin';
  readonly step?: string;
  /** Where in its log its end begins, in bytes: what it prints from here on is about being stopped. */
  readonly logOffset?: number;
}

/** A supervised service's main process ended. */
export interface ServiceExited {
  readonly type: 'service-exited';
  readonly service: string;
  readonly system?: 'twin';
  readonly pid: number;
  /** As a shell has it: 128 + n for signal n. */
  readonly status: number;
  /** Whether it had been asked to stop. */
  readonly expected: boolean;
}

/** A version hook said which release is running. */
export interface ReleaseReported {
  readonly type: 'release-reported';
  readonly project: string;
  readonly side: Side;
  readonly version: string;
}

/** What services had printed before and after the upgrade was held side by side; evidence follows, an event a group. */
export interface LogsCompared {
  readonly type: 'logs-compared';
  /** Names of the logs that had something to compare: `worker` is `services/worker.log`. */
  readonly logs: readonly string[];
}

/** A service began to print something after the upgrade that it had not printed before. */
export interface LogEvidence {
  readonly type: 'log-evidence';
  /** Name of the log, which is the service's: `worker` is `services/worker.log`. */
  readonly service: string;
  readonly kind: LogKind;
  /** What all of the group have in common, without times, ids, numbers and paths: the same from run to run. */
  readonly pattern: string;
  /** How many times it was printed. */
  readonly count: number;
  /** The first of them, raw: secrets are masked where it is shown. */
  readonly first: {
    /** Its lines, as many as tell most. */
    readonly text: string;
    /** 1-based line in the log, and its first byte. */
    readonly line: number;
    readonly offset: number;
    /** The step that had begun last when it was printed. */
    readonly step?: string;
  };
  /** Whether the workspace says that this fails the run. */
  readonly fails: boolean;
}

export type LogKind = 'error' | 'traceback' | 'deprecation';

/** How the machine looked was written down, as text files to hold against those of another run. */
export interface WorldDumped {
  readonly type: 'world-dumped';
  /** Path below the run's directory. */
  readonly directory: string;
  /** Its files, by name. */
  readonly files: readonly string[];
}

/** A checkout that git fetched, or that lay there already, is what this run uses. */
export interface CheckoutReady {
  readonly type: 'checkout-ready';
  /** The step that fetched it, if one did. */
  readonly step?: string;
  /** What people call it: a project, or a tree of DevStack's. */
  readonly name: string;
  /** Without what may be a password. */
  readonly url: string;
  /** What was asked for; the remote's own choice when left out. */
  readonly ref?: string;
  readonly how: 'cloned' | 'updated' | 'used';
  /** The whole id of the commit that lies there; left out for a directory that is no checkout of git's. */
  readonly commit?: string;
}

/** The base, all of it down, was kept for later runs to begin with. */
export interface SnapshotKept {
  readonly type: 'snapshot-kept';
  readonly step: string;
  /** The key of everything that it was made from. */
  readonly key: string;
  readonly bytes: number;
}

/** The base was not built in this run: it is what an earlier run kept. */
export interface SnapshotRestored {
  readonly type: 'snapshot-restored';
  readonly step: string;
  readonly key: string;
  /** The run that built it. */
  readonly run: string;
  /** Projects that made something in that run that ought to survive. */
  readonly created: readonly string[];
  /** How its data was put in place. */
  readonly by: 'overlay' | 'copy';
}

/** A signal asked the run to end. */
export interface Interrupted {
  readonly type: 'interrupted';
  readonly signal: string;
}

/** The run is over. */
export interface RunFinished {
  readonly type: 'run-finished';
  readonly verdict: Verdict;
  /** Whether services, or other processes, were left up for somebody to look at. */
  readonly up: boolean;
  /** Processes left that are no supervised service's. */
  readonly strays?: readonly Stray[];
}

/** A process that carries the run's mark and that no `service_start` started. */
export interface Stray {
  readonly pid: number;
  /** Its command line. */
  readonly command: string;
  /** The project whose hook it comes from, as far as its environment says. */
  readonly project?: string;
}

/** What the run left up was ended, and its data dropped, by a later command. */
export interface Cleaned {
  readonly type: 'cleaned';
}

/**
 * Who broke it, kept apart: a base that fails its own checks says nothing about the upgrade.
 * `base-ready` and `stopped` are the ends asked for by `-b` and `-s`.
 */
export type Verdict = 'passed' | 'base-ready' | 'stopped' | 'upgrade' | 'after' | 'base' | 'harness' | 'interrupted';
