import { describe, expect, test } from 'vitest';
import { Gathered, StateJudge } from '../../src/checks/state.js';
import type { Difference } from '../../src/journal/difference.js';
import type { StateCompared } from '../../src/journal/event.js';
import type { Expectation } from '../../src/workspace/workspace.js';

const gone: Difference = { kind: 'rows-gone', at: 'public.jobs', count: 3, examples: [] };
const changed: Difference = { kind: 'rows-changed', at: 'public.jobs', column: 'seen', count: 3, examples: [] };
const expected: Expectation = { data: '*', what: 'rows-gone', in: 'public.*', reason: 'old jobs are dropped' };

const judge = (expect: readonly Expectation[], control: readonly StateCompared[] = []) =>
  new StateJudge({
    rules: { loss: 'fail', change: 'warn', control: false, expect },
    from: 'spring',
    to: 'autumn',
    control,
  });

describe('what is held of a difference', () => {
  test('a loss fails, a change warns, what is new or was empty only stands there', () => {
    const of = (difference: Difference) => judge([]).judge('db', difference);
    expect(of(gone)).toEqual({ kind: 'unexpected', severity: 'fail' });
    expect(of(changed)).toEqual({ kind: 'unexpected', severity: 'warn' });
    expect(of({ ...gone, kind: 'rows-new' })).toEqual({ kind: 'unexpected', severity: 'note' });
    expect(of({ ...gone, kind: 'table-gone', count: 0 })).toEqual({ kind: 'unexpected', severity: 'warn' });
  });

  test('one that is expected has its reason, and an expectation that nothing met is missed', () => {
    const judging = judge([expected, { ...expected, what: 'rows-changed', column: 'other' }]);
    expect(judging.judge('db', gone)).toEqual({ kind: 'expected', reason: 'old jobs are dropped' });
    expect(judging.judge('db', changed).kind).toBe('unexpected');
    expect(judging.missed().map(({ what }) => what)).toEqual(['rows-changed']);
  });

  test.each([
    [{ ...expected, to: ['winter'] }, 'another release'],
    [{ ...expected, from: ['winter'] }, 'another release'],
    [{ ...expected, in: 'public.job' }, 'another table'],
    [{ ...expected, data: 'files' }, 'other data'],
  ])('an expectation of %s is none', (other) => {
    expect(judge([other]).judge('db', gone).kind).toBe('unexpected');
  });

  test('an expectation of another upgrade is not missed either', () => {
    expect(judge([{ ...expected, to: ['winter'] }]).missed()).toEqual([]);
  });

  test('what a restart alone showed happens by itself', () => {
    const control: StateCompared = {
      type: 'state-compared',
      step: 'compare-state:base@spring',
      data: 'db',
      looked: { tables: 1, rows: 3 },
      control: true,
      differences: [{ ...changed, ruling: { kind: 'unexpected', severity: 'note' } }],
    };
    const judging = judge([], [control]);
    expect(judging.judge('db', { ...changed, count: 99 })).toEqual({ kind: 'by-itself' });
    expect(judging.judge('db', { ...changed, column: 'name' }).kind).toBe('unexpected');
    expect(judging.judge('db', gone).kind).toBe('unexpected');
    expect(judging.judge('other', changed).kind).toBe('unexpected');
  });
});

test('of a million files only sums are kept, and nothing is lost in them', () => {
  const gathered = new Gathered();
  for (let at = 0; at < 10_000; at++) {
    gathered.add(
      { kind: 'files-gone', at: `f${at}`, count: 1, examples: [] },
      { kind: 'unexpected', severity: 'fail' },
    );
  }
  const all = gathered.all();
  expect(all.length).toBeLessThan(300);
  expect(all.reduce((sum, { count }) => sum + count, 0)).toBe(10_000);
});
