import type { Connection } from '../journal/probe.js';
import type { Ask } from './ask.js';
import { type Change, type Outcome, type Sample, Track, type TrackOptions } from './track.js';

export interface LaneOptions extends TrackOptions {
  readonly probe: string;
  readonly connection: Connection;
  readonly ask: Ask;
  /** How long a sample may take, in milliseconds. */
  readonly limitMs: number;
}

/** A sample that was begun. */
interface Begun {
  readonly start: number;
  /** When it has taken too long, on a clock that does not count what we slept through. */
  readonly deadline: number;
  readonly callOff: () => void;
  sample: Sample | undefined;
}

/** The samples of one probe over one kind of connection: they may overlap, and count in the order of their starts. */
export class Lane {
  readonly options: LaneOptions;
  readonly track: Track;
  /** When the next sample should begin, on the sampler's clock. */
  due = 0;
  readonly #changed: (change: Change) => void;
  readonly #begun: Begun[] = [];

  constructor(options: LaneOptions, changed: (change: Change) => void) {
    this.options = options;
    this.track = new Track(options);
    this.#changed = changed;
  }

  /** Begins a sample, unless the one before has to be over first. */
  begin(awake: number): void {
    const { ask, limitMs, oneByOne } = this.options;
    if (oneByOne && this.#begun.length > 0) return;
    let outcome: Outcome | undefined;
    let begun: Begun | undefined;
    const start = Date.now();
    const settle = (came: Outcome): void => {
      outcome ??= came;
      if (begun !== undefined) this.#settle(begun, outcome);
    };
    begun = { start, deadline: awake + limitMs, callOff: ask(settle), sample: undefined };
    this.#begun.push(begun);
    if (outcome !== undefined) this.#settle(begun, outcome);
  }

  /** Calls off what has taken too long. */
  expire(awake: number): void {
    // They were begun in order, and each has the same limit.
    const [first] = this.#begun;
    if (first === undefined || first.deadline > awake) return;
    for (const begun of this.#begun.filter(({ deadline }) => deadline <= awake)) {
      if (begun.sample !== undefined) continue;
      begun.callOff();
      this.#settle(begun, { kind: 'no-answer', cause: `no answer within ${this.options.limitMs / 1000} s` });
    }
  }

  /** Calls off everything: what nobody waits for any longer says nothing. */
  close(): void {
    for (const { sample, callOff } of this.#begun) if (sample === undefined) callOff();
  }

  #settle(begun: Begun, outcome: Outcome): void {
    // One millisecond more than the clock shows has begun.
    begun.sample ??= { start: begun.start, end: Date.now() + 1, outcome };
    for (let first = this.#begun[0]; first?.sample !== undefined; first = this.#begun[0]) {
      this.#begun.shift();
      for (const change of this.track.add(first.sample)) this.#changed(change);
    }
  }
}
