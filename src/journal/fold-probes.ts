import type { Bounds, Connection, ProbeChanged, ProbeRecord, SamplingEnded } from './probe.js';
import type { ProbeInterval, ProbeState, ProbeTrack } from './state.js';

type Draft<T> = { -readonly [K in keyof T]: T[K] };
interface TrackDraft extends Draft<Omit<ProbeTrack, 'intervals'>> {
  intervals: ProbeInterval[];
}
/** A probe's state while it is folded, in place. */
export interface ProbeDraft extends Draft<Omit<ProbeState, 'tracks'>> {
  tracks: TrackDraft[];
}

/** The probes of a plan; a run that goes on keeps what was seen of them before. */
export function planProbes(
  known: ReadonlyMap<string, ProbeDraft>,
  records: readonly ProbeRecord[],
): Map<string, ProbeDraft> {
  return new Map(records.map((record) => [record.name, { tracks: known.get(record.name)?.tracks ?? [], record }]));
}

/** Ends the interval that went on, and begins another. */
export function foldProbe(probes: ReadonlyMap<string, ProbeDraft>, event: ProbeChanged): void {
  const probe = probes.get(event.probe);
  if (probe === undefined) return;
  const { intervals } = trackOf(probe, event.connection);
  close(intervals, event.since);
  intervals.push({ status: event.status, since: event.since, until: undefined, cause: event.cause });
}

/** Ends every interval that went on, and enters how much was sampled. */
export function foldSampling(probes: ReadonlyMap<string, ProbeDraft>, event: SamplingEnded): void {
  for (const { probe: name, connection, samples, failed, until, never } of event.probes) {
    const probe = probes.get(name);
    if (probe === undefined) continue;
    const track = trackOf(probe, connection);
    track.samples += samples;
    track.failed += failed;
    track.never = track.intervals.length === 0 ? never : undefined;
    if (until !== undefined) close(track.intervals, [until, until]);
  }
  for (const { tracks } of probes.values()) {
    for (const { intervals } of tracks) close(intervals, [event.until, event.until]);
  }
}

function close(intervals: ProbeInterval[], until: Bounds): void {
  const last = intervals.at(-1);
  if (last === undefined || last.until !== undefined) return;
  // What a killed sampler last said is younger than what it wrote down regularly.
  const [from, to] = last.since;
  intervals[intervals.length - 1] = { ...last, until: [Math.max(until[0], from), Math.max(until[1], to)] };
}

function trackOf(probe: ProbeDraft, connection: Connection): TrackDraft {
  const known = probe.tracks.find((track) => track.connection === connection);
  if (known !== undefined) return known;
  const track: TrackDraft = { connection, intervals: [], samples: 0, failed: 0, never: undefined };
  probe.tracks = connection === 'new' ? [track, ...probe.tracks] : [...probe.tracks, track];
  return track;
}
