import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** Follows a file that others append to: each call of `read` returns the lines that were written whole since the last. */
export class LinesReader {
  readonly #path: string;
  #offset: number;

  constructor(path: string, offset = 0) {
    this.#path = path;
    this.#offset = offset;
  }

  /** The new lines as one text, each with its end. */
  readText(): string {
    // Most hooks note nothing, and have no file.
    if (!existsSync(this.#path)) return '';
    const fd = openSync(this.#path, 'r');
    try {
      const chunks: Buffer[] = [];
      const chunk = Buffer.alloc(64 * 1024);
      for (let at = this.#offset; ; ) {
        const count = readSync(fd, chunk, 0, chunk.length, at);
        if (count === 0) break;
        chunks.push(Buffer.from(chunk.subarray(0, count)));
        at += count;
      }
      const content = Buffer.concat(chunks);
      const whole = content.lastIndexOf(0x0a) + 1;
      this.#offset += whole;
      return content.subarray(0, whole).toString('utf8');
    } finally {
      closeSync(fd);
    }
  }

  read(): readonly string[] {
    return this.readText().split('\n').slice(0, -1);
  }
}
