import type { DataSource } from '../databases/source.js';
import type { Fetched } from '../git/fetch.js';
import type { LogKind } from '../journal/event.js';
import type { Project } from '../project/project.js';

/** What the user wrote, read and validated: paths absolute, durations in milliseconds. */
export interface Workspace {
  /** Absolute path of the workspace's directory; its base name is what people call it. */
  readonly dir: string;
  /** Absolute path of `grenade.yaml`. */
  readonly file: string;
  /** The two releases of this upgrade. */
  readonly base: Release;
  readonly target: Release;
  /** In the order of registration refined by `needs`. */
  readonly projects: readonly Project[];
  readonly restart: 'each' | 'last';
  readonly limits: Limits;
  /** How long the upgraded system is watched before the upgrade counts as done; milliseconds. */
  readonly settle: number;
  /** Names of variables, `*` allowed, whose values never leave a step's raw log. */
  readonly secrets: readonly string[];
  readonly logs: LogRules;
  readonly onFailure: 'keep' | 'destroy';
  readonly jobs: number;
  /** Absolute path of where runs and their data lie. */
  readonly dataRoot: string;
  /** Absolute path of `localrc`, if there is one. */
  readonly localrc?: string;
  /** What of it came by git, where a command fetched it or looked which commit it is. */
  readonly fetched: readonly Fetched[];
  /** What settings registered to be saved: databases and directories. */
  readonly data: readonly RegisteredData[];
  /** What `localrc` and `settings` exported. */
  readonly env: Readonly<Record<string, string>>;
  /** True of things that weaken a green run and of dubious settings: a sentence each, shown with the result. */
  readonly warnings: readonly string[];
}

/** What is made of what services begin to print after the upgrade. */
export interface LogRules {
  /** Kinds that fail the run. */
  readonly fail: readonly LogKind[];
  /** What is not worth a word: text that its first occurrence holds, `*` for anything, upper and lower case as one. */
  readonly ignore: readonly string[];
}

/** State that is saved before the upgrade and after it. */
export interface RegisteredData {
  readonly name: string;
  readonly source: DataSource;
}

/** One release of the whole system. */
export interface Release {
  readonly name: string;
  /** What each project's version hook must report. */
  readonly versions: Readonly<Record<string, string>>;
  /** What hooks see at this release. */
  readonly env: Readonly<Record<string, string>>;
}

/** All in milliseconds. */
export interface Limits {
  readonly hook: number;
  readonly services: number;
  readonly run: number;
  /** By hook. */
  readonly hooks: Readonly<Record<string, number>>;
  /** By project, then hook; `hook` there is the limit of all of that project's hooks. */
  readonly projects: Readonly<Record<string, Readonly<Record<string, number>>>>;
}
