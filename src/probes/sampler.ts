import { utimesSync } from 'node:fs';
import { createInterface } from 'node:readline';
import * as v from 'valibot';
import { unreachable } from '../basics/unreachable.js';
import { Journal } from '../journal/journal.js';
import type { Ask } from './ask.js';
import { askExec } from './exec.js';
import { askHttp, askKeptHttp } from './http.js';
import { Lane, type LaneOptions } from './lane.js';
import { type Job, type Orders, orders } from './sampling.js';
import { askTcp } from './tcp.js';

// The process that samples all probes of a run: `node sampler.js`, told by the first line of its standard input what
// to sample. It ends with that input, and so with the runner, however that ends.

/**
 * Samples begin on ticks, so that many of them share one turn of the event loop, which costs as much as a sample: so
 * many to the shortest interval, and never further apart than this, in milliseconds.
 */
const TICKS = 5;
const LONGEST_TICK = 20;
/** We look at the clock at least this often, in milliseconds, to know when we were late ourselves. */
const LOOK = 50;
/** How often it is written down up to when anything was seen, in milliseconds: a killed sampler says no more. */
const SEEN_EVERY = 500;

class Sampler {
  readonly #orders: Orders;
  readonly #journal: Journal;
  readonly #lanes: readonly Lane[];
  readonly #tick: number;
  /** How much of the time so far we slept through, in milliseconds: limits of samples do not count it. */
  #slept = 0;
  #latest = 0;
  #planned = performance.now();
  #seenAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(given: Orders) {
    this.#orders = given;
    this.#journal = new Journal(given.changes);
    this.#tick = Math.min(LONGEST_TICK, ...given.jobs.map(({ intervalMs }) => intervalMs / TICKS));
    const now = Date.now();
    this.#lanes = given.jobs.flatMap((job) =>
      lanesOf(job, now, `${given.changes}.said`).map((options) => this.#lane(options)),
    );
  }

  #lane(options: LaneOptions): Lane {
    const { probe, connection } = options;
    return new Lane(options, (change) => this.#journal.append({ type: 'probe-changed', probe, connection, ...change }));
  }

  begin(): void {
    const now = performance.now();
    // Spread, so that they do not stand in each other's way.
    for (const [at, lane] of this.#lanes.entries()) {
      lane.due = now + (lane.options.intervalMs * at) / this.#lanes.length;
    }
    this.#turn();
  }

  #turn(): void {
    const now = performance.now();
    const late = now - this.#planned;
    this.#latest = Math.max(this.#latest, late);
    // Answers that came while we slept are read after this turn: nobody has exceeded a limit before that.
    if (late > LOOK) this.#slept += late;
    const awake = now - this.#slept;
    let next = now + LOOK;
    for (const lane of this.#lanes) {
      if (late <= LOOK) lane.expire(awake);
      if (lane.due <= now) {
        lane.begin(awake);
        lane.due += lane.options.intervalMs;
        // What was slept through is not made up for.
        if (lane.due <= now) lane.due = now + lane.options.intervalMs;
      }
      next = Math.min(next, lane.due);
    }
    if (now - this.#seenAt > SEEN_EVERY) {
      this.#seenAt = now;
      this.#tellSeen();
    }
    this.#planned = Math.max(Math.ceil(next / this.#tick) * this.#tick, now + 1);
    this.#timer = setTimeout(() => this.#turn(), this.#planned - performance.now());
  }

  /** The time of the last change of the file is up to when everything was seen. */
  #tellSeen(): void {
    const seen = this.#seenUntil() / 1000;
    utimesSync(this.#orders.changes, seen, seen);
  }

  #seenUntil(): number {
    const seen = this.#lanes.map(({ track }) => track.seenUntil).filter((at) => at !== undefined);
    return seen.length === 0 ? Date.now() : Math.min(...seen);
  }

  end(): void {
    clearTimeout(this.#timer);
    for (const lane of this.#lanes) lane.close();
    this.#journal.append({
      type: 'sampling-ended',
      until: this.#seenUntil(),
      latestMs: Math.round(this.#latest),
      probes: this.#lanes.map(({ options: { probe, connection }, track: { samples, failed, seenUntil, never } }) => ({
        probe,
        connection,
        samples,
        failed,
        ...(seenUntil === undefined ? {} : { until: seenUntil }),
        ...(never === undefined ? {} : { never }),
      })),
    });
    this.#journal.close();
    process.exit(0);
  }
}

/** How long a sample may take at least, in milliseconds, however short its interval. */
const LIMIT = { http: 1000, tcp: 1000, exec: 5000 } as const;

function lanesOf({ name, target, intervalMs, wasUp }: Job, now: number, scratch: string): readonly LaneOptions[] {
  const lane = (connection: 'new' | 'reused', oneByOne: boolean, ask: Ask): LaneOptions => ({
    probe: name,
    connection,
    ask,
    intervalMs,
    limitMs: Math.max(LIMIT[target.kind], intervalMs),
    oneByOne,
    ...(wasUp.includes(connection) ? { countsFrom: now } : {}),
  });
  switch (target.kind) {
    case 'http': {
      const url = new URL(target.url);
      return [lane('new', false, askHttp(url)), lane('reused', true, askKeptHttp(url))];
    }
    case 'tcp':
      return [lane('new', false, askTcp(target.host, target.port))];
    case 'exec':
      return [lane('new', true, askExec({ ...target, env: { ...process.env, ...target.env }, scratch }))];
    default:
      return unreachable(target);
  }
}

let sampler: Sampler | undefined;
const end = (): void => {
  if (sampler === undefined) process.exit(0);
  sampler.end();
};
createInterface({ input: process.stdin })
  .once('line', (line) => {
    sampler = new Sampler(v.parse(orders, JSON.parse(line)));
    sampler.begin();
  })
  .once('close', end);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, end);
