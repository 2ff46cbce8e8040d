import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeMask } from '../../src/basics/mask.js';
import { elapsedAt, momentAt, totalOf } from '../../src/report/page/elapsed.js';
import { excerptsOf } from '../../src/report/page/excerpts.js';
import { linkTo, shownBy } from '../../src/report/page/links.js';
import type { LogText, PageModel } from '../../src/report/page/model.js';
import { pageModel } from '../../src/report/page/model-of.js';
import { pageHtml } from '../../src/report/page/page.js';
import { BEGIN, compared, DIFFERS, keyOf, Story } from './story.js';

const modelOf = (story: Story, more: { mask?: (text: string) => string; tail?: readonly string[] } = {}): PageModel =>
  pageModel(
    {
      state: story.state,
      events: story.events,
      plan: undefined,
      runDir: '/srv/shop/.grenade/runs/2026-11-23-130200',
      tail: () => more.tail ?? ['curl: (22) The requested URL returned error: 404'],
      mask: more.mask ?? ((text) => text),
      now: story.now,
      version: '1.2.3',
    },
    [],
  );

const broken = (): Story =>
  new Story()
    .until(keyOf('s3rver', 'verify', 'target'))
    .fail(
      { kind: 'exit', status: 22 },
      { command: 'curl -fsS "$url"', file: '/home/ada/shop/projects/s3rver/resources.sh', line: 23 },
    )
    .end('upgrade');

describe('what a page tells of registered data', () => {
  const withData = (...names: string[]): Story =>
    new Story({ data: names }).until('compare-state:target@autumn').say(compared('jobs', { differences: DIFFERS }));

  test('what fails stands first, then what warns, what was expected and why, what happens by itself, what is new', () => {
    const { data } = modelOf(withData('jobs').toTheEnd().end('passed'));
    expect(data).toMatchObject([
      { name: 'jobs', step: 'compare-state:target@autumn', looked: '1012 rows in 2 tables' },
    ]);
    expect(
      data[0]?.groups.map(({ kind, count, differences }) => [kind, count, differences.map(({ tone }) => tone)]),
    ).toEqual([
      ['worth', 2, ['bad', 'warn']],
      ['expected', 1, ['plain']],
      ['byItself', 1, ['plain']],
      ['additions', 12, ['plain']],
    ]);
    expect(data[0]?.groups[1]?.differences[0]).toMatchObject({
      text: 'table public.queues gone, with 0 rows',
      reason: 'jobs know their queue, hunter2',
    });
  });

  test('what was registered and not compared is said with its reason, and what was empty with what that shows', () => {
    const story = withData('jobs', 'files', 'empty', 'late')
      .say({ type: 'state-unread', step: 'compare-state:target@autumn', data: 'files', reason: 'no such directory' })
      .say(compared('empty', { looked: { tables: 0, rows: 0 } }))
      .fail({ kind: 'state-unread', name: 'files', reason: 'no such directory' })
      .end('upgrade');
    expect(modelOf(story).data.map(({ name, looked, not }) => [name, looked, not])).toEqual(
      [
        ['jobs', '1012 rows in 2 tables', null],
        ['files', undefined, 'no such directory'],
        ['empty', '0 files, so that nothing could be lost', null],
        ['late', undefined, 'the run ended before it was'],
      ].map((row) => row.map((cell) => cell ?? undefined)),
    );
    const early = new Story({ data: ['jobs'] })
      .until(keyOf('worker', 'verify', 'base'))
      .fail({ kind: 'exit', status: 1 });
    expect(modelOf(early.end('base')).data).toEqual([]);
  });

  test('however much differs, the page has so much room for it', () => {
    const differences = Array.from({ length: 250 }, (_, at) => ({
      kind: 'column-new' as const,
      at: `public.t${at}`,
      column: 'c',
      count: 1,
      examples: [],
      ruling: { kind: 'unexpected' as const, severity: 'note' as const },
    }));
    const names = Array.from({ length: 100 }, (_, at) => `db${at}`);
    const story = new Story({ data: names }).until('compare-state:target@autumn');
    for (const name of names) story.say(compared(name, { differences }));
    const { data } = modelOf(story.toTheEnd().end('passed'));
    expect(data.flatMap(({ groups }) => groups.flatMap((group) => group.differences))).toHaveLength(300);
    expect(data[0]?.groups[0]).toMatchObject({ count: 250, more: 247 });
  });

  test('its text is text, and secrets are masked', () => {
    const model = modelOf(withData('jobs').toTheEnd().end('passed'), {
      mask: (text) => text.replaceAll('hunter2', '***'),
    });
    const page = pageHtml(model, [], { script: '', style: '' });
    expect(page).toContain('id 7 (***, &#60;b&#62;bold&#60;/b&#62;)');
    expect(page).toContain('href="#step/compare-state:target@autumn"');
    expect(page).not.toContain('hunter2');
  });
});

