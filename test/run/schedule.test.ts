import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Step } from '../../src/plan/plan.js';
import { Schedule } from '../../src/run/schedule.js';

const step = (number: number, after: readonly number[]): Step => ({
  key: `p${number}/verify:base@a`,
  number,
  phase: 'verify',
  action: { kind: 'hook', project: `p${number}`, hook: 'verify' },
  side: 'base',
  release: 'a',
  after: after.map((other) => `p${other}/verify:base@a`),
});

/** Steps that wait only for earlier ones, as plans have them. */
const steps = fc
  .array(fc.array(fc.nat(), { maxLength: 3 }), { maxLength: 30 })
  .map((edges) => edges.map((to, at) => step(at, [...new Set(at === 0 ? [] : to.map((n) => n % at))])));

test('every step is handed out once, after all that it waits for, whatever ends first', () => {
  fc.assert(
    fc.property(steps, fc.infiniteStream(fc.nat()), fc.integer({ min: 1, max: 4 }), (list, picks, jobs) => {
      const schedule = new Schedule(list);
      const done = new Set<string>();
      const active: Step[] = [];
      for (;;) {
        for (let next = active.length < jobs ? schedule.take() : undefined; next !== undefined; ) {
          expect(next.after.filter((key) => !done.has(key))).toEqual([]);
          active.push(next);
          next = active.length < jobs ? schedule.take() : undefined;
        }
        if (active.length === 0) break;
        const [over] = active.splice((picks.next().value ?? 0) % active.length, 1);
        if (over === undefined) break;
        expect(done.has(over.key)).toBe(false);
        done.add(over.key);
        schedule.over(over);
      }
      expect(done.size).toBe(list.length);
    }),
  );
});

test('one at a time, steps come in the plan’s order', () => {
  const schedule = new Schedule([step(0, []), step(1, []), step(2, [0]), step(3, [])]);
  const order: number[] = [];
  for (let next = schedule.take(); next !== undefined; next = schedule.take()) {
    order.push(next.number);
    schedule.over(next);
  }
  expect(order).toEqual([0, 1, 2, 3]);
});
