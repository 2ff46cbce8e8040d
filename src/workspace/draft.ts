import type { Problem } from '../basics/problem.js';
import type { GivenProbe } from '../probes/definition.js';
import type { ProjectDirectory } from './discover.js';
import type { Places } from './places.js';
import type { Workspace } from './workspace.js';

/**
 * A workspace as far as it can be read without running anything of it: without what `localrc` and settings export and
 * register, and without what modules say of themselves.
 */
export interface Draft extends Omit<Workspace, 'projects' | 'data' | 'probes' | 'env' | 'warnings'> {
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

/** A draft, and what is wrong with it so far apart from its directories, which carry their own. */
export interface Drafted {
  readonly draft: Draft;
  readonly problems: readonly Problem[];
}
