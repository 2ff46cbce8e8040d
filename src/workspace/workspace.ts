import type { Problem } from '../basics/problem.js';
import type { DataSource } from '../databases/source.js';
import type { Fetched } from '../git/fetch.js';
import type { PlannedFetch } from '../git/plan.js';
import type { GitSettings } from '../git/settings.js';
import type { DifferenceKind, Severity } from '../journal/difference.js';
import type { LogKind } from '../journal/event.js';
import type { Hook, Side } from '../journal/record.js';
import type { ProbeDefinition } from '../probes/definition.js';
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
  /** How many bytes all snapshots of the base may take; left out where none can be kept. */
  readonly snapshots?: { readonly limit: number };
  readonly onFailure: 'keep' | 'destroy';
  readonly jobs: number;
  /** Absolute path of where runs and their data lie. */
  readonly dataRoot: string;
  /** Absolute path of `localrc`, if there is one. */
  readonly localrc?: string;
  /** What of it came by git, where a command fetched it or looked which commit it is. */
  readonly fetched: readonly Fetched[];
  /** What is registered to be saved and compared: databases and directories. */
  readonly data: readonly RegisteredData[];
  /** What is asked all through the run. */
  readonly probes: readonly RegisteredProbe[];
  /** What is made of differences in it. */
  readonly state: StateRules;
  /** What `localrc` and `settings` exported. */
  readonly env: Readonly<Record<string, string>>;
  /** What hooks see besides, by hook. */
  readonly hookEnv?: { readonly [hook in Hook]?: Readonly<Record<string, string>> };
  /** Where all hooks begin, as in one long shell; each in an empty directory of its own when left out. Absolute. */
  readonly home?: string;
  /** Grenade's own scripts that a plan can call, by name. */
  readonly scripts?: ReadonlyMap<string, OwnScript>;
  /** What collects the machine's state after a failure, besides what Grenade itself writes down. */
  readonly collect?: OwnScript;
  /** What a plan can fetch, by name. */
  readonly fetches?: { readonly settings: GitSettings; readonly planned: ReadonlyMap<string, PlannedFetch> };
  /** Where the log of a whole run goes besides the run's directory. */
  readonly log?: WholeLogPlace;
  /** What it asks for by itself as the flags of `grenade run` do: `-b`, `-t`, `-q`. */
  readonly asks?: { readonly b?: true; readonly t?: true; readonly q?: true };
  /** What a run over DevStack trees is planned by; undefined without them. */
  readonly devstack?: DevStack;
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

/** What is made of differences between registered data before the upgrade and after it. */
export interface StateRules {
  /** What an unexpected loss does, and an unexpected change. */
  readonly loss: Severity;
  readonly change: Severity;
  /** What it does where the upgraded system is not what a fresh install is. */
  readonly drift: Severity;
  /** Whether a restart of the base shows first what changes by itself. */
  readonly control: boolean;
  /** Whether a fresh install of the target is set up and compared with the upgraded system. */
  readonly twin: boolean;
  readonly expect: readonly Expectation[];
}

/** A difference that is meant to happen, and why. */
export interface Expectation {
  /** Name of the registered data; `*` stands for anything, here and below. */
  readonly data: string;
  readonly what: DifferenceKind;
  /** The table, or the file. */
  readonly in: string;
  readonly column?: string;
  readonly reason: string;
  /** Only in upgrades from one of these releases, or to one of these; any when left out. */
  readonly from?: readonly string[];
  readonly to?: readonly string[];
}

/** State that is saved before the upgrade and after it. */
export interface RegisteredData {
  readonly name: string;
  readonly source: DataSource;
}

/** A script of ours, as a program. */
export interface OwnScript {
  readonly command: readonly [string, ...string[]];
}

/** The log of a whole run, with a summary beside it; an absolute path without the time that a run adds to it. */
export interface WholeLogPlace {
  readonly path: string;
}

/** The settings that decide which phases a run over DevStack trees has. */
export interface DevStack {
  /** Whether somebody else brings the base up. */
  readonly external: boolean;
  /** False as long as something has to be fetched or set up before the settings of projects can be read. */
  readonly settingsRead: boolean;
  /** Whether tempest tries each release. */
  readonly smoke: Readonly<Record<Side, boolean>>;
  /** Whether tempest itself is upgraded. */
  readonly tempest: boolean;
  /** Whether resources are created and verified. */
  readonly resources: boolean;
  /** Whether there is a script to be run once the base is up. */
  readonly postStack: boolean;
}

/** A probe, and who registered it where. */
export interface RegisteredProbe extends ProbeDefinition {
  /** Absolute path of where its program is run. */
  readonly dir: string;
  /** The project that registered it, if one did. */
  readonly project?: string;
  /** Where to look when something is wrong with it. */
  readonly at: Pick<Problem, 'file' | 'line' | 'column'>;
}

/** One release of the whole system. */
export interface Release {
  readonly name: string;
  /** What each project's version hook must report. */
  readonly versions: Readonly<Record<string, string>>;
  /** Absolute path of the directory that all of it lies in, where there is one. */
  readonly dir?: string;
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
