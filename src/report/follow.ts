import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/**
 * Follows a file as it grows, whole lines at a time. It stays open meanwhile: a failed step's log is renamed, and its last
 * words count most.
 */
export class Follower {
  readonly #fd: number;
  readonly #take: (lines: string) => void;
  readonly #chunk = Buffer.alloc(64 * 1024);
  readonly #decoder = new StringDecoder('utf8');
  #offset = 0;
  #rest = '';

  /** @param take Gets what was added, lines with their ends. */
  constructor(path: string, take: (lines: string) => void) {
    this.#fd = openSync(path, 'r');
    this.#take = take;
  }

  /** Takes what was added since the last call. */
  follow(): void {
    for (;;) {
      const count = readSync(this.#fd, this.#chunk, 0, this.#chunk.length, this.#offset);
      if (count === 0) return;
      this.#offset += count;
      this.#rest += this.#decoder.write(this.#chunk.subarray(0, count));
      const whole = this.#rest.lastIndexOf('\n') + 1;
      if (whole > 0) this.#take(this.#rest.slice(0, whole));
      this.#rest = this.#rest.slice(whole);
    }
  }

  /** Takes the rest, its last line too where that has no end, and follows no more. */
  close(): void {
    this.follow();
    if (this.#rest !== '') this.#take(`${this.#rest}\n`);
    closeSync(this.#fd);
  }
}
