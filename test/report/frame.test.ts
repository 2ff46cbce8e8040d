import { describe, expect, test } from 'vitest';
import { COLOUR, PLAIN } from '../../src/report/style.js';
import { frame } from '../../src/report/terminal/frame.js';
import { header } from '../../src/report/terminal/header.js';
import { textWidth } from '../../src/report/text.js';
import { keyOf, Story } from './story.js';

const begun = (key: string): Story => {
  const story = new Story().until(key);
  const step = story.start();
  return story.say({ type: 'summary-written', step: step.key, text: 'converting 12 objects' }, 400);
};
const many = Array.from({ length: 40 }, (_, i) => `service-number-${i}`);

describe('the live view', () => {
  test.each([
    ['upgrade', () => begun(keyOf('s3rver', 'migrate', 'target')), 80],
    ['narrow', () => begun(keyOf('s3rver', 'verify', 'target')), 60],
    ['begin', () => begun(keyOf('postgres', 'install', 'base')), 80],
    [
      'many',
      () => {
        const story = new Story({ projects: many }).until(keyOf('service-number-17', 'migrate', 'target'));
        for (let i = 0; i < 6; i += 1) story.start();
        return story;
      },
      80,
    ],
    ['failed', () => new Story().until(keyOf('worker', 'verify', 'target')).fail({ kind: 'exit', status: 1 }), 80],
    ['end', () => new Story().toTheEnd().end('passed'), 80],
  ] as const)('%s', async (name, tell, width) => {
    const story = tell();
    const text = `${header(story.state, '.grenade/runs/2026-11-23-130200', PLAIN)}\n${frame(story.state, story.now, width)}\n`;
    await expect(text).toMatchFileSnapshot(`golden/live/${name}.txt`);
    for (const line of text.split('\n').slice(2)) expect(textWidth(line)).toBeLessThanOrEqual(width);
  });

  test.each([
    ['closed-failed', () => new Story().until(keyOf('worker', 'verify', 'target')).fail({ kind: 'exit', status: 1 })],
    ['closed', () => new Story({ empty: ['worker/verify_noapi', 'worker/version'] }).toTheEnd().end('passed')],
  ] as const)('%s: nothing is next any more', async (name, tell) => {
    const story = tell();
    await expect(`${frame(story.state, story.now, 80, { closing: true })}\n`).toMatchFileSnapshot(
      `golden/live/${name}.txt`,
    );
  });

  test('is the same text with colour as without', () => {
    const story = begun(keyOf('s3rver', 'migrate', 'target'));
    const coloured = frame(story.state, story.now, 80, { style: COLOUR });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is taken out
    expect(coloured.replace(/\u001b\[\d+m/g, '')).toBe(frame(story.state, story.now, 80));
  });

  test('every prefix of a run draws at every width', () => {
    const { events } = new Story().toTheEnd().end('passed');
    for (let length = 0; length <= events.length; length += 1) {
      const story = new Story();
      story.events.splice(0, story.events.length, ...events.slice(0, length));
      for (const width of [20, 60, 200]) expect(frame(story.state, story.now, width)).toBeTypeOf('string');
    }
  });
});
