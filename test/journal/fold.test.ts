import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Event } from '../../src/journal/event.js';
import { elapsedMs, foldRun, RunFold } from '../../src/journal/fold.js';
import { PLAIN } from '../../src/report/style.js';
import { finalResult } from '../../src/report/terminal/final.js';
import { keyOf, Story } from '../report/story.js';

const told = (): readonly Event[] =>
  new Story()
    .until(keyOf('worker', 'verify', 'target'))
    .fail({ kind: 'exit', status: 3 })
    .pass()
    .end('upgrade').events;

describe('the fold of a journal', () => {
  test('knows where every step, service and release stands', () => {
    const state = new Story().until(keyOf('worker', 'start', 'target')).state;
    expect(state.byKey.get(keyOf('worker', 'migrate', 'target'))?.status.kind).toBe('passed');
    expect(state.byKey.get(keyOf('worker', 'start', 'target'))?.status).toEqual({ kind: 'waiting' });
    expect(state.reported.get('postgres')).toEqual({ base: '14.23' });
    expect(state.services.get('postgres')?.status.kind).toBe('running');
    expect(state.services.get('worker')?.status).toMatchObject({ kind: 'ended', expected: true });
    expect(state.resources.get('s3rver')).toEqual(new Set(['s3rver/id']));
    expect(state.verdict).toBeUndefined();
  });

  test('a failed step has the last command that failed before it ended', () => {
    const story = new Story().until(keyOf('worker', 'create', 'base'));
    const step = keyOf('worker', 'create', 'base');
    story.say({ type: 'command-failed', step, command: 'of an earlier attempt', status: 1, file: 'x', line: 1 });
    story.fail({ kind: 'exit', status: 2 }, { command: 'false', file: 'y', line: 2 });
    expect(story.state.byKey.get(step)?.status).toMatchObject({ kind: 'failed', commandFailed: { command: 'false' } });
  });

  test('a command that failed and was forgiven does not explain how the hook ended', () => {
    const story = new Story().until(keyOf('worker', 'create', 'base'));
    const step = keyOf('worker', 'create', 'base');
    story.say({ type: 'command-failed', step, command: 'grep', status: 1, file: 'x', line: 1 });
    story.fail({ kind: 'exit', status: 2 });
    expect(story.state.byKey.get(step)?.status).not.toHaveProperty('commandFailed');
  });

  test('an exit of a service that was replaced meanwhile does not count', () => {
    const story = new Story()
      .say({ type: 'service-started', service: 'db', pid: 1 })
      .say({ type: 'service-started', service: 'db', pid: 2 })
      .say({ type: 'service-exited', service: 'db', pid: 1, status: 0, expected: true });
    expect(story.state.services.get('db')).toMatchObject({ pid: 2, status: { kind: 'running' } });
  });

  test('every start of a service is known, with what of its log belongs to it', () => {
    const { lives, services } = new Story()
      .say({ type: 'service-started', service: 'db', pid: 1, logOffset: 0 })
      .say({ type: 'service-stopping', service: 'db', logOffset: 70 })
      .say({ type: 'service-exited', service: 'db', pid: 1, status: 0, expected: true })
      .say({ type: 'service-started', service: 'db', pid: 2, logOffset: 100 }).state;
    expect(lives).toMatchObject([
      { pid: 1, logOffset: 0, stopping: { logOffset: 70 }, status: { kind: 'ended' } },
      { pid: 2, logOffset: 100, stopping: undefined, status: { kind: 'running' } },
    ]);
    expect(services.get('db')).toBe(lives[1]);
  });

  test('evidence that fails the run stands first; a run that goes on is compared again', () => {
    const group = (pattern: string, fails: boolean) =>
      ({
        type: 'log-evidence',
        service: 'db',
        kind: 'error',
        pattern,
        count: 1,
        first: { text: pattern, line: 1, offset: 0 },
        fails,
      }) as const;
    const story = new Story().say({ type: 'logs-compared', logs: ['db'] });
    for (const [pattern, fails] of [
      ['a', false],
      ['b', true],
      ['c', false],
      ['d', true],
    ] as const)
      story.say(group(pattern, fails));
    expect(story.state.evidence.map(({ pattern }) => pattern)).toEqual(['b', 'd', 'a', 'c']);
    story.say({ type: 'run-resumed', harness: { version: '0.1.0', pid: 1, startTime: '1' } });
    expect([story.state.evidence, story.state.comparedLogs]).toEqual([[], undefined]);
  });

  test('a run that goes on keeps what its steps did, and the time between does not count', () => {
    const story = new Story().until(keyOf('postgres', 'shutdown', 'base')).end('base-ready');
    const { finished } = story.state;
    const took = elapsedMs(story.state, story.now);
    const planned = story.events.find(({ type }) => type === 'planned');
    if (planned === undefined) throw new Error('no plan');
    story.say({ type: 'run-resumed', harness: { version: '0.1.0', pid: 1, startTime: '1' } }, 3_600_000);
    story.say(planned);
    const { state } = story;
    expect([state.finished, state.verdict, state.endedAt]).toEqual([finished, undefined, undefined]);
    expect(state.phases.slice(0, 5).every((phase) => phase.finished === phase.steps.length)).toBe(true);
    expect(elapsedMs(state, state.lastAt)).toBe(took);
    expect(state.resources.get('worker')?.size).toBe(1);
  });

  test('what is noticed and done later does not make a killed run longer', () => {
    const story = new Story().until(keyOf('worker', 'migrate', 'target'));
    story.start();
    const { lastAt } = story.state;
    story.events.push({ at: lastAt, type: 'service-exited', service: 'worker', pid: 1, status: 0, expected: true });
    story.say({ type: 'cleaned' }, 5000);
    expect(story.state.lastAt).toBe(lastAt);
  });

  test('any journal, cut anywhere and in any order, folds and can be reported', () => {
    const events = told();
    fc.assert(
      fc.property(fc.shuffledSubarray([...events]), fc.nat(events.length), (mixed, length) => {
        for (const some of [mixed, events.slice(0, length)]) {
          const state = foldRun(some);
          const done = state.steps.filter(({ status }) => status.kind === 'passed' || status.kind === 'failed');
          expect(state.finished).toBe(done.length);
          expect(state.phases.reduce((sum, phase) => sum + phase.finished, 0)).toBe(done.length);
          const given = { runDir: '.', tail: () => [], mask: (text: string) => text, style: PLAIN, now: 0 };
          expect(finalResult(state, given)).not.toContain('undefined');
        }
      }),
      { numRuns: 50 },
    );
  });

  test('event by event it comes to the same as at once', () => {
    const fold = new RunFold();
    for (const event of told()) fold.apply(event);
    expect(fold).toEqual(foldRun(told()));
  });
});
