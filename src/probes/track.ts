import type { Bounds, ProbeStatus } from '../journal/probe.js';

/** What one sample says; times in milliseconds since the epoch. */
export interface Sample {
  /** When its request was started: from here on it counts. */
  readonly start: number;
  readonly end: number;
  readonly outcome: Outcome;
}

export type Outcome =
  | { readonly kind: 'up' }
  /** It was refused, broken off, or answered otherwise than it should: it was down at some moment between start and end. */
  | {
      readonly kind: 'down';
      readonly cause: string;
      /** The last line that whoever was asked said, which may be another one each time. */
      readonly said?: string;
    }
  /** Nobody answered from the start of the request to its limit. */
  | { readonly kind: 'no-answer'; readonly cause: string }
  /** We were not there to see what came of it. */
  | { readonly kind: 'unseen'; readonly cause: string };

/** A change of what samples say. */
export interface Change {
  readonly status: ProbeStatus;
  readonly since: Bounds;
  readonly cause?: string;
}

export interface TrackOptions {
  readonly intervalMs: number;
  /** Whether a sample has to be over before the next begins; otherwise they may overlap. */
  readonly oneByOne?: boolean;
  /** Was up in an earlier part of the run: it counts from this moment, and not only from its first success. */
  readonly countsFrom?: number;
}

/** Something that changes more often than this is not written down for ever: a journal is no list of samples. */
const MOST_CHANGES = 1000;

/** Makes samples over one kind of connection, in the order of their starts, into changes. */
export class Track {
  samples = 0;
  failed = 0;
  /** Why it was not up yet. */
  never: string | undefined = 'no sample was taken';
  readonly #options: TrackOptions;
  #status: ProbeStatus | 'pending' = 'pending';
  #cause: string | undefined;
  /** What was said first with each cause, since it was last up. */
  readonly #said = new Map<string, string>();
  /** The start and end of the last sample that said anything. */
  #last: Bounds | undefined;
  /** The latest moment at which what it says may have come to be so. */
  #asked = 0;
  #changes = 0;

  constructor(options: TrackOptions) {
    this.#options = options;
  }

  /** When the last sample that said anything was started. */
  get seenUntil(): number | undefined {
    return this.#last?.[0];
  }

  /** What this sample changes. */
  add({ start, end, outcome }: Sample): readonly Change[] {
    this.samples++;
    const status = outcome.kind === 'up' ? 'up' : outcome.kind === 'unseen' ? 'unknown' : 'down';
    const cause = outcome.kind === 'up' ? undefined : outcome.cause;
    const said = outcome.kind === 'down' ? outcome.said : undefined;
    if (status === 'down') this.failed++;
    const { countsFrom } = this.#options;
    const late = this.#lateFor(start);
    /** What it says was so from its start on, and not only at some moment of it. */
    const atOnce = outcome.kind === 'no-answer' || outcome.kind === 'unseen';
    // Nearly all samples say what the one before said.
    if (status === this.#status && status !== 'unknown' && cause === this.#cause && late === 0) {
      this.#remember(start, end, atOnce);
      return NONE;
    }
    const changes: Change[] = [];
    if (this.#status === 'pending') {
      if (countsFrom !== undefined) {
        changes.push(this.#change('unknown', [countsFrom, countsFrom], 'it was not sampled before'));
      } else if (status !== 'up') {
        this.never = cause === undefined ? undefined : telling(cause, said);
        return NONE;
      }
    }
    this.never = undefined;
    if (this.#changes >= MOST_CHANGES) return NONE;
    if (late > 0 && this.#last !== undefined) {
      changes.push(this.#change('unknown', this.#last, `the sampler was ${Math.round(late)} ms late`));
    }
    if (status !== this.#status || cause !== this.#cause) {
      // After what could not be seen, nothing before this sample says when it changed.
      const compared = status === 'unknown' || this.#status === 'up' || this.#status === 'down';
      const earliest = compared ? (this.#last?.[0] ?? start) : start;
      // Samples overlap: the one before may have asked after this one was over.
      const latest = atOnce ? start : Math.max(end, compared ? this.#asked : end);
      changes.push(this.#change(status, [earliest, latest], cause, said));
    }
    if (status !== 'unknown') this.#remember(start, end, atOnce);
    return changes;
  }

  #remember(start: number, end: number, atOnce: boolean): void {
    this.#last = [start, end];
    this.#asked = atOnce ? start : end;
  }

  /** By how much we were late for a sample, in milliseconds, when one is missing for that; otherwise 0. */
  #lateFor(start: number): number {
    if (this.#last === undefined || (this.#status !== 'up' && this.#status !== 'down')) return 0;
    const { intervalMs, oneByOne } = this.#options;
    // Where samples come one by one, a slow one takes the place of others.
    const [begun, over] = this.#last;
    const late = start - ((oneByOne === true ? Math.max(begun, over) : begun) + intervalMs);
    return late < Math.max(intervalMs, LATE) ? 0 : late;
  }

  #change(status: ProbeStatus, since: Bounds, cause: string | undefined, said?: string): Change {
    this.#status = status;
    this.#cause = cause;
    if (status === 'up') this.#said.clear();
    this.#changes++;
    if (this.#changes === MOST_CHANGES) {
      return { status: 'unknown', since, cause: `it changed ${MOST_CHANGES} times, and is not followed any further` };
    }
    if (cause === undefined) return { status, since };
    if (said !== undefined && !this.#said.has(cause)) this.#said.set(cause, said);
    return { status, since, cause: telling(cause, this.#said.get(cause)) };
  }
}

const telling = (cause: string, said: string | undefined): string => (said === undefined ? cause : `${cause}: ${said}`);

const NONE: readonly Change[] = [];

/** Being late by less, in milliseconds, is what samples that lie a little further apart say by themselves. */
const LATE = 50;
