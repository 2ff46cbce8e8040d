import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '../basics/result.js';
import { identify, isAlive } from '../process/identity.js';

export interface Lock {
  release(): void;
}

/** Whoever holds the lock of a workspace's data: one run at a time. */
export interface Holder {
  readonly pid: number;
}

/**
 * Takes the lock of a data root, so that two runs never share ports, releases or `latest`. A holder that is no longer
 * alive, by id and start time, holds nothing.
 */
export function takeLock(dataRoot: string): Result<Lock, Holder> {
  mkdirSync(dataRoot, { recursive: true });
  const path = join(dataRoot, 'lock');
  const mine = `${path}.${process.pid}`;
  const self = identify(process.pid);
  try {
    writeFileSync(mine, `${process.pid} ${self?.startTime ?? ''}\n`);
    for (;;) {
      try {
        // A link appears whole or not at all, and never over another.
        linkSync(mine, path);
        return ok({ release: () => rmSync(path, { force: true }) });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const holder = lockHolder(dataRoot);
      if (holder !== undefined) return err(holder);
      takeAway(path, `${mine}.left`);
    }
  } finally {
    rmSync(mine, { force: true });
  }
}

/**
 * Takes away a lock that nobody alive held when we looked. Another may have done so since and hold it by now: only a
 * rename shows what it was that we took, and that one gets it back.
 */
function takeAway(path: string, aside: string): void {
  try {
    renameSync(path, aside);
    if (holderIn(aside) !== undefined) linkSync(aside, path);
  } catch {
    // Somebody else was faster; the next look sees what is there.
  }
  rmSync(aside, { force: true });
}

/** Who holds the lock, if anybody who is alive does. */
export function lockHolder(dataRoot: string): Holder | undefined {
  return holderIn(join(dataRoot, 'lock'));
}

function holderIn(path: string): Holder | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  const [pid = '', startTime = ''] = text.trim().split(' ');
  const holder = { pid: Number(pid), startTime };
  return Number.isInteger(holder.pid) && isAlive(holder) ? { pid: holder.pid } : undefined;
}
