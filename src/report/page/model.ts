import type { Blame, Side } from '../../journal/record.js';
import type { Outcome, Theorem } from '../theory.js';
import type { Shown } from './links.js';

/**
 * What a run's page shows, as plain data: made from the run's directory, carried in the page, read by `web/`.
 * Times are milliseconds since the epoch. Every text in it is masked and holds no escape sequence.
 */
export interface PageModel {
  readonly run: string;
  readonly workspace: string;
  /** Which Grenade made the page. */
  readonly version: string;
  readonly scenario: string;
  readonly releases: { readonly base: string; readonly target: string } | undefined;
  /** How it ended. */
  readonly sentence: { readonly mark: string; readonly tone: 'good' | 'bad' | 'doubtful'; readonly text: string };
  readonly exit: number;
  readonly durationMs: number;
  /** The stretches in which the run was going; between two of them nobody watched. */
  readonly parts: readonly Stretch[];
  readonly weaknesses: readonly { readonly kind: 'caveat' | 'exception' | 'warning'; readonly text: string }[];
  /** In the plan's order. */
  readonly failures: readonly PageFailure[];
  /** How it came to the end, in the order of time. */
  readonly story: readonly Moment[];
  /** Where everything stood at the end, a sentence each. */
  readonly standing: readonly string[];
  readonly projects: readonly PageProject[];
  readonly phases: readonly PagePhase[];
  /** In the plan's order. */
  readonly steps: readonly PageStep[];
  readonly services: readonly PageService[];
  /** What services began to print after the upgrade; those that fail the run first. */
  readonly evidence: readonly PageEvidence[];
  /** Path of what was written down of the machine, below the run's directory. */
  readonly worlddump: string | undefined;
  /** How the upgrade stands to the Theory of Upgrade, once it had begun. */
  readonly theory: readonly PageTheory[];
  /** What became of registered data, once the upgrade had begun. */
  readonly data: readonly PageData[];
  /** The same of the upgraded system beside a fresh install, where one was made; and what that is called. */
  readonly drift: readonly PageData[];
  readonly beside: string;
  /** Expected differences that did not happen. */
  readonly missed: readonly { readonly what: string; readonly reason: string }[];
  readonly probes: readonly PageProbe[];
  readonly logs: readonly PageLog[];
  /** How to go on with the run, and how to run it again. */
  readonly commands: readonly { readonly what: string; readonly command: string }[];
}

export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A step that failed, as the result has it. */
export interface PageFailure {
  readonly step: string;
  readonly title: string;
  readonly short: string;
  readonly ms: number;
  readonly place: string | undefined;
  readonly summaries: readonly string[];
  readonly command: readonly string[];
  readonly words: readonly string[];
  readonly notes: readonly string[];
}

/** Something that the story of a run tells. */
export interface Moment {
  readonly at: number;
  readonly tone: 'good' | 'bad' | 'plain';
  /** Who says so. */
  readonly source: 'hook' | 'service' | 'log' | 'probe' | 'run';
  readonly text: string;
  /** Whether nothing went wrong before it. */
  readonly first?: true;
  /** What shows more. */
  readonly shows?: Shown;
}

export interface PageProject {
  readonly name: string;
  readonly backing: boolean;
  readonly releases: string;
  readonly proven: string;
  readonly checks: string;
  readonly broken: boolean;
  /** What it ran, all through the run, without gaps. */
  readonly stays: readonly Stay[];
}

/** Where a project was on its way for a while. */
export interface Stay extends Stretch {
  /** `nowhere`: not started yet. `down`: at the base, stopped. `between`: being upgraded, or broken in it. */
  readonly where: 'nowhere' | 'base' | 'down' | 'between' | 'target';
  /** What it is called: `postgres 14.23`. */
  readonly release: string;
}

export interface PagePhase {
  readonly name: string;
  readonly blame: Blame;
}

export interface PageStep {
  readonly key: string;
  readonly number: number;
  /** `s3rver verify post-upgrade` */
  readonly title: string;
  readonly phase: string;
  readonly project: string | undefined;
  readonly side: Side;
  readonly release: string;
  readonly status: 'waiting' | 'running' | 'passed' | 'failed';
  /** Whether it can be seen to do nothing. */
  readonly empty: boolean;
  readonly from: number | undefined;
  readonly ms: number | undefined;
  /** How it failed, in a few words. */
  readonly short: string | undefined;
  /** Keys of the steps that it waits for, in its phase. */
  readonly after: readonly string[];
  /** Warnings and lines for people that its hook wrote. */
  readonly notes: readonly string[];
  /** Index into `logs`. */
  readonly log: number | undefined;
}

