import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
import type { Event, EventBody } from './event.js';

/**
 * The journal's only writer. A line is in the kernel's hands when `append` returns, so that a killed harness loses
 * nothing; `sync` puts it on the disk.
 */
export class Journal {
  readonly #fd: number;
  readonly #listener: (event: Event) => void;

  /** Opens `path`, making it if need be. A line that a crash cut in half is dropped. */
  constructor(path: string, listener: (event: Event) => void = () => {}) {
    this.#fd = openSync(path, 'a+', 0o600);
    this.#listener = listener;
    const content = readFileSync(this.#fd);
    const whole = content.lastIndexOf(0x0a) + 1;
    if (whole < content.length) ftruncateSync(this.#fd, whole);
  }

  /** `at` is given for what happened before it was noticed. */
  append(body: EventBody, at = Date.now()): void {
    const event: Event = { at, ...body };
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    for (let written = 0; written < line.length; ) written += writeSync(this.#fd, line, written);
    this.#listener(event);
  }

  sync(): void {
    fsyncSync(this.#fd);
  }

  close(): void {
    fsyncSync(this.#fd);
    closeSync(this.#fd);
  }
}

/** The events of a journal, in order. A last line that a crash cut in half is left out. */
export function* readJournal(path: string): Generator<Event> {
  const text = readFileSync(path, 'utf8');
  let from = 0;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
    // The journal is ours: what stands in it was an Event when it was written.
    const event: Event = JSON.parse(text.slice(from, end));
    from = end + 1;
    yield event;
  }
}
