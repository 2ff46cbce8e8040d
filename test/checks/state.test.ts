import { describe, expect, test } from 'vitest';
import { Gathered, StateJudge } from '../../src/checks/state.js';
import type { Difference, JudgedDifference } from '../../src/journal/difference.js';
import type { StateCompared } from '../../src/journal/looked.js';
import type { Expectation } from '../../src/workspace/workspace.js';

const gone: Difference = { kind: 'rows-gone', at: 'public.jobs', count: 3, examples: [] };
const changed: Difference = { kind: 'rows-changed', at: 'public.jobs', column: 'seen', count: 3, examples: [] };
const expected: Expectation = { data: '*', what: 'rows-gone', in: 'public.*', reason: 'old jobs are dropped' };

const judge = (expect: readonly Expectation[], control: readonly StateCompared[] = []) =>
  new StateJudge({
    rules: { loss: 'fail', change: 'warn', drift: 'warn', control: false, twin: false, expect },
    from: 'spring',
    to: 'autumn',
    control,
  });

const rulings = (judged: readonly JudgedDifference[]) => judged.map(({ ruling }) => ruling.kind);

describe('what is held of a difference', () => {
  test('a loss fails, a change warns, what is new or was empty only stands there', () => {
    const of = (difference: Difference) =>
      judge([])
        .judge('db', difference)
        .map(({ ruling }) => ruling);
    expect(of(gone)).toEqual([{ kind: 'unexpected', severity: 'fail' }]);
    expect(of(changed)).toEqual([{ kind: 'unexpected', severity: 'warn' }]);
    expect(of({ ...gone, kind: 'rows-new' })).toEqual([{ kind: 'unexpected', severity: 'note' }]);
    expect(of({ ...gone, kind: 'table-gone', count: 0 })).toEqual([{ kind: 'unexpected', severity: 'warn' }]);
  });

  test('one that is expected has its reason, and an expectation that nothing met is missed', () => {
    const judging = judge([expected, { ...expected, what: 'rows-changed', column: 'other' }]);
    expect(rulings(judging.judge('db', gone))).toEqual(['expected']);
    expect(rulings(judging.judge('db', changed))).toEqual(['unexpected']);
    expect(judging.missed().map(({ what }) => what)).toEqual(['rows-changed']);
  });

  test.each([
    [{ ...expected, to: ['winter'] }, 'another release'],
    [{ ...expected, from: ['winter'] }, 'another release'],
    [{ ...expected, in: 'public.job' }, 'another table'],
    [{ ...expected, data: 'files' }, 'other data'],
  ])('an expectation of %s is none', (other) => {
    expect(rulings(judge([other]).judge('db', gone))).toEqual(['unexpected']);
  });

  test('an expectation of another upgrade is not missed either', () => {
    expect(judge([{ ...expected, to: ['winter'] }]).missed()).toEqual([]);
  });

  describe('what a restart alone showed', () => {
    const seen = (difference: Difference): StateCompared => ({
      type: 'state-compared',
      step: 'compare-state:base@spring',
      data: 'db',
      looked: { tables: 1, rows: 3 },
      control: true,
      differences: [{ ...difference, ruling: { kind: 'unexpected', severity: 'note' } }],
    });

    test('happens by itself', () => {
      const judging = judge([], [seen(changed)]);
      expect(rulings(judging.judge('db', { ...changed, count: 2 }))).toEqual(['by-itself']);
      expect(rulings(judging.judge('db', { ...changed, column: 'name' }))).toEqual(['unexpected']);
      expect(rulings(judging.judge('db', gone))).toEqual(['unexpected']);
      expect(rulings(judging.judge('other', changed))).toEqual(['unexpected']);
    });

    test('hides no more rows than it showed', () => {
      const told = judge([], [seen(gone)]).judge('db', { ...gone, count: 99, examples: ['id 1'] });
      expect(told.map(({ count, ruling, detail }) => ({ count, ruling, detail }))).toEqual([
        { count: 3, ruling: { kind: 'by-itself' }, detail: undefined },
        {
          count: 96,
          ruling: { kind: 'unexpected', severity: 'fail' },
          detail: 'beyond the 3 of a restart alone',
        },
      ]);
      expect(told[1]?.examples).toEqual(['id 1']);
    });

    test('is not counted where more of it is no more of a difference', () => {
      const fresh: Difference = { ...gone, kind: 'rows-new' };
      expect(rulings(judge([], [seen(fresh)]).judge('db', { ...fresh, count: 99 }))).toEqual(['by-itself']);
      const table: Difference = { ...gone, kind: 'table-gone' };
      expect(rulings(judge([], [seen(table)]).judge('db', { ...table, count: 99 }))).toEqual(['by-itself']);
    });
  });
});

test('of a million files only sums are kept, and nothing is lost in them', () => {
  const gathered = new Gathered();
  for (let at = 0; at < 10_000; at++) {
    const ruling = { kind: 'unexpected', severity: 'fail' } as const;
    gathered.add({ kind: 'files-gone', at: `f${at}`, count: 1, examples: [], ruling });
  }
  const all = gathered.all();
  expect(all.length).toBeLessThan(300);
  expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
});