export interface PageService {
  readonly name: string;
  readonly project: string | undefined;
  readonly runs: readonly ServiceRun[];
  readonly log: number | undefined;
}

/** A service's process, from its start to its end. */
export interface ServiceRun extends Stretch {
  readonly pid: number;
  readonly end: 'up' | 'stopped' | 'died';
  /** `exit 1`, `signal 9` */
  readonly how: string | undefined;
}

/** Lines of a service's log that are alike and were not there before the upgrade. */
export interface PageEvidence {
  readonly service: string;
  readonly kind: string;
  readonly count: number;
  /** Where the first of them stands: `services/worker.log:12`. */
  readonly place: string;
  /** The one line of it that says most. */
  readonly gist: string;
  /** The first of them, whole. */
  readonly text: string;
  readonly fails: boolean;
}

/** A verdict on a sentence of the theory. */
export interface PageTheory {
  readonly theorem: Theorem;
  readonly outcome: Outcome;
  readonly why: string;
  readonly exceptions: readonly {
    readonly what: string;
    /** File and line; empty when it stands in none. */
    readonly place: string;
    /** Why, or that nobody says why. */
    readonly reason: string | undefined;
    /** Whether nobody says why. */
    readonly silent: boolean;
    readonly steps: readonly { readonly key: string; readonly title: string }[];
  }[];
}

/** Registered data: what differs after the upgrade, or why nobody can say. */
export interface PageData {
  readonly name: string;
  /** Key of the step that compared it, or could not. */
  readonly step: string | undefined;
  /** `1012 rows in 6 tables` */
  readonly looked: string | undefined;
  /** Why it was not compared, when it was not. */
  readonly not: string | undefined;
  /** By what is held of them, those first that somebody should look at. */
  readonly groups: readonly {
    readonly kind: 'worth' | 'noted' | 'expected' | 'byItself' | 'additions';
    /** How many differences; of additions, how many rows, files and definitions. */
    readonly count: number;
    readonly differences: readonly PageDifference[];
    /** Those that there is no room for. */
    readonly more: number;
  }[];
}

export interface PageDifference {
  /** `bad` fails the run, `warn` is a warning. */
  readonly tone: 'bad' | 'warn' | 'plain';
  /** `3 rows gone from public.jobs` */
  readonly text: string;
  /** Why it is expected, when it is. */
  readonly reason: string | undefined;
  readonly examples: readonly string[];
}

export interface PageProbe {
  readonly name: string;
  /** `GET http://127.0.0.1:41873/ every 100 ms` */
  readonly what: string;
  readonly project: string | undefined;
  readonly budgetMs: number | undefined;
  /** Whether it exceeded its budget. */
  readonly over: boolean;
  /** How long it was down in the phases that count: `4.2 s`. */
  readonly down: string | undefined;
  /** How long nothing can be said of it in the phases that count. */
  readonly unseenMs: number;
  /** Why it was never up, when it never was. */
  readonly never: string | undefined;
  /** Over new connections. */
  readonly spans: readonly ProbeSpan[];
  readonly outages: readonly Outage[];
}

export interface ProbeSpan extends Stretch {
  readonly state: 'up' | 'down' | 'unknown';
}

/** A time in which a probe got no answer, from the first moment it may have begun to the last it may have ended. */
export interface Outage extends Stretch {
  /** `s3/s3rver/upgrade:target@autumn`: the probe and the step it is first charged to. */
  readonly id: string;
  /** When it was down for certain, in order. */
  readonly certain: readonly (readonly [from: number, to: number])[];
  /** `4.2 s`, or the bounds that sampling allows. */
  readonly length: string;
  /** `within s3rver upgrade` */
  readonly fell: string;
  readonly causes: string;
  /** Whether only connections that were kept noticed. */
  readonly kept: boolean;
  /** Whether it went on when it was last looked at. */
  readonly open: boolean;
  /** Steps it is charged to, each with its share; 0 where that is not certain. */
  readonly charges: readonly { readonly step: string; readonly title: string; readonly ms: number }[];
}

/** A log, or the parts of it that the page has room for. */
export interface PageLog {
  /** Below the run's directory. */
  readonly path: string;
  /** In bytes; undefined when it was gone. */
  readonly size: number | undefined;
  /** How many bytes between its first and its last part are left out. */
  readonly omitted: number;
  /** Which of the page's blocks holds it, and where in it. */
  readonly block: number;
  readonly index: number;
}

/** What a block of logs holds of one of them: all of it as `head`, or its first and its last part. */
export interface LogText {
  readonly head: string;
  readonly tail?: string;
}
