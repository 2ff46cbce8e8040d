import { existsSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Journal } from '../journal/journal.js';
import { dropData, listRuns } from '../run/directory.js';
import { leftovers } from '../run/leftovers.js';
import { lockHolder } from '../run/lock.js';
import { endEverything } from '../services/supervisor.js';
import { findDataRoot } from '../workspace/data-root.js';
import type { CleanFlags } from './flags.js';
import { openRun } from './of-run.js';
import { fromHere, misused } from './say.js';

/** `grenade clean`: ends what a run left up, by its records, and drops its data. Logs and journal stay. */
export async function clean(at: string, flags: CleanFlags): Promise<number> {
  const dataRoot = findDataRoot(resolve(at));
  const holder = lockHolder(dataRoot);
  if (holder !== undefined) {
    return misused(`a run is going on here (process ${holder.pid})`, 'Wait for it, or interrupt it with Ctrl-C.');
  }
  return flags.all === true ? cleanAll(dataRoot) : cleanOne(at, flags);
}

async function cleanOne(at: string, flags: CleanFlags): Promise<number> {
  const found = await openRun(at, flags);
  if (!found.ok) return found.error;
  const { runDir, events, state } = found.value;
  const journal = new Journal(join(runDir, 'journal.ndjson'), (event) => state.apply(event));
  // What a killed runner did not write down, then what is ended now: none of it makes the run longer.
  for (const body of leftovers(runDir, events, state)) journal.append(body, state.lastAt);
  const ended = await endEverything(runDir);
  for (const body of leftovers(runDir, events, state)) journal.append(body, state.lastAt);
  const had = existsSync(join(runDir, 'data'));
  dropData(runDir);
  journal.append({ type: 'cleaned' });
  journal.close();
  tell(ended);
  process.stdout.write(`${had ? 'Its data is dropped; logs' : 'Logs'} and journal stay in ${fromHere(runDir)}.\n`);
  return 0;
}

async function cleanAll(dataRoot: string): Promise<number> {
  if (!existsSync(dataRoot)) {
    process.stdout.write('There is nothing to clean.\n');
    return 0;
  }
  const ended = [];
  for (const runDir of listRuns(dataRoot)) ended.push(...(await endEverything(runDir)));
  // Only what is ours: somebody may have pointed `data-root` at a directory that holds more.
  for (const name of ['runs', 'releases', 'latest', 'lock', '.gitignore']) {
    rmSync(join(dataRoot, name), { recursive: true, force: true });
  }
  if (readdirSync(dataRoot).length === 0) rmdirSync(dataRoot);
  tell(ended);
  process.stdout.write(`All runs and kept releases in ${fromHere(dataRoot)} are gone.\n`);
  return 0;
}

function tell(ended: readonly { readonly name: string; readonly pid: number }[]): void {
  for (const { name, pid } of ended) process.stdout.write(`ended ${name} (${pid})\n`);
  process.stdout.write(ended.length === 0 ? 'Nothing was left running. ' : `${ended.length} ended. `);
}
