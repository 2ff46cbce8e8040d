import type { Phase, Step } from './plan.js';

/** A step before it has its number. */
export type StepDraft = Omit<Step, 'number' | 'phase'>;
export type PhaseDraft = Omit<Phase, 'steps'> & { readonly steps: readonly StepDraft[] };

/** Phases that have something to do, their steps numbered all through; with `failFast` the first failure ends each. */
export function numbered(phases: readonly PhaseDraft[], options: { readonly failFast?: boolean }): Phase[] {
  let number = 0;
  return phases
    .filter(({ steps }) => steps.length > 0)
    .map(({ steps, ...rest }) => ({
      ...rest,
      onFailure: options.failFast === true ? 'stop' : rest.onFailure,
      // Field by field: V8 gives the spread of each step into a larger one a shape of its own, three times what it describes.
      steps: steps.map(({ key, action, side, release, after, system }): Step => {
        const step = { key, action, side, release, after, number: ++number, phase: rest.name };
        return system === undefined ? step : { ...step, system };
      }),
    }));
}

/** Each after the one before it. */
export const chained = (steps: readonly StepDraft[]): StepDraft[] =>
  steps.map((each, at) => ({ ...each, after: steps.slice(Math.max(0, at - 1), at).map(({ key }) => key) }));
