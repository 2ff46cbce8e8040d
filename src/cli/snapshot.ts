import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { formatSize } from '../basics/size.js';
import { columns, dateTime } from '../report/text.js';
import { standOn } from '../run/fork.js';
import { takeLock } from '../run/lock.js';
import { dropSnapshot, listSnapshots, type Snapshot, storeOf, sweep } from '../snapshots/store.js';
import { findDataRoot } from '../workspace/data-root.js';
import { fromHere, held, misused, refuse } from './say.js';

/** `grenade snapshot list`: what is kept of the base, the one used last first. */
export async function list(at: string): Promise<number> {
  const dataRoot = findDataRoot(resolve(at));
  const all = listSnapshots(dataRoot).reverse();
  if (all.length === 0) {
    process.stdout.write(`No snapshot is kept in ${fromHere(dataRoot)}.\n`);
    return 0;
  }
  const rows = all.map((each) => [
    each.key,
    `${each.base} → ${each.target}`,
    formatSize(each.bytes),
    `kept ${dateTime(each.keptAt)} by run ${each.run}`,
    used(each, standOn(dataRoot, each.key)),
  ]);
  const bytes = all.reduce((sum, each) => sum + each.bytes, 0);
  process.stdout.write(`${columns(rows).join('\n')}\n${formatSize(bytes)} in all.\n`);
  return 0;
}

/** `grenade snapshot drop`: one of them, or all. One that a run stands on stays until that is cleaned up. */
export async function drop(key: string | undefined, at: string, flags: { readonly all?: true }): Promise<number> {
  // With --all what stands first is the workspace.
  const dir = flags.all === true && key !== undefined ? key : at;
  const dataRoot = findDataRoot(resolve(dir));
  if (flags.all !== true && key === undefined) {
    return misused('snapshot drop was not told which', 'Name a key that `grenade snapshot list` shows, or use --all.');
  }
  if (!existsSync(storeOf(dataRoot))) {
    return misused(`no snapshot is kept in ${fromHere(dataRoot)}`, '`grenade run --from-snapshot` keeps one.');
  }
  const lock = takeLock(dataRoot);
  if (!lock.ok) return refuse([held(lock.error)]);
  try {
    const all = listSnapshots(dataRoot);
    const chosen = flags.all === true ? all : all.filter((each) => each.key.startsWith(key ?? ''));
    if (flags.all !== true && chosen.length !== 1) {
      const there = all.length === 0 ? 'none is kept' : `there are ${all.map((each) => each.key).join(', ')}`;
      return misused(
        `${chosen.length === 0 ? 'no' : 'more than one'} snapshot begins with ${key}`,
        `Name one: ${there}.`,
      );
    }
    const stoodOn = chosen.flatMap((each) => {
      const runs = standOn(dataRoot, each.key);
      return runs.length === 0 ? [] : [{ key: each.key, run: runs[0] ?? '' }];
    });
    const [first] = stoodOn;
    if (first !== undefined) {
      return misused(
        `the data of run ${first.run} stands on snapshot ${first.key}`,
        `Let go of it first: grenade clean --run ${first.run}.`,
      );
    }
    for (const each of chosen) dropSnapshot(dataRoot, each.key);
    sweep(dataRoot);
    const room = formatSize(chosen.reduce((sum, { bytes }) => sum + bytes, 0));
    process.stdout.write(
      chosen.length === 0
        ? `No snapshot is kept in ${fromHere(dataRoot)}.\n`
        : `dropped ${chosen.map((each) => each.key).join(', ')}, ${room}\n`,
    );
    return 0;
  } finally {
    lock.value.release();
  }
}

const used = ({ usedAt, keptAt }: Snapshot, runs: readonly string[]): string =>
  runs.length > 0
    ? `run ${runs.map((run) => basename(run)).join(', ')} stands on it`
    : usedAt > keptAt + 1000
      ? `used ${dateTime(usedAt)}`
      : 'not used yet';
