import { join } from 'node:path';
import { writeFileAtomic } from '../basics/files.js';
import type { Event } from '../journal/event.js';
import { readJournal } from '../journal/journal.js';
import type { RunState } from '../journal/state.js';
import { junit } from '../report/junit.js';
import type { Tail } from '../report/tail.js';
import { attempt, complain } from './say.js';
import { VERSION } from './version.js';

/** What views of a run are made from, beside its directory. */
interface Given {
  readonly tail: Tail;
  readonly mask: (text: string) => string;
  readonly now: number;
  readonly alive?: boolean;
}

/**
 * Writes the views that stay in the run's directory, and returns what there is to open: the page, or the directory
 * where the page could not be written.
 */
export async function writeViews(runDir: string, state: RunState, given: Given): Promise<string> {
  if (given.alive !== true) {
    const xml = await junit(state, given);
    attempt('junit.xml could not be written', () => writeFileAtomic(join(runDir, 'junit.xml'), xml));
  }
  try {
    const events: Event[] = [...readJournal(join(runDir, 'journal.ndjson'))];
    const { writePage } = await import('../report/page/page.js');
    return writePage({ ...given, runDir, state, events, version: VERSION });
  } catch (error) {
    complain('report.html could not be written', error);
    return runDir;
  }
}
