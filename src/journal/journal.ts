import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';
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
    let written = 0;
    try {
      while (written < line.length) written += writeSync(this.#fd, line, written);
    } catch (error) {
      // Half a line on a full disk would make the next one unreadable.
      if (written > 0) ftruncateSync(this.#fd, fstatSync(this.#fd).size - written);
      throw error;
    }
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

/**
 * The events of a journal, in order. A last line that a crash cut in half is left out; a line that cannot be read (a
 * damaged disk, a hand that edited it) is passed over and said, so that what is up can still be ended by the rest.
 */
export function* readJournal(path: string): Generator<Event> {
  const text = readFileSync(path, 'utf8');
  let from = 0;
  let at = 0;
  let number = 1;
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', from)) {
    const line = text.slice(from, end);
    from = end + 1;
    const event = parseEvent(line) ?? {
      at,
      type: 'warned',
      text: `line ${number} of the journal could not be read and was passed over`,
    };
    at = event.at;
    number++;
    yield event;
  }
}

function parseEvent(line: string): Event | undefined {
  try {
    // The journal is ours: a line that is JSON was an Event when it was written.
    const event: Event = JSON.parse(line);
    return event;
  } catch {
    return undefined;
  }
}
