import type { GivenProbe } from '../probes/definition.js';
import type { HookContext } from './hook-context.js';

/** A hook. It fails by throwing, and passes by returning. */
export type HookFunction = (context: HookContext) => void | Promise<void>;

/** One service of the system under test, or what the others keep their state in. */
export interface ProjectDefinition {
  /** Letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  /** Names of the projects that must be up before this one. */
  readonly needs?: readonly string[];
  /** True of what the others keep their state in: it stays up while they are down, and is upgraded before them. */
  readonly backing?: boolean;
  /** Names of the services it starts: after `shutdown` none of them may be running. */
  readonly services?: readonly string[];
  /** What is asked all through the run whether it answers. */
  readonly probes?: readonly GivenProbe[];
  /**
   * State that is saved and compared, before the upgrade and after it: `at` is a postgres:// or mysql:// URL, a
   * directory (a relative one is below the system's data), or `resource:PROJECT/KEY` where a hook keeps one of these.
   */
  readonly data?: readonly { readonly name: string; readonly at: string }[];

  /**
   * Files and directories that hold its configuration, which an upgrade should leave as it is: absolute, or below the
   * system's data.
   */
  readonly config?: readonly string[];

  /** Puts the release in place, into `release.dir`; touches no service. */
  readonly install?: HookFunction;
  /** Starts the services at the release, and returns when they are ready. */
  readonly start?: HookFunction;
  /** Returns the release that is really running, asked of the running system; without it no run proves that anything changed. */
  readonly version?: (context: HookContext) => string | Promise<string>;
  /** Sanity of the whole service; `side` says at which release. */
  readonly smoke?: HookFunction;
  /** Stops the services, and makes sure that they are gone. */
  readonly shutdown?: HookFunction;
  /** Changes data and configuration, after install and before start, on the way up. */
  readonly migrate?: HookFunction;
  /** The whole way up in one: replaces install, migrate and start there. Not together with `migrate`. */
  readonly upgrade?: HookFunction;
  /** Online migrations, once every service runs the target. */
  readonly finalize?: HookFunction;
  /** What ought to survive the upgrade. */
  readonly resources?: ResourceHooks;
  /** Keeps its state for later runs, where that lies elsewhere than in the system's data. */
  readonly snapshot?: SnapshotHooks;
}

/**
 * What a snapshot of the base holds of this project beside the system's data. Both are called with all services down,
 * `side` being `'base'`; each fails by throwing.
 */
export interface SnapshotHooks {
  /** Puts what it keeps into `dir`, an empty directory. When it fails no snapshot is kept, and the run goes on. */
  save(context: HookContext, dir: string): void | Promise<void>;
  /** Puts it back from `dir`, whatever is there by now, and leaves `dir` as it is. When it fails the run ends. */
  restore(context: HookContext, dir: string): void | Promise<void>;
}

/** Makes things that ought to survive, and looks whether they did. */
export interface ResourceHooks {
  /** Makes what other projects' `create` builds upon. */
  readonly earlyCreate?: HookFunction;
  /** Makes what should survive. */
  readonly create?: HookFunction;
  /** Still there and working, services up: before the upgrade (`side` is `'base'`) and after it (`'target'`). */
  readonly verify?: HookFunction;
  /** Still there, with this project's services down. */
  readonly verifyNoApi?: HookFunction;
  /** Deletes what was created. */
  readonly destroy?: HookFunction;
}

/**
 * Defines a project; the default export of its `project.ts`.
 *
 * ```ts
 * export default defineProject({
 *   name: 'web',
 *   services: ['web'],
 *   async start({ services, ports, release }) {
 *     const port = await ports.get('web');
 *     await services.start('web', { command: ['node', `${release.dir}/server.js`, `${port}`], ready: { port } });
 *   },
 *   async shutdown({ services }) {
 *     await services.stop('web');
 *   },
 * });
 * ```
 */
export function defineProject(definition: ProjectDefinition): ProjectDefinition {
  return definition;
}
