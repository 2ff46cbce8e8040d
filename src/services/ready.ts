import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { connect } from 'node:net';
import { StringDecoder } from 'node:string_decoder';
import { formatDuration } from '../basics/duration.js';
import { waitUntil } from '../process/wait.js';
import { ServiceError } from './error.js';
import { unknownService } from './names.js';
import { awaitStatus, lastWords } from './outcome.js';
import { readRecord, type ServiceRecord, stateOf } from './record.js';

/** What a service does once it is ready. Of several, all. */
export interface Ready {
  /** It writes something that this matches. */
  readonly log?: RegExp;
  /** The URL answers with a status below 400. */
  readonly http?: string;
  /** Something listens on this TCP port of this machine. */
  readonly port?: number;
}

export interface ReadyLimits {
  readonly limitMs: number;
  /** The whole wait, where part of it was over before: what is told when the limit is met. */
  readonly wholeMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A service whose death ends the wait for something else. */
export interface Watched {
  readonly runDir: string;
  readonly name: string;
}

const INTERVAL_MS = 10;
/** A server that is coming up may take a request and never answer it: it is asked again. */
const REQUEST_MS = 5000;
/** How much of a log is kept to match against. */
const LOG_WINDOW = 64 * 1024;
const CHUNKS_A_TURN = 64;

/** Waits until a service is ready; ends at once when it dies. */
export async function waitReady(runDir: string, name: string, ready: Ready, limits: ReadyLimits): Promise<void> {
  const record = readRecord(runDir, name);
  if (record === undefined) throw await unknownService(runDir, name);
  const watched = { runDir, name };
  // One after the other within one limit: each stays true, and what is named is what was missing first.
  const end = performance.now() + limits.limitMs;
  const left = (): ReadyLimits => ({
    ...limits,
    limitMs: Math.max(0, end - performance.now()),
    wholeMs: limits.limitMs,
  });
  if (ready.log !== undefined) {
    const lines = new LogMatch(record, ready.log);
    await awaitReady(`its log to say ${ready.log}`, () => lines.found(), left(), watched);
  }
  if (ready.port !== undefined) await waitPort(ready.port, left(), watched);
  if (ready.http !== undefined) await waitHttp(ready.http, left(), watched);
  failIfDead(await check(watched), 'it was waited for', 0);
}

export async function waitPort(port: number, limits: ReadyLimits, watched?: Watched): Promise<void> {
  const open = async (): Promise<Answer> => ((await connects(port)) ? true : 'nothing listens there');
  await awaitReady(`port ${port}`, open, limits, watched);
}

export async function waitHttp(url: string, limits: ReadyLimits, watched?: Watched): Promise<void> {
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new ServiceError('not-ready', `${JSON.stringify(url)} is no URL to wait for: write http://HOST:PORT/PATH`);
  }
  // Loaded only here: most calls of the shell's functions never need it.
  const { request } = await import('./http.js');
  const answers = async (): Promise<Answer> => {
    const answer = await request(url, REQUEST_MS, limits.signal);
    return typeof answer === 'number' ? (answer < 400 ? true : `it last answered with status ${answer}`) : answer;
  };
  await awaitReady(url, answers, limits, watched);
}

/** True once it is there, until then what is known of it. */
type Answer = true | string;

async function awaitReady(
  what: string,
  ask: () => Answer | Promise<Answer>,
  limits: ReadyLimits,
  watched: Watched | undefined,
): Promise<void> {
  const began = performance.now();
  let known = '';
  let asking = false;
  let there = false;
  const result = await waitUntil(
    async () => {
      const dead = await check(watched);
      if (dead !== undefined) return dead;
      if (!asking && !there) {
        asking = true;
        // Not awaited: while a server thinks about its answer, it can still die, or the time be over.
        const asked = Promise.resolve(ask()).then((answer) => {
          if (answer === true) there = true;
          else known = answer;
          asking = false;
        });
        await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, INTERVAL_MS))]);
      }
      return there ? 'ready' : undefined;
    },
    { ...limits, intervalMs: INTERVAL_MS },
  );
  if (result.ok) {
    if (result.value === 'ready') return;
    failIfDead(result.value, `${what} was awaited`, performance.now() - began);
    return;
  }
  if (result.error === 'aborted') throw new ServiceError('aborted', `The wait for ${what} was ended`);
  const name = watched === undefined ? '' : ` of service ${watched.name}`;
  const record = watched === undefined ? undefined : readRecord(watched.runDir, watched.name);
  throw new ServiceError(
    'not-ready',
    `Waited ${formatDuration(limits.wholeMs ?? limits.limitMs)} for ${what}${what.startsWith('its') ? name : ''}${known === '' ? '' : `: ${known}`}` +
      (record === undefined || watched === undefined ? '' : lastWords(record)),
  );
}

interface Dead {
  readonly record: ServiceRecord;
  readonly status: number | undefined;
}

/** The watched service, when it is up no more. */
async function check(watched: Watched | undefined): Promise<Dead | undefined> {
  if (watched === undefined) return undefined;
  const record = readRecord(watched.runDir, watched.name);
  if (record === undefined || stateOf(watched.runDir, record).kind === 'running') return undefined;
  return { record, status: await awaitStatus(watched.runDir, record) };
}

function failIfDead(dead: Dead | undefined, during: string, ms: number): void {
  if (dead === undefined) return;
  const { record, status } = dead;
  throw new ServiceError(
    'died',
    `Service ${record.name} ended${status === undefined ? '' : ` with status ${status}`} while ${during}` +
      `${ms === 0 ? '' : `, after ${formatDuration(ms)}`}${lastWords(record)}`,
  );
}

/** Reads on in a log from where the service was started. */
class LogMatch {
  readonly #record: ServiceRecord;
  readonly #pattern: RegExp;
  readonly #decoder = new StringDecoder('utf8');
  #offset: number;
  #text = '';

  constructor(record: ServiceRecord, pattern: RegExp) {
    this.#record = record;
    // A pattern with g or y remembers where it was, and this text moves.
    this.#pattern = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
    this.#offset = record.logOffset;
  }

  found(): Answer {
    const fd = openSync(this.#record.log, 'r');
    try {
      const chunk = Buffer.alloc(LOG_WINDOW);
      // Only what is there now: a service may write faster than anybody reads, and the time limit has to have its turn.
      const { size } = fstatSync(fd);
      for (let turn = 0; turn < CHUNKS_A_TURN && this.#offset < size; turn++) {
        const count = readSync(fd, chunk, 0, chunk.length, this.#offset);
        if (count === 0) break;
        this.#offset += count;
        this.#text = (this.#text + this.#decoder.write(chunk.subarray(0, count))).slice(-2 * LOG_WINDOW);
        if (this.#pattern.test(this.#text)) return true;
      }
      return 'it did not'; // Yet: the next turn reads on.
    } finally {
      closeSync(fd);
    }
  }
}

/** Whether somebody takes a connection, on either of the machine's own addresses. */
async function connects(port: number): Promise<boolean> {
  const tries = await Promise.all(['127.0.0.1', '::1'].map((host) => connected(host, port)));
  return tries.includes(true);
}

function connected(host: string, port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ host, port, timeout: REQUEST_MS });
    const end = (answer: boolean): void => {
      socket.destroy();
      settle(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
