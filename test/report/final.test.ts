import { describe, expect, test } from 'vitest';
import { PLAIN } from '../../src/report/style.js';
import { finalResult } from '../../src/report/terminal/final.js';
import { exitCode, sentence } from '../../src/report/verdict.js';
import { compared, DIFFERS, evidence, keyOf, Story } from './story.js';

const CURL = 'curl -fsS http://127.0.0.1:41873/bucket/dir/hello.txt';
const AT = { command: CURL, file: '/home/ada/shop/projects/30_s3rver/resources.sh', line: 23 };
const ANSWER = 'curl: (22) The requested URL returned error: 404';
const EXIT = { kind: 'exit', status: 22 } as const;

function result(story: Story, tail: readonly string[] = [ANSWER]): string {
  return finalResult(story.state, {
    runDir: '.grenade/runs/2026-11-23-130200',
    tail: () => tail,
    mask: (text) => text.replaceAll('hunter2', '***'),
    style: PLAIN,
    now: story.now,
  });
}

const stories: Readonly<Record<string, { readonly exit: number; readonly text: () => [Story, string] }>> = {};
function story(name: string, exit: number, make: () => Story, tail?: readonly string[]): void {
  Object.assign(stories, {
    [name]: {
      exit,
      text: () => {
        const told = make();
        return [told, result(told, tail)];
      },
    },
  });
}

