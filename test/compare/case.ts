/** Files by path. `@ROOT@` in them is where the world stands; without a mode, what begins with `#!` gets its run bit. */
export type Files = Readonly<Record<string, File>>;
export type File = string | { readonly text: string; readonly mode: number };

/** One workspace, its two DevStack trees, and how it is run. */
export interface Case {
  readonly name: string;
  /** Below the world's root: `ws/` is the workspace, `stack/` is STACK_ROOT. */
  readonly files: Files;
  /** Repositories by path below `git/`, each the files of its branches; the first branch is HEAD's. */
  readonly repositories: Readonly<Record<string, Readonly<Record<string, Files>>>>;
  /** Real plugins, cloned from `git/openstack/NAME`, and beside both DevStack trees too. */
  readonly plugins: readonly string[];
  /** What both `local.conf` say besides, where the trees are there. */
  readonly localConf: readonly string[];
  /** Whether the projects of the original's own tree are in it. */
  readonly inTree: boolean;
  /** The real DevStack without its services, or one of ours with as much as is asked of it. */
  readonly devstack: 'real' | 'small';
  /** Whether both DevStack trees are there, or only can be cloned from `git/openstack/devstack`. */
  readonly trees: 'there' | 'cloned';
  /** Flags of each run of it, one after the other. */
  readonly runs: readonly (readonly string[])[];
  /** Whether ours is told to end at the first failing verify, as the original does. */
  readonly failFast: boolean;
}

/** The parts of `localrc` that each world needs, and then the given lines. */
export function localrc(trees: Case['trees'], lines: readonly string[]): string {
  return [
    'STACK_ROOT=@ROOT@/stack',
    'GIT_BASE=file://@ROOT@/git',
    'BASE_DEVSTACK_BRANCH=stable/2025.2',
    `GRENADE_USE_EXTERNAL_DEVSTACK=${trees === 'there' ? 'True' : 'False'}`,
    ...lines,
    '',
  ].join('\n');
}
