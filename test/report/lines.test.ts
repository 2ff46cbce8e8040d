import { expect, test } from 'vitest';
import { RunFold } from '../../src/journal/fold.js';
import { PLAIN } from '../../src/report/style.js';
import { patienceLine, plainLines } from '../../src/report/terminal/lines.js';
import { cleaner } from '../../src/report/text.js';
import { keyOf, Story } from './story.js';

const clean = cleaner((text) => text.replaceAll('hunter2', '***'));

function lines(story: Story): string {
  const fold = new RunFold();
  return story.events
    .flatMap((event) => {
      fold.apply(event);
      return plainLines(event, fold, clean, PLAIN);
    })
    .map((line) => `${line}\n`)
    .join('');
}

test('a run where nobody watches reads as lines with their time', async () => {
  const story = new Story().until(keyOf('s3rver', 'migrate', 'target'));
  const step = story.start();
  story
    .say({ type: 'summary-written', step: step.key, text: 'converting 12 objects for hunter2' }, 300)
    .say({ type: 'warned', step: step.key, text: 'one object has no type\nat all' })
    .say({ type: 'exception-used', step: step.key, project: 's3rver', file: 'from-spring/upgrade-s3rver' })
    .say({ type: 'step-finished', step: step.key, ms: 1300, log: '' }, 1000)
    .pass()
    .until(keyOf('worker', 'verify', 'target'))
    .fail(
      { kind: 'exit', status: 22 },
      { command: 'curl -fsS "$URL" \\\n -o x', file: '/home/ada/shop/projects/20_worker/resources.sh', line: 9 },
    )
    .fail({ kind: 'left-early' })
    .say({ type: 'interrupted', signal: 'SIGINT' })
    .end('upgrade');
  await expect(lines(story)).toMatchFileSnapshot('golden/lines.txt');
});

test('a step that takes long says so', () => {
  const story = new Story().until(keyOf('worker', 'install', 'base'));
  const { key } = story.start();
  story.say({ type: 'summary-written', step: key, text: 'fetching hunter2' }, 30_000);
  const step = story.state.byKey.get(key);
  expect(step && patienceLine(story.state, step, story.now, clean, PLAIN)).toBe(
    '13:02:30  02  worker install base  still running after 30.0 s: fetching ***',
  );
});
