import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';

/** Says when some step's notes grew, so that people see them while a hook runs. Each step folds its own at its end. */
export class NoteWatch {
  readonly #watcher: FSWatcher;

  constructor(runDir: string, grew: () => void) {
    this.#watcher = watch(join(runDir, 'notes'), grew);
    // What is not seen now is read at the step's end.
    this.#watcher.on('error', () => this.#watcher.close());
  }

  close(): void {
    this.#watcher.close();
  }
}
