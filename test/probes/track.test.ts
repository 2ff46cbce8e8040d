import { expect, test } from 'vitest';
import { type Outcome, Track } from '../../src/probes/track.js';

const up: Outcome = { kind: 'up' };
const down = (cause: string, said?: string): Outcome => ({
  kind: 'down',
  cause,
  ...(said === undefined ? {} : { said }),
});

/** What a track says of samples that lie side by side. */
const causes = (...outcomes: readonly Outcome[]): (string | undefined)[] => {
  const track = new Track({ intervalMs: 10 });
  return outcomes.flatMap((outcome, at) =>
    track.add({ start: at * 10, end: at * 10 + 5, outcome }).map(({ status, cause }) => cause ?? status),
  );
};

test('what a program said is no other failure, and is told of the first one of its kind in an outage', () => {
  expect(causes(up, down('exit 1', 'try 1'), down('exit 1', 'try 2'), up, down('exit 1', 'try 3'), up)).toEqual([
    'up',
    'exit 1: try 1',
    'up',
    'exit 1: try 3',
    'up',
  ]);
  const flaps = causes(
    up,
    down('exit 1', 'a'),
    down('exit 2', 'b'),
    down('exit 1', 'c'),
    down('exit 2'),
    down('exit 3'),
  );
  expect(flaps).toEqual(['up', 'exit 1: a', 'exit 2: b', 'exit 1: a', 'exit 2: b', 'exit 3']);
});

test('a sample that was begun before the sampler slept, and answered after it, hides none of that', () => {
  const unseen = (oneByOne: boolean): unknown[] => {
    const track = new Track({ intervalMs: 20, oneByOne });
    track.add({ start: 0, end: 1, outcome: up });
    track.add({ start: 20, end: 1520, outcome: up });
    return track.add({ start: 1520, end: 1521, outcome: up }).map(({ status, since }) => [status, ...since]);
  };
  expect(unseen(false)).toEqual([
    ['unknown', 20, 1520],
    ['up', 1520, 1521],
  ]);
  // The one after it had to wait.
  expect(unseen(true)).toEqual([]);
});

test('of what was never up, the last that was said is told', () => {
  const track = new Track({ intervalMs: 10 });
  for (const said of ['one', 'two']) {
    track.add({ start: 0, end: 5, outcome: down('exit 1', said) });
    expect(track.never).toBe(`exit 1: ${said}`);
  }
});
