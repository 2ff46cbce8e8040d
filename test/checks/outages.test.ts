import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lengthOf, outagesOf } from '../../src/checks/outages.js';
import { foldProbe, planProbes } from '../../src/journal/fold-probes.js';
import type { Connection } from '../../src/journal/probe.js';
import type { ProbeState } from '../../src/journal/state.js';
import { type Sample, Track } from '../../src/probes/track.js';

const INTERVAL = 50;
/** No state lasts shorter than what lies between two samples, or nothing could see it. */
const SHORTEST = 400;

/** When something was up and down, and the samples that were taken of it, each a little late and a little slow. */
const histories = fc.record({
  /** How long each state lasts, up first. */
  lasting: fc.array(fc.integer({ min: SHORTEST, max: 3000 }), { minLength: 1, maxLength: 6 }),
  late: fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 50 }),
  slow: fc.array(fc.integer({ min: 0, max: 90 }), { minLength: 1, maxLength: 50 }),
  /** At which moment of a sample its target was asked, from 0 at its start to 1 at its end. */
  asked: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 50 }),
  /** After which sample the sampler was away, and for how long. */
  away: fc.option(fc.record({ after: fc.nat(60), ms: fc.integer({ min: 200, max: 2000 }) })),
});
type History = typeof histories extends fc.Arbitrary<infer T> ? T : never;

const of = <T>(list: readonly T[], at: number): T => {
  const item = list[at % list.length];
  if (item === undefined) throw new Error('the list is empty');
  return item;
};

/** When it was down. */
function downs({ lasting }: History): [number, number][] {
  const spans: [number, number][] = [];
  let at = 0;
  for (const [turn, ms] of lasting.entries()) {
    if (turn % 2 === 1) spans.push([at, at + ms]);
    at += ms;
  }
  return spans;
}

function samplesOf(history: History): Sample[] {
  const { lasting, late, slow, asked, away } = history;
  const end = lasting.reduce((sum, ms) => sum + ms, 0);
  const spans = downs(history);
  const samples: Sample[] = [];
  let due = 0;
  for (let turn = 0; due < end; turn++) {
    const start = due + of(late, turn);
    const ended = start + of(slow, turn);
    const moment = start + of(asked, turn) * (ended - start);
    const down = spans.some(([from, to]) => moment >= from && moment < to);
    samples.push({ start, end: ended, outcome: down ? { kind: 'down', cause: 'ECONNREFUSED' } : { kind: 'up' } });
    due += INTERVAL + (away?.after === turn ? away.ms : 0);
  }
  return samples;
}

function probeOf(samples: readonly Sample[], connection: Connection = 'new'): ProbeState {
  const track = new Track({ intervalMs: INTERVAL });
  const probes = planProbes(new Map(), [{ name: 'p', kind: 'http', target: 'http://h/', intervalMs: INTERVAL }]);
  for (const sample of samples) {
    for (const change of track.add(sample)) {
      foldProbe(probes, { type: 'probe-changed', probe: 'p', connection, ...change });
    }
  }
  const probe = probes.get('p');
  if (probe === undefined) throw new Error('there is no probe');
  return probe;
}

describe('outages', () => {
  test('begin, end and last within the bounds that samples allow, however late and slow they are', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const samples = samplesOf(history);
        const now = samples.at(-1)?.start ?? 0;
        const truth = downs(history);
        for (const outage of outagesOf(probeOf(samples), now)) {
          const whole = [outage.begin[0], outage.end[1]] as const;
          const within = truth.map(([from, to]) => Math.max(0, Math.min(to, whole[1]) - Math.max(from, whole[0])));
          const length = within.reduce((sum, ms) => sum + ms, 0);
          const { shortest, longest } = lengthOf(outage);
          expect(length).toBeGreaterThanOrEqual(shortest);
          expect(length).toBeLessThanOrEqual(longest);
          for (const [from, to] of outage.certain) {
            expect(truth.some(([began, ended]) => began <= from && to <= ended)).toBe(true);
          }
        }
      }),
    );
  });

  test('are one, where a sample that was begun first was asked last, and the quicker ones after it went before', () => {
    const up = (start: number): Sample => ({ start, end: start, outcome: { kind: 'up' } });
    const down = (start: number, end: number): Sample => ({ start, end, outcome: { kind: 'down', cause: 'refused' } });
    const probe = probeOf([up(100), down(150, 240), up(200), up(235), down(250, 260), down(300, 310), up(350)]);
    expect(outagesOf(probe, 400)).toMatchObject([{ begin: [100, 240], end: [300, 350] }]);
  });

  test('are as many as there were, where nothing was out of sight', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const seen = { ...history, away: null };
        const samples = samplesOf(seen);
        const now = samples.at(-1)?.start ?? 0;
        const found = outagesOf(probeOf(samples), now);
        const truth = downs(seen).filter(([from]) =>
          samples.some(({ start, outcome }) => outcome.kind === 'down' && start + 90 >= from),
        );
        expect(found.length).toBe(truth.length);
        for (const [at, { begin, end, open }] of found.entries()) {
          const [from, to] = of(truth, at);
          expect(begin[0] <= from && from <= begin[1]).toBe(true);
          if (!open) expect(end[0] <= to && to <= end[1]).toBe(true);
        }
      }),
    );
  });
});
