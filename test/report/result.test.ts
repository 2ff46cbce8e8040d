import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { RESULT_SCHEMA_FILE, resultSchemaText } from '../../scripts/schema.js';
import { resultText } from '../../src/report/result.js';
import { type Result, ResultSchema } from '../../src/report/result-schema.js';
import { compared, DIFFERS, evidence, keyOf, Story } from './story.js';

function read(story: Story): Result {
  const options = {
    tail: () => ['\u001b[31mit said hunter2'],
    mask: (text: string) => text.replaceAll('hunter2', '***'),
    now: story.now,
    files: ['report.html', 'junit.xml'],
  };
  const data: unknown = JSON.parse(resultText(story.state, options));
  const parsed = v.parse(ResultSchema, data);
  // Nothing is said that the schema does not know.
  expect(parsed).toEqual(data);
  return parsed;
}

const red = (): Story =>
  new Story()
    .until(keyOf('s3rver', 'verify', 'target'))
    .fail({ kind: 'exit', status: 22 }, { command: 'curl hunter2', file: '/home/ada/shop/verify.sh', line: 3 })
    .say({ type: 'logs-compared', logs: ['worker'] })
    .say(evidence('worker', 'ERROR hunter2', { count: 3 }))
    .end('upgrade');

describe('result.json', () => {
  test('its schema is current; if not, run `npx tsx scripts/schema.ts`', () => {
    expect(readFileSync(RESULT_SCHEMA_FILE, 'utf8')).toBe(resultSchemaText());
  });

  test('tells of a run that failed what every other view does', () => {
    const result = read(red());
    expect(result).toMatchObject({
      format: 1,
      verdict: 'upgrade',
      exit: 1,
      sentence: 'The upgrade broke s3rver: what was created before it is not there after it.',
      releases: { base: 'spring', target: 'autumn' },
      up: true,
      files: ['report.html', 'junit.xml'],
      logs: { compared: ['worker'], evidence: [{ service: 'worker', count: 3, text: 'ERROR ***', fails: false }] },
    });
    expect(result.steps.find(({ status }) => status === 'failed')).toMatchObject({
      key: 's3rver/verify:target@autumn',
      project: 's3rver',
      hook: 'verify',
      failure: {
        kind: 'exit',
        short: 'exit 22',
        at: { file: 'verify.sh', line: 3, command: 'curl ***' },
        words: ['it said ***'],
      },
    });
    expect(result.projects).toMatchObject([
      { name: 'postgres', proof: 'proven', verified: true, base: '14.23', target: '17.10' },
      { name: 'worker', proof: 'proven', verified: true },
      { name: 's3rver', proof: 'proven', verified: false },
    ]);
    expect(result.steps.filter(({ status }) => status === 'waiting').length).toBeGreaterThan(0);
  });

  test('holds for every run, however far it came', () => {
    const whole = new Story().toTheEnd().end('passed').events.length;
    for (let length = 0; length <= whole; length += 1) {
      const story = new Story().toTheEnd().end('passed');
      story.events.splice(length);
      read(story);
    }
  });

  test('one whose harness was killed has no verdict, and exits with 4', () => {
    const story = new Story().until(keyOf('worker', 'migrate', 'target'));
    story.start();
    expect(read(story)).toMatchObject({ verdict: null, exit: 4, endedAt: null });
    expect(read(story).steps.find(({ status }) => status === 'running')?.key).toBe('worker/migrate:target@autumn');
  });

  test('tells what became of registered data, and what could not be compared', () => {
    const { state } = read(
      new Story({ data: ['jobs', 'files'] })
        .say(compared('jobs', { control: true, step: 'compare-state:base@spring' }))
        .until('compare-state:target@autumn')
        .say(compared('jobs', { differences: DIFFERS }))
        .say({ type: 'expectation-missed', step: 'compare-state:target@autumn', what: 'files-gone', reason: 'hunter2' })
        .fail({ kind: 'state-unread', name: 'files', reason: 'hunter2 is wrong' })
        .end('upgrade'),
    );
    expect(state.data).toMatchObject([
      {
        name: 'jobs',
        compared: true,
        tables: 2,
        rows: 1012,
        files: null,
        differences: [
          { kind: 'rows-new', weight: 'addition', ruling: 'note', reason: null },
          { ruling: 'by-itself', column: 'seen' },
          { ruling: 'expected', reason: 'jobs know their queue, ***' },
          { ruling: 'warn', weight: 'change', detail: 'integer → bigint' },
          {
            ruling: 'fail',
            weight: 'loss',
            text: '3 rows gone from public.jobs',
            examples: [expect.stringMatching('\\*')],
          },
        ],
      },
      { name: 'files', compared: false, why: '*** is wrong', step: 'compare-state:target@autumn', rows: null },
    ]);
    expect(state.control).toMatchObject([{ name: 'jobs', step: 'compare-state:base@spring', differences: [] }]);
    expect(state.missed).toEqual([{ what: 'files-gone', reason: '***' }]);
  });
});
