import { describe, expect, test } from 'vitest';
import type { JudgedDifference } from '../../src/journal/difference.js';
import { theoryOf } from '../../src/report/theory.js';
import { exitCode, sentence } from '../../src/report/verdict.js';
import { compared, keyOf, Story } from './story.js';

const told = (story: Story): Record<string, string> =>
  Object.fromEntries(theoryOf(story.state).map(({ theorem, outcome, why }) => [theorem, `${outcome}: ${why}`]));
const passed = (shape: ConstructorParameters<typeof Story>[0] = {}): Story => new Story(shape).toTheEnd().end('passed');

const used = (reason?: string): Story => {
  const story = new Story().until(keyOf('worker', 'migrate', 'target'));
  const step = story.start().key;
  const file = '/home/ada/shop/projects/worker/from-spring/upgrade-worker';
  const why = reason === undefined ? {} : { reason };
  // Twice in one step is one exception.
  for (let n = 0; n < 2; n++) story.say({ type: 'exception-used', step, project: 'worker', file, line: 3, ...why });
  return story.say({ type: 'step-finished', step, ms: 1, log: 'steps/x.log' }).toTheEnd().end('passed');
};

describe('nothing but migrations was needed', () => {
  const of = (story: Story): string | undefined => told(story)['only-migrations'];

  test('holds where each project was seen to arrive, and a verify found it working', () => {
    expect(of(passed())).toBe('holds: install, migrate and start of 3 projects ran, and nothing else');
  });

  test('is excepted by an exception that says why, and broken by one that does not', () => {
    expect(of(used('the queue moved'))).toBe('excepted: but for 1 exception');
    expect(of(used())).toBe('broken: 1 exception, with no reason given');
    expect(theoryOf(used('the queue moved').state)[1]?.exceptions).toEqual([
      {
        what: 'worker used a per-release exception',
        steps: [keyOf('worker', 'migrate', 'target')],
        file: '/home/ada/shop/projects/worker/from-spring/upgrade-worker',
        line: 3,
        reason: 'the queue moved',
      },
    ]);
  });

  test.each([
    [{ without: ['s3rver/verify'] }, 'not-shown: nothing looks whether s3rver works after it'],
    [{ empty: ['s3rver/verify'] }, 'not-shown: nothing looks whether s3rver works after it'],
    [
      { without: ['s3rver/version', 'worker/version'] },
      'not-shown: nothing proves which release worker and s3rver run now',
    ],
    [{ projects: ['one'] }, 'not-shown: no project runs another release than before'],
  ])('is not shown with %j', (shape, why) => {
    expect(of(passed(shape))).toBe(why);
  });

  test('is not shown by an upgrade that did not get through', () => {
    const story = new Story()
      .until(keyOf('worker', 'start', 'target'))
      .fail({ kind: 'exit', status: 1 })
      .end('upgrade');
    expect(of(story)).toBe('not-shown: the upgrade did not get through');
  });
});

describe('what was created survived', () => {
  const of = (story: Story): string | undefined => told(story).survived;
  const withData = (differences: readonly JudgedDifference[], data = ['jobs']): Story =>
    new Story({ data })
      .until('compare-state:target@autumn')
      .say(compared('jobs', { differences }))
      .toTheEnd()
      .end('passed');
  const gone: JudgedDifference = {
    kind: 'rows-gone',
    at: 'public.jobs',
    count: 3,
    examples: [],
    ruling: { kind: 'unexpected', severity: 'note' },
  };

  test('holds by checks on both sides and by registered data, as far as they go', () => {
    expect(of(passed())).toBe('holds: checked in 3 projects; no data is registered to be compared');
    expect(of(withData([]))).toBe('holds: checked in 3 projects; 1012 rows compared');
    expect(of(passed({ without: ['worker/create'] }))).toMatch(/^holds: checked in 2 of 3 projects/);
  });

  test('a loss that nobody expected breaks it, whatever it does to the run; one that was expected is told with its reason', () => {
    expect(of(withData([gone]))).toBe('broken: 1 loss that nobody expected');
    expect(of(withData([{ ...gone, ruling: { kind: 'expected', reason: 'old ones are dropped' } }]))).toBe(
      'excepted: checked in 3 projects; 1012 rows compared, but for 1 expected loss',
    );
    expect(of(withData([{ ...gone, ruling: { kind: 'by-itself' } }]))).toMatch(/^holds/);
    expect(of(withData([{ ...gone, kind: 'rows-changed' }]))).toMatch(/^holds/);
  });

  test('so does a project that does not find any more what it had', () => {
    const story = new Story()
      .until(keyOf('s3rver', 'verify', 'target'))
      .fail({ kind: 'exit', status: 22 })
      .end('upgrade');
    expect(of(story)).toBe('broken: 1 loss that nobody expected');
  });

  test.each([
    [{ without: ['postgres/create', 'worker/create', 's3rver/create'] }, /no project creates something/],
    [{ empty: ['postgres/verify', 'worker/verify', 's3rver/verify'] }, /no project creates something/],
    [{ without: ['postgres/version', 'worker/version', 's3rver/version'] }, /proves which release it runs/],
    [{ data: ['jobs'] }, /jobs is registered and could not be compared/],
  ])('is not shown with %j', (shape, why) => {
    expect(of(passed(shape))).toMatch(/^not-shown/);
    expect(of(passed(shape))).toMatch(why);
  });
});

