import { type Bounds, EVERY_PHASE } from '../journal/probe.js';
import type { Blame } from '../journal/record.js';
import type { PhaseState, ProbeState, RunState } from '../journal/state.js';
import { type Charge, chargesOf, type Length, lengthOf, type Outage, outagesOf, overlap, timeOf } from './outages.js';

/** An outage, and the steps it is charged to. */
export interface ChargedOutage extends Outage, Length {
  readonly charges: readonly Charge[];
}

/** What a probe's samples come to. */
export interface ProbeResult {
  readonly probe: ProbeState;
  readonly outages: readonly ChargedOutage[];
  /** How long it was down in the phases that count for its budget. */
  readonly counted: Length;
  /** How long nothing can be said in the phases that count, in milliseconds. */
  readonly unseenMs: number;
  /** Whose fault it is that the budget was exceeded, when it was. */
  readonly over: Exclude<Blame, 'after'> | undefined;
}

/** Every probe with its outages, the steps that those are charged to, and whether it kept to its budget. */
export function probeResults(state: RunState, now: number): readonly ProbeResult[] {
  return [...state.probes.values()].map((probe) => judgeProbe(state, probe, now));
}

/**
 * The budget is for all outages together in the phases that count: two of one second each are as bad as one of two.
 * Only what is certain exceeds it; a budget of 0 is exceeded by a single sample that failed.
 */
function judgeProbe(state: RunState, probe: ProbeState, now: number): ProbeResult {
  const outages = outagesOf(probe, now);
  const windows = windowsOf(state, probe, now);
  const total = (blames: readonly Blame[]): Length & { readonly any: boolean } => {
    const counted = windows.filter(({ blame }) => blames.includes(blame));
    const parts = counted.flatMap(({ time }) =>
      outages.filter((outage) => touches(outage, time)).map((outage) => lengthOf(outage, time)),
    );
    const sum = (key: keyof Length): number => parts.reduce((all, part) => all + part[key], 0);
    return { shortest: sum('shortest'), longest: sum('longest'), any: parts.length > 0 };
  };
  const { budgetMs } = probe.record;
  const exceeds = (length: ReturnType<typeof total>): boolean =>
    budgetMs !== undefined && (budgetMs === 0 ? length.any : length.shortest > budgetMs);
  const { shortest, longest } = total(['base', 'upgrade']);
  return {
    probe,
    outages: outages.map((outage) => ({
      ...outage,
      ...lengthOf(outage),
      charges: chargesOf(outage, state.steps, now),
    })),
    counted: { shortest, longest },
    unseenMs: windows.reduce((sum, { time }) => sum + unseenIn(state, probe, time, now), 0),
    over: exceeds(total(['base'])) ? 'base' : exceeds(total(['base', 'upgrade'])) ? 'upgrade' : undefined,
  };
}

/** Whether an outage certainly has a part in this time: a failed sample lies in it. */
function touches({ begin, end }: Outage, [from, to]: Bounds): boolean {
  return begin[1] <= to && end[0] >= from;
}

interface Window {
  readonly blame: Blame;
  readonly time: Bounds;
}

/**
 * The stretches of time in which outages count: the phases that are named, or all of those whose blame is the upgrade;
 * with `all`, those before it too.
 */
function windowsOf({ phases }: RunState, { record: { during } }: ProbeState, now: number): readonly Window[] {
  if (during !== undefined && !during.includes(EVERY_PHASE)) {
    return phases
      .filter(({ record }) => during.includes(record.name))
      .flatMap((phase) => {
        const time = span([phase], now);
        return time === undefined ? [] : [{ blame: phase.record.blame, time }];
      });
  }
  const blames: readonly Blame[] = during === undefined ? ['upgrade'] : ['base', 'upgrade'];
  return blames.flatMap((blame) => {
    const time = span(
      phases.filter(({ record }) => record.blame === blame),
      now,
    );
    return time === undefined ? [] : [{ blame, time }];
  });
}

/** From the first step's start to the last one's end; undefined while none has begun. */
function span(phases: readonly PhaseState[], now: number): Bounds | undefined {
  let time: Bounds | undefined;
  for (const step of phases.flatMap(({ steps }) => steps)) {
    const ran = timeOf(step, now);
    if (ran !== undefined) time = [Math.min(ran[0], time?.[0] ?? ran[0]), Math.max(ran[1], time?.[1] ?? ran[1])];
  }
  return time;
}

/** How much of this time the sampler could not see, or was not there to see. */
function unseenIn({ samplingLost }: RunState, { tracks }: ProbeState, time: Bounds, now: number): number {
  const gaps = (tracks[0]?.intervals ?? [])
    .filter(({ status }) => status === 'unknown')
    .map(({ since, until }): Bounds => [since[1], until?.[0] ?? now]);
  const lost: Bounds[] = samplingLost === undefined ? [] : [[samplingLost.at, time[1]]];
  return [...gaps, ...lost].reduce((sum, gap) => sum + overlap(gap, time), 0);
}
