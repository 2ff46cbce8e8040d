import type { Hook, Side } from '../journal/record.js';

/**
 * One service of the system under test, or what it keeps its state in. The core knows this and nothing of bash or
 * TypeScript: a directory of scripts and a module are two adapters that produce it.
 */
export interface Project {
  readonly name: string;
  /** Absolute path of the project's directory. */
  readonly dir: string;
  /** A backing project stays up while the others are down. */
  readonly backing: boolean;
  /** Projects that must be up before this one. */
  readonly needs: readonly string[];
  /** Services that must be gone once `shutdown` has returned. */
  readonly services: readonly string[];
  /** Files and directories that hold its configuration: absolute, or below the system's data. */
  readonly config?: readonly string[];
  /** What it says of where state is kept: a name, and a URL or directory as `register_data` takes it. */
  readonly data?: readonly { readonly name: string; readonly at: string }[];
  /** What keeps its state where that lies elsewhere, called with `save DIR` and `restore DIR` behind it, if it has that. */
  readonly snapshot?: HookCommand;
  /** What to execute for each hook it has. */
  readonly hooks: ReadonlyMap<Hook, HookCommand>;
}

/** How a hook is executed, as data; only `run/` executes. */
export interface HookCommand {
  /** Absolute path of what the user wrote: the script, or the module. */
  readonly source: string;
  /** Program and leading arguments; `hookArguments` follow them. */
  readonly command: readonly [string, ...string[]];
  /** Whether the step must report that the hook returned (a module's process can be left early). */
  readonly reportsReturn: boolean;
  /** Why the hook can be seen to do nothing without running it, if it can. */
  readonly empty?: string;
}

/** What follows a hook's command: the side, in the words that hooks have always been called with. */
export function hookArguments(hook: Hook, side: Side): readonly string[] {
  if (hook === 'smoke') return [side];
  if (hook === 'verify' || hook === 'verify_noapi') return [side === 'base' ? 'pre-upgrade' : 'post-upgrade'];
  return [];
}