describe('what a page is made of', () => {
  test('the story of a failure goes from when it was last well to the first that went wrong', () => {
    const { story, sentence, failures } = modelOf(broken());
    expect(sentence.text).toMatch(/^The upgrade broke s3rver/);
    expect(failures.map(({ step }) => step)).toEqual([keyOf('s3rver', 'verify', 'target')]);
    expect(story.map(({ tone, text }) => `${tone} ${text}`)).toEqual([
      'plain s3rver version base passed: it reports 2.2.9',
      'good s3rver verify pre-upgrade passed',
      'plain s3rver shutdown passed',
      'good s3rver verify with no API passed',
      'plain s3rver install target passed',
      'plain s3rver migrate passed',
      'plain s3rver start target passed: it reports 3.7.1',
      'bad s3rver verify post-upgrade: exit 22',
      expect.stringMatching(/^plain The run ends: \d+ of \d+ steps never ran$/),
    ]);
    expect(story.filter(({ first }) => first)).toHaveLength(1);
  });

  test('a service that died before its step failed is the first that went wrong', () => {
    const story = new Story().until(keyOf('worker', 'verify', 'target'));
    const pid = story.state.services.get('worker')?.pid ?? 0;
    story
      .say({ type: 'service-exited', service: 'worker', pid, status: 139, expected: false }, 10)
      .fail({ kind: 'exit', status: 1 })
      .end('upgrade');
    const model = modelOf(story);
    const first = model.story.find((moment) => moment.first);
    expect(first).toMatchObject({ source: 'service', text: 'worker died: signal 11', shows: { kind: 'service' } });
    expect(model.services.find(({ name }) => name === 'worker')?.runs.at(-1)).toMatchObject({ end: 'died' });
  });

  test('every project stands somewhere at every moment, and comes from the base to the target', () => {
    const { projects, parts } = modelOf(new Story().toTheEnd().end('passed'));
    for (const { stays } of projects) {
      expect(stays[0]?.from).toBe(parts[0]?.from);
      expect(stays.at(-1)?.to).toBe(parts.at(-1)?.to);
      expect(stays.slice(1).map(({ from }) => from)).toEqual(stays.slice(0, -1).map(({ to }) => to));
    }
    const s3rver = projects.find(({ name }) => name === 's3rver')?.stays ?? [];
    expect(s3rver.map(({ where, release }) => `${where} ${release}`.trim())).toEqual([
      'nowhere',
      'base 2.2.9',
      'down 2.2.9',
      'between 2.2.9 → 3.7.1',
      'target 3.7.1',
      'down 3.7.1',
    ]);
  });

  test('a project that still reports its old release never arrives', () => {
    const failure = { kind: 'release-unchanged', reported: '2.2.9' } as const;
    const { projects } = modelOf(
      new Story()
        .until(keyOf('s3rver', 'version', 'target'))
        .fail(failure)
        .end('upgrade'),
    );
    expect(projects.find(({ name }) => name === 's3rver')?.stays.at(-1)?.where).toBe('between');
  });

  test('outages are known by their probe and the step they are charged to, and only those over budget are bad', () => {
    const run = (budgetMs: number): PageModel => modelOf(probed(budgetMs));
    const step = keyOf('s3rver', 'migrate', 'target');
    const outage = run(5000).probes[0]?.outages[0];
    expect(outage).toMatchObject({ id: `s3/${step}`, length: '1.0 s', fell: 'within s3rver migrate' });
    expect(outage?.charges).toEqual([{ step, title: 's3rver migrate', ms: 1000 }]);
    expect(run(5000).story.filter(({ source }) => source === 'probe')).toEqual([]);
    expect(run(500).story.find(({ first }) => first)?.text).toBe('s3 is down for 1.0 s, within s3rver migrate');
  });

  test('secrets are masked in whatever the model comes to hold', () => {
    const secret = 'hunter2-and-more';
    const story = new Story({ projects: [{ name: 'web', backing: false, caveats: [`says ${secret}`] }] })
      .until(keyOf('web', 'verify', 'target'))
      .say({ type: 'warned', text: `it is ${secret}`, step: keyOf('web', 'create', 'base') })
      .say({ type: 'summary-written', text: `it is \u001b[31m${secret}`, step: keyOf('web', 'create', 'base') })
      .say({ type: 'release-reported', project: 'web', side: 'target', version: secret })
      .fail({ kind: 'exit', status: 1 }, { command: `login ${secret}`, file: `/tmp/${secret}.sh`, line: 1 })
      .end('upgrade');
    const model = modelOf(story, { mask: makeMask([secret]), tail: [`password ${secret}`] });
    const text = pageHtml(model, [], { script: '', style: '' });
    expect(JSON.stringify(model)).not.toContain(secret);
    expect(text).not.toContain(secret);
    expect(text).toContain('***');
  });
});

