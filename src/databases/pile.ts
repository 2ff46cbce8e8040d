import { closeSync, openSync, rmSync } from 'node:fs';
import { readBatches, rowsOf, writeBatch } from './batch.js';

/** Rows that are put aside, a character a byte: in memory as long as they are few and in a file from there on. */
export class Pile implements AsyncIterable<string> {
  readonly #path: string;
  readonly #limit: number;
  #held: string[] = [];
  #size = 0;
  #fd: number | undefined;
  #count = 0;

  /** `limit` is in characters. */
  constructor(path: string, limit: number) {
    this.#path = path;
    this.#limit = limit;
  }

  get count(): number {
    return this.#count;
  }

  add(row: string): void {
    this.#held.push(row);
    this.#size += row.length;
    this.#count++;
    if (this.#size > this.#limit) this.#flush();
  }

  #flush(): void {
    this.#fd ??= openSync(this.#path, 'w', 0o600);
    let end = 0;
    const ends = this.#held.map(({ length }) => (end += length));
    writeBatch(this.#fd, { bytes: Buffer.from(this.#held.join(''), 'latin1'), ends });
    this.#held = [];
    this.#size = 0;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    if (this.#fd !== undefined) {
      yield* rowsOf(readBatches(this.#path));
    }
    yield* this.#held;
  }

  /** Drops what it holds. */
  close(): void {
    this.#held = [];
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    rmSync(this.#path, { force: true });
    this.#fd = undefined;
  }
}