story('passed', 0, () => new Story().toTheEnd().end('passed'));
story('passed-with-caveats', 0, () => {
  const projects = [
    { name: 'postgres', backing: true, caveats: ['cannot prove its release: it has no version hook'] },
    { name: 'worker', backing: false, caveats: ['has no verify', 'has a destroy that does nothing'] },
    { name: 's3rver', backing: false, caveats: ['has no verify'] },
  ];
  const without = ['worker/verify', 's3rver/verify', 'postgres/version'];
  return new Story({ projects, without })
    .say({ type: 'warned', text: 'localrc sets FOO, which nothing reads' })
    .say({ type: 'warned', step: keyOf('worker', 'start', 'base'), text: 'password hunter2 is short' })
    .toTheEnd()
    .end('passed');
});
story('passed-unchecked', 0, () =>
  new Story({ projects: [{ name: 'worker', backing: false, caveats: ['has no verify'] }], without: ['worker/verify'] })
    .toTheEnd()
    .end('passed'),
);
story('passed-with-evidence', 0, () => {
  const told = new Story().until(keyOf('postgres', 'destroy', 'target'));
  told.say({ type: 'logs-compared', logs: ['postgres', 'worker', 's3rver'] });
  told.say(evidence('worker', '2026-11-23 13:02:07 ERROR no task hunter2\nat x', { count: 3 }));
  for (const name of 'abcdef') told.say(evidence('postgres', `FATAL: ${name}`, { kind: 'deprecation' }));
  return told.toTheEnd().end('passed');
});
story('upgrade-evidence', 1, () =>
  new Story()
    .until(keyOf('postgres', 'destroy', 'target'))
    .say({ type: 'logs-compared', logs: ['postgres', 'worker', 's3rver'] })
    .say(evidence('postgres', 'LOG: deprecated', { kind: 'deprecation' }))
    .say(
      evidence('worker', 'Traceback (most recent call last):\n  File "x", line 1\nKeyError: 1', {
        kind: 'traceback',
        fails: true,
      }),
    )
    .say(evidence('worker', 'ERROR: gone', { fails: true, count: 12 }))
    .end('upgrade'),
);
story('passed-with-data', 0, () =>
  new Story({ data: ['jobs', 'empty', 'same'] })
    .until(keyOf('postgres', 'verify', 'target'))
    .say(compared('jobs', { differences: DIFFERS.slice(0, 4) }))
    .say(compared('empty', { looked: { tables: 0, rows: 0 } }))
    .say(compared('same', { looked: { tables: 0, rows: 3 } }))
    .say({ type: 'expectation-missed', step: 'compare-state:target@autumn', what: 'files-gone', reason: 'hunter2' })
    .toTheEnd()
    .end('passed'),
);
story('passed-expectation-missed', 0, () =>
  new Story()
    .until(keyOf('postgres', 'verify', 'target'))
    .say({ type: 'expectation-missed', step: 'compare-state:target@autumn', what: 'files-gone', reason: 'not now' })
    .toTheEnd()
    .end('passed'),
);
story('upgrade-data-unread', 1, () =>
  new Story({ data: ['jobs', 'files', 'objects'] })
    .until('compare-state:target@autumn')
    .say(compared('jobs'))
    .say({ type: 'state-unread', step: 'compare-state:target@autumn', data: 'files', reason: 'no such directory' })
    .say({ type: 'state-unread', step: 'compare-state:target@autumn', data: 'objects', reason: 'hunter2 is wrong' })
    .fail({ kind: 'state-unread', name: 'files', reason: 'no such directory' })
    .end('upgrade'),
);
story('base-ready', 0, () => new Story().until(keyOf('postgres', 'shutdown', 'base')).end('base-ready'));
story('stopped', 1, () => new Story().until(keyOf('postgres', 'install', 'target')).end('stopped'));
story('upgrade-verify', 1, () =>
  new Story()
    .until(keyOf('s3rver', 'verify', 'target'))
    .fail(EXIT, AT)
    .end('upgrade'),
);
story(
  'upgrade-verify-two',
  1,
  () => {
    const told = new Story()
      .until(keyOf('worker', 'verify', 'target'))
      .fail({ kind: 'exit', status: 1 }, undefined, 95);
    return told.fail(EXIT, AT).end('upgrade');
  },
  ['looking for job 17', '\u001b[31mjob 17 is gone\u001b[0m, password=hunter2'],
);
story(
  'upgrade-migrate',
  1,
  () =>
    new Story()
      .until(keyOf('worker', 'migrate', 'target'))
      .fail(
        { kind: 'exit', status: 1 },
        { command: 'node migrate.js\\\n  --all', file: '/opt/lib/migrate.sh', line: 4 },
        3210,
      )
      .end('upgrade'),
  ['error: column "retry_limit" of relation "job" does not exist'],
);
story(
  'upgrade-release',
  1,
  () =>
    new Story()
      .until(keyOf('worker', 'version', 'target'))
      .say({ type: 'release-reported', project: 'worker', side: 'target', version: '0.13.0' })
      .fail({ kind: 'release-wrong', expected: '0.16', reported: '0.13.0', before: '0.13.0' })
      .pass()
      .end('upgrade'),
  ['0.13.0'],
);
story(
  'upgrade-time-limit',
  1,
  () =>
    new Story()
      .until(keyOf('worker', 'start', 'target'))
      .fail({ kind: 'time-limit', limitMs: 1_800_000, limit: 'limits.hook' }, undefined, 1_800_200)
      .end('upgrade'),
  ['waiting for http://127.0.0.1:8080/ready', 'waiting for http://127.0.0.1:8080/ready'],
);
story(
  'upgrade-run-limit',
  1,
  () =>
    new Story()
      .until(keyOf('worker', 'start', 'target'))
      .fail({ kind: 'time-limit', limitMs: 10_800_000, limit: 'limits.run' }, undefined, 2000)
      .end('upgrade'),
  ['waiting for http://127.0.0.1:8080/ready'],
);
story(
  'upgrade-service-died',
  1,
  () => {
    const told = new Story().until(keyOf('worker', 'verify', 'target'));
    const pid = told.state.services.get('s3rver')?.pid ?? 0;
    return told
      .say({ type: 'service-exited', service: 's3rver', pid, status: 139, expected: false })
      .fail({ kind: 'service-died', service: 's3rver', status: 139, log: 'services/s3rver.log' })
      .end('upgrade');
  },
  ['FATAL: cannot read ._S3rver_metadata'],
);
story(
  'upgrade-shutdown',
  1,
  () =>
    new Story()
      .until(keyOf('worker', 'shutdown', 'base'))
      .fail({ kind: 'service-survived', services: [{ name: 'worker', pid: 6005 }] })
      .end('upgrade'),
  ['stopping worker'],
);
story(
  'base-start',
  3,
  () =>
    new Story()
      .until(keyOf('worker', 'start', 'base'))
      .fail({ kind: 'exit', status: 127 })
      .end('base'),
  ['start.sh: line 3: graphile-worker: command not found'],
);
story(
  'after',
  1,
  () =>
    new Story()
      .until(keyOf('worker', 'destroy', 'target'))
      .fail(EXIT)
      .end('after'),
  ['no such bucket'],
);
story(
  'harness',
  4,
  () =>
    new Story()
      .until('take-down:target@autumn')
      .fail({ kind: 'step-error', reason: 'ENOSPC: no space left on device' })
      .end('harness'),
  [],
);
story(
  'interrupted',
  130,
  () =>
    new Story()
      .until(keyOf('worker', 'migrate', 'target'))
      .say({ type: 'interrupted', signal: 'SIGINT' })
      .fail({ kind: 'interrupted', signal: 'SIGINT' })
      .end('interrupted'),
  ['converting'],
);
story(
  'upgrade-not-saved',
  1,
  () =>
    new Story({ saves: true })
      .until('save-state:base@spring')
      .fail({ kind: 'not-saved', name: 'pg', tool: 'pg_dump', how: 'exit 1' })
      .end('upgrade'),
  ['pg_dump: error: connection to server at "127.0.0.1", port 1 failed: Connection refused'],
);
story(
  'after-not-taken-down',
  1,
  () =>
    new Story()
      .until('take-down:target@autumn')
      .fail({ kind: 'step-error', reason: 'ENOSPC: no space left on device' })
      .end('after'),
  [],
);
story('passed-with-empty', 0, () => {
  const empty = ['worker/verify_noapi', 's3rver/verify', 's3rver/verify_noapi', 's3rver/destroy'];
  return new Story({ empty }).toTheEnd().end('passed');
});
story('passed-nothing-verified', 0, () =>
  new Story({ projects: ['worker'], empty: ['worker/verify', 'worker/verify_noapi'] }).toTheEnd().end('passed'),
);
story('upgrade-verify-empty-before', 1, () =>
  new Story({ empty: [`s3rver/verify_noapi`] })
    .until(keyOf('s3rver', 'verify', 'target'))
    .fail(EXIT, AT)
    .end('upgrade'),
);
story(
  'upgrade-strays',
  1,
  () =>
    new Story()
      .until(keyOf('worker', 'version', 'target'))
      .fail({ kind: 'release-unchanged', reported: '0.13.0' })
      .say({
        type: 'run-finished',
        verdict: 'upgrade',
        up: true,
        strays: [{ pid: 8559, command: 'node /home/ada/shop/projects/web/server.mjs 4000', project: 'web' }],
      }),
  ['0.13.0'],
);
story(
  'upgrade-module',
  1,
  () =>
    new Story()
      .until(keyOf('worker', 'verify', 'target'))
      .say({ type: 'summary-written', step: keyOf('worker', 'verify', 'target'), text: 'looking for job 17' })
      .say({ type: 'summary-written', step: keyOf('postgres', 'verify', 'target'), text: 'all rows are there' })
      .fail(
        { kind: 'exit', status: 1 },
        { command: 'job 17 is gone', file: '/home/ada/shop/projects/20_worker/project.ts', line: 31 },
      )
      .end('upgrade'),
  [
    'job 17 is gone',
    '    at /home/ada/shop/projects/20_worker/project.ts:31',
    '    at /home/ada/shop/projects/20_worker/lib.ts:4',
  ],
);
story(
  'upgrade-service-died-again',
  1,
  () =>
    new Story()
      .until(keyOf('s3rver', 'start', 'target'))
      .fail({ kind: 'service-died', service: 's3rver', status: 1, log: 'services/s3rver.log' })
      .end('upgrade'),
  [
    'listening on 41873',
    'bye',
    '--- 2026-11-23T13:02:07.000Z service s3rver is started again ---',
    'FATAL: cannot read ._S3rver_metadata',
  ],
);
story('exception', 0, () => {
  const told = new Story().until(keyOf('worker', 'migrate', 'target'));
  const step = keyOf('worker', 'migrate', 'target');
  const file = '/home/ada/shop/projects/20_worker/from-spring/upgrade-worker';
  return told.say({ type: 'exception-used', step, project: 'worker', file }).toTheEnd().end('passed');
});
story('killed', 4, () => {
  const told = new Story().until(keyOf('worker', 'migrate', 'target'));
  told.start();
  return told;
});
story('killed-cleaned', 4, () => {
  const told = new Story().until(keyOf('worker', 'migrate', 'target'));
  told.start();
  return told.say({ type: 'cleaned' });
});
story('killed-early', 4, () => {
  const told = new Story();
  told.events.splice(1);
  return told;
});

