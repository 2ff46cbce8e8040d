import type { Difference, JudgedDifference } from './difference.js';

// What was seen of state and configuration, before the upgrade and after it.

/** What became of registered data, compared with what was recorded of it. */
export interface StateCompared {
  readonly type: 'state-compared';
  readonly step: string;
  /** The name it is registered under. */
  readonly data: string;
  /** What was recorded before: rows in tables, or files. */
  readonly looked: { readonly tables: number; readonly rows: number };
  /** The base after a restart alone: what differs here changes by itself. */
  readonly control: boolean;
  /** What the upgraded system is compared with: itself before the upgrade when left out, or a fresh install of the target. */
  readonly against?: 'twin';
  /** What differs, and what is held of it; of very many only sums, with a few examples. */
  readonly differences: readonly JudgedDifference[];
}

/** Registered data could not be read, so that nothing can be said of what became of it. */
export interface StateUnread {
  readonly type: 'state-unread';
  readonly step: string;
  /** The name it is registered under. */
  readonly data: string;
  readonly reason: string;
}

/** A difference that the workspace expects in this upgrade did not happen. */
export interface ExpectationMissed {
  readonly type: 'expectation-missed';
  readonly step: string;
  /** What was expected, in the words of the workspace: `jobs rows-rekeyed graphile_worker.jobs`. */
  readonly what: string;
  readonly reason: string;
}

/**
 * What projects register as configuration was looked at, before the first step that upgrades something. From here on it
 * is looked at whenever a step of the upgrade ends: what differs is told before that it ended.
 */
export interface ConfigRecorded {
  readonly type: 'config-recorded';
  /** The step that is about to begin. */
  readonly step: string;
  readonly places: readonly {
    readonly project: string;
    /** Absolute path of a file or a directory. */
    readonly place: string;
    /** How many files are there; none where nothing is. */
    readonly files: number;
  }[];
}

/** A file of somebody's configuration differs from how it was when it was last looked at. */
export interface ConfigChanged {
  readonly type: 'config-changed';
  /** Steps that ran since then. */
  readonly steps: readonly string[];
  readonly project: string;
  /** Absolute path of the file. */
  readonly file: string;
  /** Gone, new or changed; the file by its path from the place that is registered. */
  readonly difference: Difference;
  /** Why, where the workspace expects it. */
  readonly reason?: string;
}

/** Configuration could not be looked at, so that nothing can be said of it. */
export interface ConfigUnread {
  readonly type: 'config-unread';
  readonly step: string;
  readonly project: string;
  readonly reason: string;
}
