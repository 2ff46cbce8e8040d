import { existsSync, readFileSync } from 'node:fs';

/** Where hooks work, and what they find there because of those that worked there before. */
export interface Workplace {
  /** The absolute path of the directory that the next hook begins in. */
  take(): string;
  giveBack(path: string): void;
  /** Variables that earlier steps left to those after them. */
  readonly env: Readonly<Record<string, string>>;
  /** Descriptors that lead to the people who watch. */
  readonly descriptors: readonly number[];
  /** Takes up what a step left in `file`, if it left anything. */
  left(file: string): void;
}

/**
 * The likeness of one long shell: hooks begin in the directory where the last script that moved left it, with what it
 * exported. A run that is gone on with begins anew, as a new shell would.
 */
export class Home implements Workplace {
  readonly descriptors = [3, 6];
  #cwd: string;
  #env: Readonly<Record<string, string>> = {};
  readonly #first: string;

  constructor(cwd: string) {
    this.#cwd = cwd;
    this.#first = cwd;
  }

  get env(): Readonly<Record<string, string>> {
    return this.#env;
  }

  take(): string {
    // A hook may have removed the directory that all after it would begin in.
    return existsSync(this.#cwd) ? this.#cwd : this.#first;
  }

  giveBack(): void {}

  /** The file holds a directory, then variables as `NAME=VALUE`, each ended by a NUL byte. */
  left(file: string): void {
    if (!existsSync(file)) return;
    const [cwd = '', ...variables] = readFileSync(file, 'utf8').split('\0').slice(0, -1);
    if (cwd !== '') this.#cwd = cwd;
    const split = variables.map((text): [string, string] => {
      const at = text.indexOf('=');
      return [text.slice(0, at), text.slice(at + 1)];
    });
    this.#env = { ...this.#env, ...Object.fromEntries(split) };
  }
}