test('before the upgrade began there is no theory', () => {
  const story = new Story()
    .until(keyOf('worker', 'verify', 'base'))
    .fail({ kind: 'exit', status: 1 })
    .end('base');
  expect(theoryOf(story.state)).toEqual([]);
});

test('an exception without a reason fails a strict run and no other', () => {
  const strict = (story: Story) => ({ ...story.state, strict: true });
  expect(exitCode(used().state)).toBe(0);
  expect(exitCode(strict(used()))).toBe(1);
  expect(sentence(strict(used()), { now: 0 }).text).toBe(
    'Every step passed, and worker used a per-release exception with no reason given: --strict asks for one.',
  );
  expect(exitCode(strict(used('the queue moved')))).toBe(0);
});

describe('new code ran with old configs', () => {
  const of = (story: Story): string | undefined => told(story)['old-configs'];
  const place = (project: string, files = 2) => ({ project, place: `/etc/${project}`, files });
  const recorded = (...places: readonly ReturnType<typeof place>[]): Story =>
    new Story()
      .until(keyOf('postgres', 'install', 'target'))
      .say({ type: 'config-recorded', step: keyOf('postgres', 'install', 'target'), places });
  const changed = (reason?: string) =>
    ({
      type: 'config-changed',
      steps: [keyOf('worker', 'migrate', 'target')],
      project: 'worker',
      file: '/etc/worker/a.conf',
      difference: { kind: 'files-changed', at: 'a.conf', count: 1, detail: 'content', examples: [] },
      ...(reason === undefined ? {} : { reason }),
    }) as const;

  test('holds of those that say where theirs lies, and says who does not', () => {
    expect(of(recorded(place('worker')).toTheEnd().end('passed'))).toBe(
      'holds: 2 files of worker are as they were; postgres and s3rver register none',
    );
  });

  test('a change breaks it, or excepts it where somebody says why', () => {
    expect(of(recorded(place('worker')).say(changed()).say(changed()).toTheEnd().end('passed'))).toBe(
      'broken: 1 exception, with no reason given',
    );
    expect(of(recorded(place('worker')).say(changed('b is new')).toTheEnd().end('passed'))).toBe(
      'excepted: but for 1 exception',
    );
    // One that has no reason is not covered by another of the same file that has.
    for (const reasons of [
      ['b is new', undefined],
      [undefined, 'b is new'],
    ]) {
      const story = recorded(place('worker'));
      for (const reason of reasons) story.say(changed(reason));
      expect(of(story.toTheEnd().end('passed'))).toBe('broken: 1 exception, with no reason given');
    }
    const strict = { ...recorded(place('worker')).say(changed()).toTheEnd().end('passed').state, strict: true };
    expect(exitCode(strict)).toBe(1);
  });

  test('has the reason of an exception that its own project used in that step, and of no other', () => {
    const [step] = changed().steps;
    const used = (project: string) =>
      ({ type: 'exception-used', step, project, file: '/w/from-spring/x', line: 1, reason: 'b is new' }) as const;
    for (const [project, expected] of [
      ['worker', 'excepted: but for 1 exception'],
      ['s3rver', 'broken: 1 exception, with no reason given'],
    ] as const) {
      expect(of(recorded(place('worker')).say(used(project)).say(changed()).toTheEnd().end('passed'))).toBe(expected);
    }
  });

  test('is not shown by default', () => {
    expect(of(passed())).toBe('not-shown: no project says where its configuration lies (register_config)');
    expect(of(recorded(place('worker', 0)).toTheEnd().end('passed'))).toBe(
      'not-shown: nothing lies where worker registers its configuration, /etc/worker',
    );
    const step = keyOf('worker', 'migrate', 'target');
    const unread = { type: 'config-unread', step, project: 'worker', reason: 'EACCES' } as const;
    expect(of(recorded(place('worker')).say(unread).toTheEnd().end('passed'))).toBe(
      'not-shown: the configuration of worker could not be looked at, EACCES',
    );
    const failed = recorded(place('worker')).until(step).fail({ kind: 'exit', status: 1 }).end('upgrade');
    expect(of(failed)).toBe('not-shown: the upgrade did not get through');
  });
});
