import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Journal } from '../journal/journal.js';
import { dropData, listRuns } from '../run/directory.js';
import { dropSharedData } from '../run/fork.js';
import { leftovers } from '../run/leftovers.js';
import { takeLock } from '../run/lock.js';
import { endEverything } from '../services/supervisor.js';
import { livingInRun } from '../services/systems.js';
import { findDataRoot } from '../workspace/data-root.js';
import type { CleanFlags } from './flags.js';
import { openRun } from './of-run.js';
import { fromHere, held, misused, refuse } from './say.js';

/** `grenade clean`: ends what a run left up, by its records, and drops its data. Logs and journal stay. */
export async function clean(at: string, flags: CleanFlags): Promise<number> {
  const dataRoot = findDataRoot(resolve(at));
  if (!existsSync(dataRoot)) {
    if (flags.all !== true) return misused(`there is no run in ${fromHere(dataRoot)}`, 'Run `grenade run` first.');
    process.stdout.write('There is nothing to clean.\n');
    return 0;
  }
  // Held to the end: a run that began meanwhile would lose its directories.
  const lock = takeLock(dataRoot);
  if (!lock.ok) return refuse([held(lock.error)]);
  try {
    return flags.all === true ? await cleanAll(dataRoot) : await cleanOne(at, flags);
  } finally {
    lock.value.release();
  }
}

async function cleanOne(at: string, flags: CleanFlags): Promise<number> {
  const found = await openRun(at, flags);
  if (!found.ok) return found.error;
  const { runDir, events, state } = found.value;
  // Ended before anything is written: that must also work on a disk that is full, and makes room there.
  const ended = await end([runDir]);
  if (ended === undefined) return 1;
  const had = existsSync(join(runDir, 'data'));
  dropData(runDir);
  const journal = new Journal(join(runDir, 'journal.ndjson'));
  // What a killed runner did not write down, and what ended now: none of it makes the run longer.
  for (const body of leftovers(runDir, events, state)) journal.append(body, state.lastAt);
  journal.append({ type: 'cleaned' });
  journal.close();
  tell(ended);
  process.stdout.write(`${had ? 'Its data is dropped; logs' : 'Logs'} and journal stay in ${fromHere(runDir)}.\n`);
  return 0;
}

async function cleanAll(dataRoot: string): Promise<number> {
  const ended = await end(listRuns(dataRoot));
  if (ended === undefined) return 1;
  // Only what is ours: somebody may have pointed `data-root` at a directory that holds more.
  dropSharedData(dataRoot);
  for (const name of ['runs', 'releases', 'snapshots', 'latest', '.gitignore']) {
    rmSync(join(dataRoot, name), { recursive: true, force: true });
  }
  // What is left then is the lock, which goes with the directory.
  if (readdirSync(dataRoot).every((name) => name.startsWith('lock'))) rmSync(dataRoot, { recursive: true });
  tell(ended);
  process.stdout.write(`All runs, kept releases and snapshots in ${fromHere(dataRoot)} are gone.\n`);
  return 0;
}

/** Ends what these runs left up, and says what; undefined where something resists, whose data must not go then. */
async function end(runDirs: readonly string[]): Promise<number | undefined> {
  let count = 0;
  for (const runDir of runDirs) {
    for (const { name, pid } of await endEverything(runDir)) {
      process.stdout.write(`ended ${name} (${pid})\n`);
      count++;
    }
  }
  const left = runDirs.flatMap(livingInRun).map(({ name, pid }) => `${name} (${pid})`);
  if (left.length === 0) return count;
  misused(`${left.join(', ')} could not be ended, and nothing was dropped`, 'Clean as the user who started it.');
  return undefined;
}

function tell(ended: number): void {
  process.stdout.write(ended === 0 ? 'Nothing was left running. ' : `${ended} ended. `);
}
