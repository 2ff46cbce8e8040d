import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { EventBody } from '../journal/event.js';
import type { Journal } from '../journal/journal.js';
import type { Step } from '../plan/plan.js';
import { readException } from '../project/exception-file.js';
import { LinesReader } from './lines-reader.js';
import { NotesReader } from './notes-reader.js';

/** What one hook noted: most of it goes into the journal, some of it is an answer to the runner. */
export class HookNotes {
  /** What a module's version hook returned. */
  version: string | undefined;
  /** Whether a module's hook returned. */
  returned = false;
  /** The command or error that was noted last as what made it fail. */
  failed: { readonly what: string; readonly place: string } | undefined;
  readonly #reader: NotesReader;
  /** What it wrote for people straight to a descriptor, line by line. */
  readonly #said: LinesReader | undefined;
  readonly #step: Pick<Step, 'key' | 'system'>;
  readonly #journal: Journal;

  constructor(path: string, step: Pick<Step, 'key' | 'system'>, journal: Journal, said?: string) {
    this.#reader = new NotesReader(path);
    this.#said = said === undefined ? undefined : new LinesReader(said);
    this.#step = step;
    this.#journal = journal;
  }

  /** Takes in what was noted since the last time. */
  fold(): void {
    for (const [kind = '', ...fields] of this.#reader.read()) {
      if (kind === 'version') this.version = fields[0]?.trim() ?? '';
      else if (kind === 'returned') this.returned = true;
      else if (kind === 'failed') {
        const [file, line, , what = ''] = fields;
        this.failed = { what, place: `${file}:${line}` };
        this.#journal.append(eventOf(this.#step, kind, fields));
      } else this.#journal.append(withReason(eventOf(this.#step, kind, fields)));
    }
    for (const line of this.#said?.read() ?? []) {
      if (line.trim() !== '') this.#journal.append({ type: 'summary-written', step: this.#step.key, text: line });
    }
  }
}

/** What an exception's author says of it is read while the file is as it was applied. */
function withReason(event: EventBody): EventBody {
  if (event.type !== 'exception-used') return event;
  let text: string;
  try {
    text = readFileSync(event.file, 'utf8');
  } catch {
    return event; // A hook can note any path: then nothing is known of it but that.
  }
  const { line, reason } = readException(text, event.project);
  return { ...event, line, ...(reason === undefined ? {} : { reason }) };
}

/** The event that a note becomes (docs/architecture.md lists them). A hook can write anything there: it is told, not lost. */
export function eventOf(
  { key: step, system }: Pick<Step, 'key' | 'system'>,
  kind: string,
  [a = '', b = '', c = '', d = '']: readonly string[],
): EventBody {
  const of = system === undefined ? {} : { system };
  const count = (field: string): number => Number.parseInt(field, 10) || 0;
  switch (kind) {
    case 'failed':
      return { type: 'command-failed', step, file: a, line: count(b), status: count(c), command: d };
    case 'saved':
      return { type: 'resource-saved', step, project: a, key: b };
    case 'summary':
      return { type: 'summary-written', step, text: a };
    case 'warned':
      return { type: 'warned', step, text: a };
    case 'exception':
      return { type: 'exception-used', step, project: a, file: b };
    case 'service-started':
      return { type: 'service-started', step, service: a, ...of, pid: count(b), logOffset: count(c) };
    case 'service-stopping':
      return { type: 'service-stopping', step, service: a, ...of, logOffset: count(b) };
    default:
      return { type: 'warned', step, text: `it noted something unknown: ${kind}` };
  }
}

/** The name of a step's files, from the path of its log: `steps/FAILED_07-s3rver-verify.log`. */
export function stemOf(log: string): string {
  return basename(log, '.log').replace(/^FAILED_/, '');
}
