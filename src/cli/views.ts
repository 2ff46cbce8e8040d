import { basename, join } from 'node:path';
import v8 from 'node:v8';
import { writeFileAtomic } from '../basics/files.js';
import { readJournal } from '../journal/journal.js';
import type { RunState } from '../journal/state.js';
import { junit } from '../report/junit.js';
import type { Tail } from '../report/tail.js';
import { complain } from './say.js';
import { VERSION } from './version.js';

/** What views of a run are made from, beside its directory. */
interface Given {
  readonly tail: Tail;
  readonly mask: (text: string) => string;
  readonly now: number;
  readonly alive?: boolean;
}

/** What was written of a run. */
export interface Written {
  /** Absolute path of what there is to open: the page, or the run's directory where the page could not be written. */
  readonly open: string;
  /** What lies beside it for machines and for whoever looks further, by name. */
  readonly beside: readonly string[];
}

/** Writes the views that stay in the run's directory. One that cannot be written is said, and keeps no other. */
export async function writeViews(runDir: string, state: RunState, given: Given): Promise<Written> {
  // They are the most that is ever held, and most of it not for long: old memory is looked through before it grows by
  // much. Not before now, for whoever looks through memory cannot start processes meanwhile.
  v8.setFlagsFromString('--heap-growing-percent=10');
  const beside = state.worlddump === undefined ? [] : [`${state.worlddump}/`];
  const write = async (name: string, make: () => Promise<string>): Promise<void> => {
    try {
      writeFileAtomic(join(runDir, name), await make());
      beside.push(name);
    } catch (error) {
      complain(`${name} could not be written`, error);
    }
  };
  const open = await openable(runDir, state, given);
  if (given.alive !== true) {
    await write('junit.xml', () => junit(state, given));
    const files = [...(open === runDir ? [] : [basename(open)]), ...beside, 'journal.ndjson'];
    await write('result.json', async () => {
      const { resultText } = await import('../report/result.js');
      return resultText(state, { ...given, files });
    });
  }
  return { open, beside: beside.reverse() };
}

async function openable(runDir: string, state: RunState, given: Given): Promise<string> {
  try {
    const events = readJournal(join(runDir, 'journal.ndjson'));
    const { writePage } = await import('../report/page/page.js');
    return writePage({ ...given, runDir, state, events, version: VERSION });
  } catch (error) {
    complain('report.html could not be written', error);
    return runDir;
  }
}
