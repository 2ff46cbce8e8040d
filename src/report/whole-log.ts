import { closeSync, existsSync, openSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Event } from '../journal/event.js';
import type { RunState } from '../journal/state.js';
import { Follower } from './follow.js';
import { numbered } from './names.js';
import type { Clean } from './text.js';

export interface WholeLogOptions {
  /** Absolute path of the log, without the time that is added to it. */
  readonly path: string;
  readonly runDir: string;
  readonly mask: Clean;
  /** When this part of the run began. */
  readonly began: Date;
  /** Told once when it cannot be written any more; the run goes on without it. */
  readonly broke: (error: unknown) => void;
}

/** How often what steps print is taken up, in milliseconds. */
const EVERY = 500;

/**
 * The log of a whole run in one file, every line with its time, and a summary beside it; links without the time lead to
 * the latest ones. Secrets are masked. Its directory may be made by one of the steps: until then nothing is lost, because
 * each step has a log of its own.
 */
export class WholeLog {
  readonly #options: WholeLogOptions;
  readonly #path: string;
  readonly #summary: string;
  readonly #steps = new Map<string, Follower>();
  readonly #timer: NodeJS.Timeout;
  #broken = false;
  #files: { readonly log: number; readonly summary: number } | undefined;
  /** What could not be written yet. */
  #waiting: { readonly where: 'log' | 'summary'; readonly text: string }[] = [];

  constructor(options: WholeLogOptions) {
    const time = timeOf(options.began);
    this.#options = options;
    this.#path = `${options.path}.${time}`;
    // The time stands there twice, as it always has.
    this.#summary = `${this.#path}.${time}.summary`;
    this.#timer = setInterval(() => this.#follow(), EVERY);
    this.#timer.unref();
  }

  event(event: Event, state: RunState): void {
    switch (event.type) {
      case 'step-started': {
        const step = state.byKey.get(event.step);
        if (step !== undefined) this.#tell(numbered(state, step), event.at);
        const follower = new Follower(join(this.#options.runDir, event.log), (lines) => this.#write('log', lines));
        this.#steps.set(event.step, follower);
        return;
      }
      case 'step-finished': {
        this.#steps.get(event.step)?.close();
        this.#steps.delete(event.step);
        const step = state.byKey.get(event.step);
        if (step !== undefined && event.failure !== undefined) this.#tell(`${numbered(state, step)} failed`, event.at);
        return;
      }
      case 'summary-written':
        this.#write('summary', `${event.text}\n`, event.at);
        return;
      case 'warned':
        this.#tell(`warning: ${event.text}`, event.at);
        return;
      default:
    }
  }

  /** Ends both files with what the run came to. */
  close(result: string): void {
    clearInterval(this.#timer);
    for (const follower of this.#steps.values()) follower.close();
    this.#steps.clear();
    this.#tell(result.trimEnd());
    if (this.#files === undefined) return;
    closeSync(this.#files.log);
    closeSync(this.#files.summary);
  }

  #follow(): void {
    for (const follower of this.#steps.values()) follower.follow();
  }

  #tell(text: string, at = Date.now()): void {
    this.#write('log', `${text}\n`, at);
    this.#write('summary', `${text}\n`, at);
  }

  #write(where: 'log' | 'summary', lines: string, at = Date.now()): void {
    const time = `${new Date(at).toISOString().slice(0, 23).replace('T', ' ')} | `;
    const text = this.#options
      .mask(lines)
      .split('\n')
      .slice(0, -1)
      // What bash says of its own options, and lines that have their time from a DevStack's log.
      .filter((line) => !/set \+o|xtrace/.test(line))
      .map((line) => (/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d.\d{3} \|/.test(line) ? line : time + line))
      .join('\n');
    if (text !== '') this.#waiting.push({ where, text: `${text}\n` });
    if (this.#broken) return;
    try {
      const files = this.#open();
      if (files === undefined) return;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const each of waiting) writeSync(files[each.where], each.text);
    } catch (error) {
      this.#broken = true;
      this.#options.broke(error);
    }
  }

  #open() {
    if (this.#files !== undefined || !existsSync(dirname(this.#path))) return this.#files;
    this.#files = { log: openSync(this.#path, 'a'), summary: openSync(this.#summary, 'a') };
    link(this.#path, this.#options.path);
    link(this.#summary, `${this.#options.path}.summary`);
    return this.#files;
  }
}

function link(to: string, at: string): void {
  rmSync(at, { force: true });
  symlinkSync(to, at);
}

/** `2026-11-25-130501`, in local time. */
function timeOf(date: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}