/** Probes of a run that was told to its end: one that stayed up, one that was away while s3rver was upgraded, one that never was up. */
function probed(budgetMs: number): Story {
  const ask = { kind: 'http', target: 'http://127.0.0.1:1/', intervalMs: 100 } as const;
  const probes = [
    { name: 'postgres', ...ask },
    { name: 's3', ...ask, budgetMs },
    { name: 'stats', ...ask, budgetMs: 0 },
  ];
  const told = new Story({ probes }).until(keyOf('postgres', 'create', 'base'));
  for (const name of ['postgres', 's3']) told.seen(name, 'up', [told.now, told.now + 10]);
  told.until(keyOf('s3rver', 'shutdown', 'base')).seen('s3', 'down', [told.now + 20, told.now + 120], 'ECONNREFUSED');
  told.until(keyOf('s3rver', 'start', 'target')).pass(4000);
  told.seen('s3', 'up', [told.now - 120, told.now - 20]);
  told.until(keyOf('s3rver', 'destroy', 'target'));
  const sampled = { connection: 'new', samples: 90, until: told.now } as const;
  return told.say({
    type: 'sampling-ended',
    until: told.now,
    latestMs: 3,
    probes: [
      { probe: 'postgres', ...sampled, failed: 0 },
      { probe: 's3', ...sampled, failed: 50 },
      { probe: 'stats', connection: 'new', samples: 90, failed: 90, never: 'ECONNREFUSED' },
    ],
  });
}
story('upgrade-over-budget', 1, () => probed(2000).end('upgrade'));
story('passed-with-outages', 0, () => probed(30_000).toTheEnd().end('passed'));
story('sampler-lost', 0, () => {
  const ask = { kind: 'tcp', target: '127.0.0.1:1', intervalMs: 100, budgetMs: 0 } as const;
  const told = new Story({ probes: [{ name: 'guest', ...ask }] }).until(keyOf('postgres', 'create', 'base'));
  told.seen('guest', 'up', [told.now, told.now + 10]).until(keyOf('postgres', 'migrate', 'target'));
  told.say({ type: 'sampling-ended', until: told.now, reason: 'the sampler was ended by SIGKILL', probes: [] });
  return told.toTheEnd().end('passed');
});

