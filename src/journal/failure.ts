import type { Problem } from '../basics/problem.js';
import type { Difference } from './difference.js';

/**
 * Every way in which a step can fail. Each carries what is needed to say what happened, where, and what to do;
 * the sentences themselves are in `report/`.
 */
export type Failure =
  /** The hook ended with a status that is not 0. */
  | { readonly kind: 'exit'; readonly status: number }
  /** The hook was ended by a signal that was not ours. */
  | { readonly kind: 'signal'; readonly signal: string }
  /** The hook was still running at its limit and was ended with its process group. */
  | { readonly kind: 'time-limit'; readonly limitMs: number; readonly limit: string }
  /** The hook could not be started at all. */
  | { readonly kind: 'not-started'; readonly reason: string }
  /** A module's process ended with status 0 before its hook had returned. */
  | { readonly kind: 'left-early' }
  /** A service that should have been up ended while the step ran. */
  | {
      readonly kind: 'service-died';
      readonly service: string;
      readonly status: number | undefined;
      readonly log: string;
    }
  /** `shutdown` returned, and services of its project still run. */
  | { readonly kind: 'service-survived'; readonly services: readonly { readonly name: string; readonly pid: number }[] }
  /** The version hook printed nothing to compare. */
  | { readonly kind: 'release-silent' }
  /** The running release is not the one the workspace names. */
  | { readonly kind: 'release-wrong'; readonly expected: string; readonly reported: string; readonly before?: string }
  /** The release is the same before and after, and nothing says that it should be. */
  | { readonly kind: 'release-unchanged'; readonly reported: string }
  /** The step was ended because the run was. */
  | { readonly kind: 'interrupted'; readonly signal: string }
  /** The tool that saves what was registered under this name did not do it. */
  | { readonly kind: 'not-saved'; readonly name: string; readonly tool: string; readonly how: string }
  /** A project's own snapshot hook did not put back what it had saved. */
  | { readonly kind: 'not-restored'; readonly name: string; readonly how: string }
  /** Something that the workspace asks for cannot be, for reasons that are not Grenade's. */
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  /** What was registered under this name cannot be read, so that nothing can be said of it. */
  | { readonly kind: 'state-unread'; readonly name: string; readonly reason: string }
  /** Something differs that nobody expected and that the workspace lets fail the run; the first few of it. */
  | {
      readonly kind: 'state-differs';
      readonly found: readonly (Pick<Difference, 'kind' | 'at' | 'count' | 'column'> & { readonly data: string })[];
    }
  /** What Grenade itself does in a step did not work. */
  | { readonly kind: 'step-error'; readonly reason: string };
