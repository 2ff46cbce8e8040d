import type { Problem } from '../basics/problem.js';
import type { GivenProbe } from '../probes/definition.js';
import type { ClassicDraft } from './classic/draft.js';
import type { ProjectDirectory } from './discover.js';
import type { Places } from './places.js';
import type { Workspace } from './workspace.js';

/**
 * A workspace as far as it can be read without running anything of it: without what `localrc` and settings export and
 * register, and without what modules say of themselves.
 */
export interface Draft extends Omit<Workspace, 'projects' | 'data' | 'probes' | 'env' | 'warnings'> {
  readonly kind: 'native';
  /** What `data` in `grenade.yaml` names. */
  readonly listed: readonly { readonly name: string; readonly at: string }[];
  /** Names of all releases, in order. */
  readonly releases: readonly string[];
  /** False when `grenade.yaml` says where projects are, and that could not be read. */
  readonly projectsKnown: boolean;
  readonly directories: readonly ProjectDirectory[];
  /** What `--projects` names; everything when it is left out. */
  readonly selected?: readonly string[];
  /** Probes as `grenade.yaml` writes them. */
  readonly givenProbes: readonly GivenProbe[];
  /** `grenade.yaml` as it is written. */
  readonly raw: unknown;
  readonly places: Places;
  /** Where the user stands: paths in fixes begin there. */
  readonly cwd: string;
}

/** A workspace of either kind, as far as it can be read without the settings of its projects. */
export type AnyDraft = Draft | ClassicDraft;

/** A draft, and what is wrong with it so far apart from its directories, which carry their own. */
export interface Drafted {
  readonly draft: Draft;
  readonly problems: readonly Problem[];
}

/** What a draft is completed with. */
export interface CompleteOptions {
  /** The run's directory. */
  readonly runDir: string;
  /** Everything that settings see: the environment of the user and of the run. */
  readonly env: NodeJS.ProcessEnv;
  /** What is known to be wrong already, to be told with the rest. */
  readonly problems?: readonly Problem[];
  readonly signal?: AbortSignal;
  /** That what has to be fetched and set up before settings can be read was: just now, or in an earlier part of the run. */
  readonly prepared?: 'now' | 'before';
}
