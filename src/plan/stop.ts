import type { Plan } from './plan.js';

/** The phase after which `-s LABEL` ends a run: the one of that name, or else the first with a label that has it in it. */
export function stopPhase(plan: Plan, label: string): string | undefined {
  const named = plan.phases.find(({ name }) => name === label);
  return (named ?? plan.phases.find(({ labels }) => labels?.some((each) => each.includes(label))))?.name;
}

/** The phase after which `-b` ends a run. A plan that goes on does not know it yet. */
export function lastOfBase(plan: Plan): string | undefined {
  if (plan.goesOn === true) return undefined;
  const marked = plan.phases.find(({ endsBase }) => endsBase === true);
  return (marked ?? plan.phases.findLast(({ blame }) => blame === 'base'))?.name;
}
