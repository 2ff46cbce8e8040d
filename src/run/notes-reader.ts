import { parseNotes } from '../journal/notes.js';
import { LinesReader } from './lines-reader.js';

/** Follows one step's notes file: each call of `read` returns the notes that were written whole since the last. */
export class NotesReader {
  readonly #lines: LinesReader;

  constructor(path: string) {
    this.#lines = new LinesReader(path);
  }

  read(): ReturnType<typeof parseNotes> {
    return parseNotes(this.#lines.readText());
  }
}
