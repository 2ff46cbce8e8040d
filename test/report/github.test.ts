import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { annotations, summary } from '../../src/report/github.js';
import { evidence, keyOf, Story } from './story.js';

const given = (story: Story, tail: readonly string[] = ['it said hunter2']) => ({
  tail: () => tail,
  mask: (text: string) => text.replaceAll('hunter2', '***'),
  now: story.now,
  root: '/home/ada',
  files: ['shop/.grenade/runs/1/report.html'],
});

const red = (command = 'curl "$URL"\n  -d a,b:c%'): Story =>
  new Story({ projects: ['postgres', 'worker', { name: 's3rver', backing: false, caveats: ['has no smoke'] }] })
    .until(keyOf('s3rver', 'verify', 'target'))
    .fail({ kind: 'exit', status: 22 }, { command, file: '/home/ada/shop/verify, all.sh', line: 3 })
    .say({ type: 'logs-compared', logs: ['worker'] })
    .say(evidence('worker', 'ERROR hunter2\nmore'))
    .end('upgrade');

describe('annotations', () => {
  test('put what failed beside its line, and what is new in logs as a warning', () => {
    const story = red();
    expect(annotations(story.state, given(story))).toEqual([
      '::error title=grenade::The upgrade broke s3rver: what was created before it is not there after it.',
      '::error file=shop/verify%2C all.sh,line=3,title=s3rver verify post-upgrade::exit 22%0Acurl "$URL"%0A  -d a,b:c%25',
      '::warning title=worker began to print this error::ERROR ***%0Amore',
      '::warning title=grenade::s3rver has no smoke',
    ]);
  });

  test('a green run without a doubt has none', () => {
    const story = new Story().toTheEnd().end('passed');
    expect(annotations(story.state, given(story))).toEqual([]);
  });

  test('name no file outside of the checkout, and no more than GitHub shows', () => {
    const story = red();
    expect(annotations(story.state, { ...given(story), root: '/elsewhere' })[1]).toMatch(/^::error title=/);
    for (let n = 0; n < 50; n += 1) story.say(evidence('worker', `ERROR ${n}`, { fails: true }));
    expect(annotations(story.state, given(story)).filter((line) => line.startsWith('::error'))).toHaveLength(10);
  });

  test('whatever a log holds, one annotation is one line', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const story = red(text);
        for (const line of annotations(story.state, given(story)))
          expect(line).toMatch(/^::(?:error|warning) [^\n\r]*$/);
      }),
      { numRuns: 50 },
    );
  });
});

describe("a job's summary", () => {
  test('tells a failed run on one page', async () => {
    const story = red();
    await expect(summary(story.state, given(story))).toMatchFileSnapshot('golden/github/upgrade.md');
  });

  test('tells a green one shortly', async () => {
    const story = new Story().toTheEnd().end('passed');
    await expect(summary(story.state, given(story))).toMatchFileSnapshot('golden/github/passed.md');
  });

  test('text of a log is text: no markup, no end of a fence or a cell, no mention', () => {
    const story = red('echo @ada <img src=x> | [a](http://b)');
    story.say(evidence('worker', '<script>alert(1)</script> | @ada `x` [a](http://b)'));
    const text = summary(story.state, given(story, ['```', '<script>', '````', '@ada']));
    const [before = '', fenced = '', after = ''] = text.split('`````');
    expect(fenced).toContain('```\n<script>\n````\n@ada');
    for (const part of [before, after]) expect(part).not.toMatch(/<script|<img|@ada|\]\(/);
    expect(after).toContain('&lt;script&gt;');
  });
});
