import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { probeResults } from '../../src/checks/budget.js';
import { chargesOf, lengthOf, type Outage, outagesOf, timeOf } from '../../src/checks/outages.js';
import type { Bounds } from '../../src/journal/probe.js';
import { keyOf, Story } from '../report/story.js';

const S3 = { name: 's3', kind: 'http', target: 'http://h/', intervalMs: 100 } as const;

/** A run in which s3 was down for a second while it was upgraded, seen to a tenth of it. */
function upgraded(more: { readonly budgetMs?: number; readonly during?: readonly string[] }): Story {
  const story = new Story({ probes: [{ ...S3, ...more }] }).until(keyOf('s3rver', 'migrate', 'target'));
  const from = story.now;
  story.seen('s3', 'up', [from - 2000, from - 1900]);
  story.seen('s3', 'down', [from + 10, from + 110], 'ECONNREFUSED').pass(1500);
  return story.seen('s3', 'up', [from + 1010, from + 1110]).until(keyOf('s3rver', 'destroy', 'target'));
}

const resultOf = (story: Story) => {
  const [result] = probeResults(story.state, story.now);
  if (result === undefined) throw new Error('there is no probe');
  return result;
};

describe('an outage', () => {
  test('is charged to the step it fell in', () => {
    const { outages } = resultOf(upgraded({}));
    expect(outages).toHaveLength(1);
    expect(outages[0]).toMatchObject({ shortest: 900, longest: 1100, causes: ['ECONNREFUSED'] });
    expect(outages[0]?.charges.map(({ step, ms }) => [step.record.key, ms])).toEqual([
      [keyOf('s3rver', 'migrate', 'target'), 900],
    ]);
  });

  test('is charged to every step it lasted through, each with its part, and to none that it only may have touched', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(3000), fc.nat(200), fc.nat(200), (steps, length, early, late) => {
        const story = new Story();
        for (let step = 0; step < steps; step++) story.pass();
        const middle = story.now;
        story.toTheEnd();
        const [from, to] = [middle, middle + length];
        const outage: Outage = {
          begin: [from - early, from],
          end: [to, to + late],
          open: false,
          certain: length > 0 ? [[from, to]] : [],
          connections: ['new'],
          causes: [],
        };
        const charges = chargesOf(outage, story.state.steps, story.now);
        for (const { step, ms } of charges) {
          const ran = timeOf(step, story.now) ?? [0, 0];
          expect(ms).toBe(Math.max(0, Math.min(ran[1], to) - Math.max(ran[0], from)));
        }
        // Steps come one after the other here: no moment is charged twice.
        expect(charges.reduce((sum, { ms }) => sum + ms, 0)).toBeLessThanOrEqual(lengthOf(outage).shortest);
        const certain = charges.filter(({ ms }) => ms > 0);
        expect(certain.length === 0 || certain.length === charges.length).toBe(true);
      }),
    );
  });

  test('that only one sample saw is charged to whatever it can have happened in', () => {
    const story = new Story({ probes: [S3] }).until(keyOf('worker', 'verify', 'base'));
    const between = story.now;
    story.seen('s3', 'up', [between - 500, between - 490]);
    story
      .seen('s3', 'down', [between - 50, between + 60], 'ECONNRESET')
      .seen('s3', 'up', [between + 40, between + 160]);
    const { outages } = resultOf(story.until(keyOf('postgres', 'shutdown', 'base')));
    expect(outages[0]).toMatchObject({ shortest: 0, longest: 210, certain: [] });
    expect(outages[0]?.charges.map(({ step }) => step.record.key)).toEqual([
      keyOf('postgres', 'verify', 'base'),
      keyOf('worker', 'verify', 'base'),
    ]);
  });

  test('that still goes on has lasted until now', () => {
    const story = new Story({ probes: [S3] }).until(keyOf('s3rver', 'shutdown', 'base'));
    const from = story.now;
    story
      .seen('s3', 'up', [from - 200, from - 190])
      .seen('s3', 'down', [from, from + 100], 'ECONNREFUSED')
      .pass(1000);
    const probe = story.state.probes.get('s3');
    const [outage] = probe === undefined ? [] : outagesOf(probe, from + 5000);
    expect(outage).toMatchObject({ open: true, end: [from + 5000, from + 5000] });
  });

  test('of both kinds of connection at once is one', () => {
    const story = upgraded({});
    const at = (ms: number): Bounds => [story.now - 4000 + ms, story.now - 3900 + ms];
    story.seen('s3', 'up', at(0), undefined, 'reused');
    const outages = resultOf(story).outages;
    expect(outages).toHaveLength(1);
  });
});

