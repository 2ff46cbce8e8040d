import { closeSync, createReadStream, openSync, rmSync, writeSync } from 'node:fs';
import { linesOf } from './lines.js';

/** Lines that are put aside, in memory as long as they are few and in a file from there on. */
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

  /** Takes a line, which holds no newline. */
  add(line: string): void {
    this.#held.push(line);
    this.#size += line.length + 1;
    this.#count++;
    if (this.#size > this.#limit) this.#flush();
  }

  #flush(): void {
    this.#fd ??= openSync(this.#path, 'w', 0o600);
    writeAll(this.#fd, Buffer.from(`${this.#held.join('\n')}\n`));
    this.#held = [];
    this.#size = 0;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string> {
    if (this.#fd !== undefined) {
      for await (const lines of linesOf(createReadStream(this.#path))) for (const line of lines) yield String(line);
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

export function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
