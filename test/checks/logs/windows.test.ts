import { describe, expect, test } from 'vitest';
import { stretches, type Window, wasShortened } from '../../../src/checks/logs/windows.js';
import type { EventBody } from '../../../src/journal/event.js';
import type { Hook, Side } from '../../../src/journal/record.js';
import { keyOf, Story } from '../../report/story.js';

/** Tells a run whose services log ten bytes in every step, and what they log where a test says so. */
function told(...steps: readonly (readonly [project: string, hook: Hook, side: Side, ...events: EventBody[]])[]) {
  const story = new Story();
  for (const [at, [project, hook, side, ...events]] of steps.entries()) {
    story.say({ type: 'step-started', step: keyOf(project, hook, side), log: 'x', logged: { worker: at * 10 } });
    for (const event of events) story.say(event);
  }
  return story.state;
}
const started = (step: string, logOffset: number): EventBody => ({
  type: 'service-started',
  service: 'worker',
  pid: logOffset,
  step,
  logOffset,
});
const stopping = (logOffset: number): EventBody => ({ type: 'service-stopping', service: 'worker', logOffset });

function windows(state: ReturnType<typeof told>): [number, Window][] {
  const found = stretches(state, 'worker').map(({ from, window }): [number, Window] => [from, window]);
  return found.filter(([, window], at) => window !== found[at - 1]?.[1]);
}

const BASE = [
  ['worker', 'start', 'base', started(keyOf('worker', 'start', 'base'), 0)],
  ['worker', 'verify', 'base'],
] as const;
const SHUTDOWN = ['worker', 'shutdown', 'base', stopping(23)] as const;

describe('what a part of a log is held for', () => {
  test("a service's shutdown is the base's; from its start at the target on it is the target's", () => {
    const state = told(
      ...BASE,
      SHUTDOWN,
      ['worker', 'migrate', 'target'],
      ['worker', 'start', 'target', started(keyOf('worker', 'start', 'target'), 44)],
      ['worker', 'verify', 'target'],
    );
    expect(windows(state)).toEqual([
      [0, 'before'],
      [44, 'after'],
    ]);
    expect(stretches(state, 'worker').at(-1)).toEqual({
      window: 'after',
      from: 50,
      step: keyOf('worker', 'verify', 'target'),
    });
  });

  test('what it prints while it is stopped at the target is about being stopped', () => {
    const start = keyOf('worker', 'start', 'target');
    const state = told(...BASE, SHUTDOWN, [
      'worker',
      'start',
      'target',
      started(start, 31),
      stopping(35),
      started(start, 38),
    ]);
    expect(windows(state)).toEqual([
      [0, 'before'],
      [31, 'after'],
      [35, 'neither'],
      [38, 'after'],
    ]);
  });

  test("another project's migration asks for what is not there yet", () => {
    const state = told(
      ...BASE,
      SHUTDOWN,
      ['worker', 'start', 'target', started(keyOf('worker', 'start', 'target'), 31)],
      ['s3rver', 'migrate', 'target'],
      ['s3rver', 'start', 'target'],
    );
    expect(windows(state)).toEqual([
      [0, 'before'],
      [31, 'after'],
      [40, 'neither'],
      [50, 'after'],
    ]);
  });

  test('a server that a migration starts for itself is none of the target', () => {
    const state = told(
      ['postgres', 'start', 'target'],
      ['worker', 'migrate', 'target', started(keyOf('worker', 'migrate', 'target'), 10), stopping(15)],
      ['worker', 'start', 'target', started(keyOf('worker', 'start', 'target'), 22)],
    );
    expect(windows(state)).toEqual([
      [0, 'after'],
      [10, 'before'],
      [22, 'after'],
    ]);
  });

  test('a base that stays up is watched from the first start at the target on', () => {
    const state = told(
      ...BASE,
      ['postgres', 'migrate', 'target'],
      ['postgres', 'start', 'target'],
      ['postgres', 'verify', 'target'],
    );
    expect(windows(state)).toEqual([
      [0, 'before'],
      [30, 'after'],
    ]);
  });

  test('a log of no service that we know is cut there too', () => {
    const state = told(['worker', 'start', 'base'], ['worker', 'migrate', 'target'], ['worker', 'start', 'target']);
    expect(windows(state)).toEqual([
      [0, 'before'],
      [20, 'after'],
    ]);
  });

  test('a run that never came to the target has nothing after', () => {
    expect(windows(told(...BASE, SHUTDOWN, ['worker', 'migrate', 'target']))).toEqual([[0, 'before']]);
  });

  test('a log that was emptied meanwhile is known', () => {
    const state = told(...BASE, SHUTDOWN);
    expect([wasShortened(state, 'worker', 25), wasShortened(state, 'worker', 19)]).toEqual([false, true]);
    const again = new Story();
    for (const size of [0, 50, 10, 60])
      again.say({ type: 'step-started', step: 'x', log: 'x', logged: { worker: size } });
    expect(wasShortened(again.state, 'worker', 70)).toBe(true);
    expect(wasShortened(again.state, 'other', 0)).toBe(false);
  });
});
