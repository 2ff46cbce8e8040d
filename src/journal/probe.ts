/** Stands for all phases up to the last check after the upgrade, wherever names of phases are asked for. */
export const EVERY_PHASE = 'all';

/** What a probe is, as far as views need to know: it asks all through the run whether something answers. */
export interface ProbeRecord {
  readonly name: string;
  readonly kind: 'http' | 'tcp' | 'exec';
  /** The URL, address or command that is asked, as it was in this run. */
  readonly target: string;
  /** A sample is begun every so often, in milliseconds. */
  readonly intervalMs: number;
  /** How long all outages together may last in the phases that count, in milliseconds; without it they are only shown. */
  readonly budgetMs?: number;
  /** Names of the phases that count for the budget, or `EVERY_PHASE`; everything from the first shutdown on when it is left out. */
  readonly during?: readonly string[];
  /** The project that registered it, if one did. */
  readonly project?: string;
}

/**
 * How a sample reaches its target. A new connection finds out whether somebody listens; one that is kept finds out
 * what becomes of clients that were there before. Commands are always `new`.
 */
export type Connection = 'new' | 'reused';

/** Before the first success nothing is known, and nothing is counted: the service is not up yet. */
export type ProbeStatus = 'up' | 'down' | 'unknown';

/** Between which moments something happened, as far as samples can tell; milliseconds since the epoch. */
export type Bounds = readonly [earliest: number, latest: number];

/** What samples over one kind of connection say changed. Thousands of samples that say the same are one interval. */
export interface ProbeChanged {
  readonly type: 'probe-changed';
  readonly probe: string;
  readonly connection: Connection;
  readonly status: ProbeStatus;
  /** When it changed to this: after the last sample that said otherwise, and before the end of the first that says so. */
  readonly since: Bounds;
  /** Why it is down or unknown: `ECONNREFUSED`, `no answer within 1 s`, `exit 1: ` and the last that its program said. */
  readonly cause?: string;
}

/** No more samples are taken in this part of the run; what was the case last ends here. */
export interface SamplingEnded {
  readonly type: 'sampling-ended';
  /** Up to when samples say anything, in milliseconds since the epoch. */
  readonly until: number;
  /** Why it ended, when it should not have. */
  readonly reason?: string;
  /** The longest that the sampler itself was late, in milliseconds, as far as it lived to say. */
  readonly latestMs?: number;
  readonly probes: readonly SampleCount[];
}

/** How many samples a probe took over one kind of connection. */
export interface SampleCount {
  readonly probe: string;
  readonly connection: Connection;
  readonly samples: number;
  readonly failed: number;
  /** Start of the last sample that said anything, in milliseconds since the epoch. */
  readonly until?: number;
  /** Why it was never up, when it never was. */
  readonly never?: string;
}
