import { describe, expect, test } from 'vitest';
import { create } from 'xmlbuilder2';
import { junit } from '../../src/report/junit.js';
import { THEOREM_NAMES } from '../../src/report/theory.js';
import { compared, DIFFERS, evidence, keyOf, Story } from './story.js';

const options = {
  tail: () => ['\u001b[31mit said hunter2\u0000\ud800 & <left>'],
  mask: (text: string) => text.replaceAll('hunter2', '***'),
};
const written = (story: Story): Promise<string> => junit(story.state, { ...options, now: story.now });

describe('junit.xml', () => {
  test('of a run that failed', async () => {
    const projects = [{ name: 'worker', backing: false, caveats: ['has no smoke & says so'] }, 's3rver'];
    const text = await written(
      new Story({ projects })
        .until(keyOf('worker', 'verify', 'target'))
        .fail({ kind: 'exit', status: 22 }, { command: 'curl "$URL"', file: '/home/ada/shop/verify.sh', line: 3 })
        .pass()
        .end('upgrade'),
    );
    const localTime = /timestamp="[^"]*"/g;
    await expect(text.replace(localTime, 'timestamp="2026-11-23T13:02:00"')).toMatchFileSnapshot('golden/junit.xml');
  });

  test('has a case for each log that was compared, which fails only where the workspace says so', async () => {
    const told = (fails: boolean) =>
      new Story()
        .until(keyOf('postgres', 'destroy', 'target'))
        .say({ type: 'logs-compared', logs: ['s3rver', 'worker'] })
        .say(evidence('worker', 'ERROR no task hunter2', { fails, count: 2 }));
    const red = await written(told(true).end('upgrade'));
    expect(red).toContain('<testcase name="log of s3rver" classname="s3rver" time="0.000"/>');
    expect(red).toMatch(
      /<testcase name="log of worker"[^>]*>\s*<failure type="log-evidence" message="worker began to print errors that it had not printed before">error, 2 times, first at services\/worker.log:41\nERROR no task \*{3}<\/failure>/,
    );
    const green = await written(told(false).toTheEnd().end('passed'));
    expect(green).toMatch(/<testcase name="log of worker"[^>]*>\s*<system-out>error, 2 times/);
    expect(green).not.toContain('<failure');
  });

  test('has a case for all registered data, skipped where nothing can be said of it', async () => {
    const text = await written(
      new Story({ data: ['jobs', 'same', 'empty', 'retyped', 'files'] })
        .until('compare-state:target@autumn')
        .say(compared('jobs', { differences: DIFFERS }))
        .say(compared('same'))
        .say(compared('empty', { looked: { tables: 0, rows: 0 } }))
        .say(compared('retyped', { looked: { tables: 1, rows: 0 }, differences: DIFFERS.slice(4) }))
        .fail({ kind: 'state-unread', name: 'files', reason: 'hunter2 is wrong' })
        .end('upgrade'),
    );
    expect(text).toMatch(
      /name="state of jobs"[^>]*>\s*<failure type="state-differs" message="3 rows gone from public.jobs">/,
    );
    expect(text).toContain('<testcase name="state of same" classname="grenade" time="0.000"/>');
    expect(text).toMatch(/name="state of empty"[^>]*>\s*<skipped message="nothing was there that could be lost"\/>/);
    expect(text).toMatch(/name="state of retyped"[^>]*>\s*<failure type="state-differs"/);
    expect(text).toMatch(/name="state of files"[^>]*>\s*<skipped message="not compared: \*{3} is wrong"\/>/);
  });

  test('holds no character that XML cannot', async () => {
    const text = await written(
      new Story()
        .until(keyOf('worker', 'verify', 'target'))
        .fail({ kind: 'exit', status: 1 })
        .end('upgrade'),
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be left
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|\p{Cs}/u);
    expect(() => create(text)).not.toThrow();
  });

  test('names its cases the same in every run', async () => {
    const names = (text: string): string[] =>
      [...text.matchAll(/<testcase name="[^"]*" classname="[^"]*"/g)].map(String);
    const good = names(await written(new Story().toTheEnd().end('passed')));
    const bad = names(
      await written(
        new Story()
          .until(keyOf('worker', 'start', 'base'))
          .fail({ kind: 'left-early' })
          .end('base'),
      ),
    );
    expect(bad).toEqual(good);
    expect(new Set(good).size).toBe(good.length);
  });

  test('says of a step that can be seen to do nothing that it did', async () => {
    const text = await written(new Story({ empty: ['worker/verify_noapi'] }).toTheEnd().end('passed'));
    expect(text.match(/<system-out>does nothing<\/system-out>/g)).toHaveLength(1);
  });

  test('a killed harness is an error of the step that ran', async () => {
    const story = new Story().until(keyOf('worker', 'migrate', 'target'));
    story.start();
    expect(await written(story)).toContain('<error type="killed"');
  });

  test('a run of ten thousand steps has as many cases', async () => {
    const story = new Story({ projects: Array.from({ length: 800 }, (_, i) => `project-${i}`) });
    for (let i = 0; i < 9000; i += 1) story.pass(1);
    story.end('interrupted');
    const text = await junit(story.state, { ...options, now: story.now });
    expect(text.match(/<testcase /g)).toHaveLength(story.state.steps.length + 1 + THEOREM_NAMES.length);
  });
});
