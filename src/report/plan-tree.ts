import { unreachable } from '../basics/unreachable.js';
import type { Blame } from '../journal/record.js';
import type { Phase, Plan } from '../plan/plan.js';
import { scenarioTitle, stepNumber, stepTitle } from './names.js';
import type { Style } from './style.js';
import { count, listing, padEnd, textWidth } from './text.js';

/** A plan as people read it: who would be to blame, phase by phase, step by step with number and key. */
export function planTree(plan: Plan, style: Style): string {
  const steps = plan.phases.flatMap((phase) => phase.steps);
  const facts = [
    `${style.bold(plan.releases.base)} → ${style.bold(plan.releases.target)}`,
    scenarioTitle(plan.scenario),
    count(plan.projects.length, 'project'),
    count(steps.length, 'step'),
  ];
  const numbers = new Map(steps.map((step) => [step.key, stepNumber(step.number, steps.length)]));
  const widest = steps.reduce((most, step) => Math.max(most, textWidth(stepTitle(step))), 0);
  const lines = [`grenade  ${facts.join(' · ')}`];
  let blame: Blame | undefined;
  for (const phase of plan.phases) {
    if (phase.blame !== blame) lines.push('', `${style.bold(phase.blame)} · ${meaning(phase.blame)}`);
    blame = phase.blame;
    const sideBySide = isSideBySide(phase);
    const traits = [
      ...(sideBySide ? ['side by side under --jobs'] : []),
      ...(phase.onFailure === 'finish-phase' ? ['a failure still lets the others have their turn'] : []),
    ];
    lines.push(`  ${[phase.name, ...traits.map(style.dim)].join(' · ')}`);
    for (const step of phase.steps) {
      const waits = sideBySide ? step.after.map((key) => numbers.get(key) ?? key) : [];
      const after = waits.length === 0 ? '' : `  after ${listing(waits)}`;
      const title = padEnd(stepTitle(step), widest);
      lines.push(`    ${numbers.get(step.key) ?? ''}  ${title}  ${style.dim(`${step.key}${after}`)}`);
    }
  }
  if (plan.goesOn === true) lines.push('', 'What comes after is planned once the settings can be read.');
  return `${lines.join('\n')}\n`;
}

/** Whether some step of a phase does not wait for the one before it. */
const isSideBySide = ({ steps }: Phase): boolean =>
  steps.some((step, i) => {
    const before = steps[i - 1];
    return before !== undefined && !step.after.includes(before.key);
  });

function meaning(blame: Blame): string {
  switch (blame) {
    case 'base':
      return 'a failure here says nothing about the upgrade, exit 3';
    case 'upgrade':
      return 'a failure here is blamed on the upgrade, exit 1';
    case 'after':
      return 'the upgrade has passed; a failure here came after it, exit 1';
    default:
      return unreachable(blame);
  }
}
