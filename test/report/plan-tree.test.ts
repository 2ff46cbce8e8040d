import { expect, test } from 'vitest';
import type { Blame, Hook, Side } from '../../src/journal/record.js';
import type { Phase, Plan } from '../../src/plan/plan.js';
import { planTree } from '../../src/report/plan-tree.js';
import { PLAIN } from '../../src/report/style.js';

test('a plan reads as a tree', async () => {
  let number = 0;
  const phase = (name: string, blame: Blame, side: Side, hook: Hook, after: 'turn' | 'need'): Phase => {
    const release = side === 'base' ? 'spring' : 'autumn';
    const key = (project: string): string => `${project}/${hook}:${side}@${release}`;
    const waits = (i: number): string[] =>
      i === 0 ? [] : after === 'need' ? [key('postgres')] : [key(names[i - 1] ?? '')];
    const names = ['postgres', 'worker', 's3rver'];
    const steps = names.map((project, i) => {
      number += 1;
      const action = { kind: 'hook', project, hook } as const;
      return { key: key(project), number, phase: name, action, side, release, after: waits(i) };
    });
    return { name, blame, onFailure: after === 'need' ? 'finish-phase' : 'stop', steps };
  };
  const plan: Plan = {
    format: 1,
    scenario: 'full stop',
    releases: { base: 'spring', target: 'autumn' },
    projects: ['postgres', 'worker', 's3rver'],
    phases: [
      phase('start', 'base', 'base', 'start', 'turn'),
      phase('verify', 'base', 'base', 'verify', 'need'),
      phase('shutdown', 'upgrade', 'base', 'shutdown', 'turn'),
      phase('verify-target', 'upgrade', 'target', 'verify', 'need'),
      phase('destroy', 'after', 'target', 'destroy', 'turn'),
    ],
  };
  await expect(planTree(plan, PLAIN)).toMatchFileSnapshot('golden/plan.txt');
});
