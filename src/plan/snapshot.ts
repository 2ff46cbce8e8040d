import type { Hook } from '../journal/record.js';
import { numbered, type PhaseDraft, type StepDraft } from './number.js';
import type { Phase, Plan, Step } from './plan.js';

/**
 * The same plan, in which the base is kept as a snapshot once all of it is down, before anything of the target runs.
 */
export function keepingBase(plan: Plan): Plan {
  // A restart of the base for itself is the base's.
  const down = plan.phases.findLastIndex(({ blame, steps }) => blame !== 'base' && steps.some(takesDown));
  const at = down === -1 ? plan.phases.findIndex(({ blame }) => blame !== 'base') : down + 1;
  // It never fails a run: why nothing was kept is a warning.
  return withPhases(plan, plan.scenario, [
    ...plan.phases.slice(0, at),
    phaseOf(plan, 'keep-snapshot', 'upgrade'),
    ...plan.phases.slice(at),
  ]);
}

/**
 * The same plan, begun at a snapshot: what the base is made with is left out, since that has happened. It is started,
 * asked for its release and verified again, so that a snapshot that is broken is seen as the base's and not as the
 * upgrade's. Projects in `installed` still have the code that the snapshot was made with.
 */
export function fromSnapshot(plan: Plan, installed: ReadonlySet<string>): Plan {
  const made = ({ side, action }: Step): boolean =>
    side === 'base' &&
    action.kind === 'hook' &&
    (MAKES.has(action.hook) || (action.hook === 'install' && installed.has(action.project)));
  const phases = plan.phases.map((phase) => {
    if (phase.blame !== 'base') return phase;
    const steps = phase.steps.filter((step) => !made(step));
    const here = new Set(steps.map(({ key }) => key));
    return { ...phase, steps: steps.map((step) => ({ ...step, after: step.after.filter((key) => here.has(key)) })) };
  });
  return withPhases(plan, `${plan.scenario} from a snapshot`, [phaseOf(plan, 'restore-snapshot', 'base'), ...phases]);
}

/** Hooks by which a base comes to be what a snapshot keeps. */
const MAKES: ReadonlySet<Hook> = new Set(['smoke', 'early_create', 'create']);

/** Whether a step takes part of the base down for the upgrade, or looks at it once it is down. */
const takesDown = ({ side, action }: Step): boolean =>
  side === 'base' && action.kind === 'hook' && (action.hook === 'shutdown' || action.hook === 'verify_noapi');

function phaseOf({ releases }: Plan, kind: 'keep-snapshot' | 'restore-snapshot', blame: Phase['blame']): PhaseDraft {
  const step: StepDraft = {
    key: `${kind}:base@${releases.base}`,
    action: { kind },
    side: 'base',
    release: releases.base,
    after: [],
  };
  return { name: kind, blame, onFailure: 'stop', steps: [step] };
}

/** Numbered anew: what a plan is made from has its numbers already. */
const withPhases = (plan: Plan, scenario: string, phases: readonly PhaseDraft[]): Plan => ({
  ...plan,
  scenario,
  phases: numbered(phases, {}),
});
