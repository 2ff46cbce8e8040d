import { unreachable } from '../basics/unreachable.js';
import type { Bounds, Connection } from '../journal/probe.js';
import type { ProbeInterval, ProbeState, StepState } from '../journal/state.js';

/**
 * A stretch in which a probe was down, over one kind of connection or both. When it began and ended is only known to
 * lie between two samples, so that its length is too.
 */
export interface Outage {
  readonly begin: Bounds;
  readonly end: Bounds;
  /** Whether it was still going on when it was last looked at. */
  readonly open: boolean;
  /** Stretches in which it was down for certain, in order; none when a single sample failed. */
  readonly certain: readonly Bounds[];
  readonly connections: readonly Connection[];
  /** In the order in which they were met, each once. */
  readonly causes: readonly string[];
}

/** How long something lasted, in milliseconds, as far as samples can tell. */
export interface Length {
  readonly shortest: number;
  readonly longest: number;
}

/** An outage's part in a step: how long it was certainly down while the step ran, in milliseconds. */
export interface Charge {
  readonly step: StepState;
  readonly ms: number;
}

/** All outages of a probe, in order. `now` ends what still goes on. */
export function outagesOf(probe: ProbeState, now: number): readonly Outage[] {
  const found = probe.tracks
    .flatMap(({ connection, intervals }) => outagesIn(intervals, connection, now))
    .sort((a, b) => a.begin[0] - b.begin[0]);
  const merged: Outage[] = [];
  for (const outage of found) {
    const last = merged.at(-1);
    if (last !== undefined && outage.begin[0] <= last.end[1]) merged[merged.length - 1] = join(last, outage);
    else merged.push(outage);
  }
  return merged;
}

/** From being down to being up again; what could not be seen meanwhile belongs to it, and is not certain. */
function outagesIn(intervals: readonly ProbeInterval[], connection: Connection, now: number): Outage[] {
  const outages: Outage[] = [];
  let current: (Outage & { readonly certain: Bounds[] }) | undefined;
  /** Where what could not be seen began; an outage may have begun with it. */
  let unseen: number | undefined;
  for (const { status, since, until, cause } of intervals) {
    const end: Bounds = until ?? [now, now];
    if (status === 'up') {
      if (current !== undefined) outages.push({ ...current, end: since, open: false });
      current = undefined;
    } else if (status === 'down') {
      current ??= {
        begin: [unseen ?? since[0], since[1]],
        end,
        open: true,
        certain: [],
        connections: [connection],
        causes: [],
      };
      const causes = cause === undefined || current.causes.includes(cause) ? [] : [cause];
      const certain: Bounds[] = end[0] > since[1] ? [[since[1], end[0]]] : [];
      current = {
        ...current,
        end,
        certain: spans([...current.certain, ...certain]),
        causes: [...current.causes, ...causes],
      };
    } else if (current !== undefined) {
      current = { ...current, end };
    }
    unseen = status === 'unknown' ? (unseen ?? since[0]) : undefined;
  }
  return current === undefined ? outages : [...outages, current];
}

function join(a: Outage, b: Outage): Outage {
  return {
    begin: [Math.min(a.begin[0], b.begin[0]), Math.min(a.begin[1], b.begin[1])],
    end: [Math.max(a.end[0], b.end[0]), Math.max(a.end[1], b.end[1])],
    open: a.open || b.open,
    certain: spans([...a.certain, ...b.certain]),
    connections: [...new Set([...a.connections, ...b.connections])],
    causes: [...new Set([...a.causes, ...b.causes])],
  };
}

/** Spans in order, those that touch made one. */
function spans(all: readonly Bounds[]): Bounds[] {
  const merged: Bounds[] = [];
  for (const span of [...all].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last !== undefined && span[0] <= last[1]) merged[merged.length - 1] = [last[0], Math.max(last[1], span[1])];
    else merged.push(span);
  }
  return merged;
}

/** How long an outage lasted within a stretch of time; the whole of it when none is given. */
export function lengthOf({ begin, end, certain }: Outage, within: Bounds = [begin[0], end[1]]): Length {
  const shortest = certain.reduce((sum, span) => sum + overlap(span, within), 0);
  return { shortest, longest: overlap([begin[0], end[1]], within) };
}

/** How long two stretches have in common. */
export const overlap = (a: Bounds, b: Bounds): number => Math.max(0, Math.min(a[1], b[1]) - Math.max(a[0], b[0]));

/**
 * The steps that ran while something was certainly down, each with how long. An outage too short to be certain of
 * any moment is charged to all steps that it can have happened in.
 */
export function chargesOf(outage: Outage, steps: readonly StepState[], now: number): readonly Charge[] {
  const possible: Bounds = [outage.begin[0], outage.end[1]];
  const near = steps.flatMap((step) => {
    const ran = timeOf(step, now);
    return ran !== undefined && ran[0] <= possible[1] && ran[1] >= possible[0] ? [{ step, ran }] : [];
  });
  const charged = near
    .map(({ step, ran }) => ({ step, ms: outage.certain.reduce((sum, span) => sum + overlap(span, ran), 0) }))
    .filter(({ ms }) => ms > 0);
  return charged.length > 0 ? charged : near.map(({ step }) => ({ step, ms: 0 }));
}

/** From a step's start to its end, or to now while it runs; undefined when it never began. */
export function timeOf({ status }: StepState, now: number): Bounds | undefined {
  switch (status.kind) {
    case 'waiting':
      return undefined;
    case 'running':
      return [status.startedAt, Math.max(now, status.startedAt)];
    case 'passed':
    case 'failed':
      return [status.endedAt - status.ms, status.endedAt];
    default:
      return unreachable(status);
  }
}