/** s3 does not answer for exactly a second in the middle of the step that migrates s3rver. */
function probed(budgetMs: number): Story {
  const story = new Story();
  for (const [at, event] of story.events.entries()) {
    if (event.type !== 'planned') continue;
    const probes = [{ name: 's3', kind: 'http', target: 'http://127.0.0.1:1', intervalMs: 100, budgetMs }] as const;
    story.events[at] = { ...event, probes };
  }
  story.until(keyOf('s3rver', 'verify', 'base'));
  const changed = (status: 'up' | 'down'): void => {
    story.say({ type: 'probe-changed', probe: 's3', connection: 'new', status, since: [story.now, story.now] });
  };
  changed('up');
  const step = story.until(keyOf('s3rver', 'migrate', 'target')).start();
  changed('down');
  story.say({ type: 'warned', text: 'time goes by' }, 1000);
  changed('up');
  story.say({ type: 'step-finished', step: step.key, ms: 1000, log: 'steps/x.log' });
  return story
    .until(keyOf('s3rver', 'verify', 'target'))
    .fail({ kind: 'exit', status: 1 })
    .end('upgrade');
}

describe('a page for those without script', () => {
  test('says its verdict, the steps that failed, and why', () => {
    const text = pageHtml(modelOf(broken()), [], { script: '', style: '' });
    const plain = text.replace(/<(template|script|style)[^>]*>.*?<\/\1>/gs, '');
    expect(plain).toContain('The upgrade broke s3rver');
    expect(plain).toContain('s3rver verify post-upgrade');
    expect(plain).toContain('The requested URL returned error: 404');
  });

  test('text is text, whatever it holds', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (nasty) => {
        const markup = `<script>x</script><img src=x onerror=x>"'&<!--${nasty}`;
        const text = pageHtml(modelOf(broken(), { tail: [markup] }), [], { script: '', style: '' });
        expect(text.match(/<script/g)).toHaveLength(1);
        expect(text).not.toContain('<img');
        expect(text).not.toMatch(/<!--/);
      }),
    );
  });
});