describe('a budget', () => {
  test.each([
    ['of more than it lasted', { budgetMs: 1200 }, undefined],
    // What lies between the bounds may have kept to it.
    ['between the bounds', { budgetMs: 950 }, undefined],
    ['of less than it certainly lasted', { budgetMs: 899 }, 'upgrade'],
    ['of nothing', { budgetMs: 0 }, 'upgrade'],
    ['that is not there', {}, undefined],
    ['of another phase', { budgetMs: 0, during: ['verify-target'] }, undefined],
    ['of every phase', { budgetMs: 0, during: ['all'] }, 'upgrade'],
    ['of this phase', { budgetMs: 0, during: ['upgrade', 'verify-target'] }, 'upgrade'],
  ] as const)('%s', (_, given, over) => {
    expect(resultOf(upgraded(given)).over).toBe(over);
  });

  test('counts nothing before the first shutdown, unless a phase there is named', () => {
    const story = (during?: readonly string[]): Story => {
      const told = new Story({ probes: [{ ...S3, budgetMs: 0, ...(during === undefined ? {} : { during }) }] });
      told.until(keyOf('worker', 'create', 'base'));
      const from = told.now;
      told.seen('s3', 'up', [from - 20, from - 10]).seen('s3', 'down', [from + 5, from + 15], 'ECONNREFUSED');
      return told
        .pass(100)
        .seen('s3', 'up', [from + 50, from + 60])
        .until(keyOf('s3rver', 'destroy', 'target'));
    };
    expect(resultOf(story()).over).toBeUndefined();
    expect(resultOf(story(['create'])).over).toBe('base');
    expect(resultOf(story(['all'])).over).toBe('base');
  });

  test('is for all outages together', () => {
    const two = (budgetMs: number): Story => {
      const story = new Story({ probes: [{ ...S3, budgetMs }] }).until(keyOf('s3rver', 'migrate', 'target'));
      const from = story.now;
      story.seen('s3', 'up', [from - 50, from - 40]);
      for (const at of [100, 900]) {
        story
          .seen('s3', 'down', [from + at, from + at + 10], 'status 503')
          .seen('s3', 'up', [from + at + 500, from + at + 510]);
      }
      return story.pass(2000).until(keyOf('s3rver', 'destroy', 'target'));
    };
    expect(resultOf(two(990))).toMatchObject({ over: undefined, counted: { shortest: 980, longest: 1020 } });
    expect(resultOf(two(970)).over).toBe('upgrade');
  });

  test('is not exceeded by what could not be seen, which is told', () => {
    const story = new Story({ probes: [{ ...S3, budgetMs: 0 }] }).until(keyOf('s3rver', 'migrate', 'target'));
    const from = story.now;
    story
      .seen('s3', 'up', [from - 50, from - 40])
      .seen('s3', 'unknown', [from, from + 5], 'the sampler was 1490 ms late');
    story
      .seen('s3', 'up', [from + 1500, from + 1510])
      .pass(2000)
      .until(keyOf('s3rver', 'destroy', 'target'));
    expect(resultOf(story)).toMatchObject({ over: undefined, outages: [], unseenMs: 1495 });
  });
});
