import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Workplace } from './workplace.js';

/**
 * Working directories for hooks: each has one to itself and finds it empty. One that was left empty serves the next
 * hook, because most never write there, and making a directory a hook is felt in a run of thousands.
 */
export class Scratch implements Workplace {
  readonly env = {};
  readonly descriptors = [];
  readonly #dir: string;
  readonly #free: string[] = [];
  #made = 0;

  constructor(runDir: string) {
    this.#dir = join(runDir, 'scratch');
    // What an earlier part of the run left was for its own hooks.
    rmSync(this.#dir, { recursive: true, force: true });
    mkdirSync(this.#dir);
  }

  /** The absolute path of an empty directory that nobody else uses. */
  take(): string {
    const free = this.#free.pop();
    if (free !== undefined) return free;
    const path = join(this.#dir, String(++this.#made));
    // A hook may have removed what it lies in.
    mkdirSync(path, { recursive: true });
    return path;
  }

  /** Each hook stands alone. */
  left(): void {}

  /** Takes a directory back, and looks what was left in it once the next hook runs: no hook waits for that. */
  giveBack(path: string): void {
    setImmediate(() => this.#empty(path));
  }

  #empty(path: string): void {
    try {
      if (readdirSync(path).length === 0) this.#free.push(path);
      else rmSync(path, { recursive: true, force: true });
    } catch {
      // The hook removed it, or made something in it that resists: nobody is given it again.
    }
  }
}
