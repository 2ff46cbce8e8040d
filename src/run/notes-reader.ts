import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { parseNotes } from '../journal/notes.js';

/** Follows one step's notes file: each call of `read` returns the notes that were written whole since the last. */
export class NotesReader {
  readonly #path: string;
  #offset = 0;

  constructor(path: string) {
    this.#path = path;
  }

  read(): ReturnType<typeof parseNotes> {
    return parseNotes(this.readText());
  }

  /** The whole lines that were written since the last call. */
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
}