describe('the final result', () => {
  test.each(Object.keys(stories))('%s', async (name) => {
    const told = stories[name];
    if (told === undefined) throw new Error(name);
    const [run, text] = told.text();
    await expect(text).toMatchFileSnapshot(`golden/final/${name}.txt`);
    expect(exitCode(run.state)).toBe(told.exit);
  });

  test('lets nothing from a log reach the terminal that could move its cursor', () => {
    const told = new Story()
      .until(keyOf('s3rver', 'verify', 'target'))
      .fail(EXIT)
      .end('upgrade');
    const text = result(told, ['\u001b]0;owned\u0007\u001b[2J10 %\r100 %\r', 'a\u0008b\u202ec\u009b31m']);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain('100 %\n');
    expect(text).not.toContain('owned');
  });

  test('under --strict a release that was not proven is a failure', () => {
    const without = ['worker/version'];
    const { state: lenient } = new Story({ without }).toTheEnd().end('passed');
    const { state } = new Story({ without, strict: true }).toTheEnd().end('passed');
    expect([exitCode(lenient), exitCode(state)]).toEqual([0, 1]);
    expect(sentence(state, { now: 0 })).toMatchObject({
      mark: '✘',
      text: 'Every step passed, and nothing proves which release worker now runs: --strict asks for that.',
    });
  });

  test('of a run that still goes on says nothing of its end', () => {
    const told = new Story().until(keyOf('worker', 'migrate', 'target'));
    told.start();
    const options = { runDir: '.', tail: () => [], mask: (text: string) => text, style: PLAIN, now: told.now };
    const text = finalResult(told.state, { ...options, alive: true });
    expect(text).toContain('▸ Still running during 26 worker migrate.');
    expect(text).not.toContain('never ran');
    expect(text).not.toContain('grenade clean');
    expect(text).not.toContain('still up');
    expect(text).toContain('grenade logs 26 · grenade report');
  });
});