describe('logs', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'grenade-page-'));
    mkdirSync(join(dir, 'steps'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const excerpt = (content: string | Buffer, telling = false, mask = (text: string) => text) => {
    writeFileSync(join(dir, 'steps', 'a.log'), content);
    const { logs, blocks } = excerptsOf(dir, [{ path: 'steps/a.log', telling }], mask);
    const texts: LogText[] = JSON.parse(gunzipSync(blocks[0] ?? '').toString());
    return { log: logs[0], text: texts[0] };
  };
  const lines = (count: number): string => Array.from({ length: count }, (_, at) => `line ${at}\n`).join('');

  test('are whole up to 64 KB', () => {
    const { log, text } = excerpt(lines(6000));
    expect(log).toMatchObject({ omitted: 0 });
    expect(text).toEqual({ head: lines(6000) });
  });

  test('are their first and their last lines beyond that, whole ones, and more of those that failed', () => {
    const all = lines(200_000);
    const plain = excerpt(all);
    const telling = excerpt(all, true);
    expect(plain.text?.head).toMatch(/^line 0\n.*line \d+$/s);
    expect(plain.text?.tail).toMatch(/^line \d+\n.*line 199999\n$/s);
    expect(plain.log?.omitted).toBe(all.length - 64 * 1024);
    expect(telling.text?.tail?.length).toBeGreaterThan(5 * (plain.text?.tail?.length ?? 0));
    expect(all).toContain(plain.text?.head);
    expect(all.endsWith(plain.text?.tail ?? '-')).toBe(true);
  });

  test('hold no secret, wherever it lies and wherever the log is cut', () => {
    const secret = 'correct-horse-battery-staple';
    fc.assert(
      fc.property(fc.nat(5000), fc.boolean(), (shift, broken) => {
        const line = `${'x'.repeat(shift)}${`${secret} `.repeat(4000)}`;
        const { text } = excerpt(broken ? line.replaceAll(' ', '\n') : line, false, makeMask([secret]));
        const all = `${text?.head}${text?.tail ?? ''}`;
        expect(all).not.toContain('horse');
        expect(all).not.toContain('battery');
      }),
      { numRuns: 20 },
    );
  });

  test('lose what a terminal would obey, and show what is no text', () => {
    const { text } = excerpt(Buffer.from('\u001b[31mred\u001b[0m \u2028 \u0007\n\xff\xfe ok\n', 'latin1'));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(text?.head).not.toMatch(/\u001b|\u2028|\u0007/);
    expect(text?.head).toContain('red');
    expect(text?.head).toContain('\ufffd');
  });

  test('all together have a limit, and then there is less of each', () => {
    const noise = (seed: number): string =>
      Array.from({ length: 2000 }, (_, at) => `${Math.sin(seed * 7919 + at)} ${Math.cos(at * seed)}\n`).join('');
    const wanted = Array.from({ length: 12 }, (_, at) => {
      writeFileSync(join(dir, 'steps', `${at}.log`), noise(at + 1));
      return { path: `steps/${at}.log`, telling: at === 0 };
    });
    const room = 200 * 1024;
    const { logs, blocks } = excerptsOf(dir, wanted, (text) => text, room);
    expect(blocks.reduce((sum, block) => sum + block.length, 0)).toBeLessThan((room / 4) * 3);
    expect(logs[0]?.omitted).toBe(0);
    expect(logs[1]?.omitted).toBeGreaterThan(0);
  });
});

test('links name a thing for ever, whatever it is called', () => {
  expect(linkTo({ kind: 'step', id: 's3rver/verify:target@autumn' })).toBe('#step/s3rver/verify:target@autumn');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (id) => {
      expect(shownBy(linkTo({ kind: 'outage', id }))).toEqual({ kind: 'outage', id });
    }),
  );
  for (const stray of ['', '#timeline', '#step/', '#step/%E0%A4%A', '#javascript/x'])
    expect(shownBy(stray)).toBe(undefined);
});

test('time between the parts of a run does not count', () => {
  const parts = [
    { from: BEGIN, to: BEGIN + 1000 },
    { from: BEGIN + 50_000, to: BEGIN + 52_000 },
  ];
  expect(totalOf(parts)).toBe(3000);
  expect(elapsedAt(BEGIN + 30_000, parts)).toBe(1000);
  expect(elapsedAt(BEGIN + 51_000, parts)).toBe(2000);
  fc.assert(fc.property(fc.nat(3000), (ms) => elapsedAt(momentAt(ms, parts), parts) === ms));
});
