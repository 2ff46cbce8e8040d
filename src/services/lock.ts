import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf } from '../basics/fault.js';
import { identify, isAlive } from '../process/identity.js';
import { ServiceError } from './error.js';
import { readText } from './record.js';

/**
 * Two hooks that start one service at the same time: one of them does, the other is told. The file holds the id and
 * start time of who does.
 */
export function lockStart(lock: string, name: string): () => void {
  const own = `${process.pid} ${identify(process.pid)?.startTime ?? ''}`;
  // Linked once it is whole: an empty lock would look like one that somebody killed has left.
  const beside = `${lock}.${process.pid}.${counter++}`;
  try {
    writeFileSync(beside, own);
    for (;;) {
      try {
        linkSync(beside, lock);
        return () => rmSync(lock, { force: true });
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const holder = readText(lock);
      if (holder === undefined) continue; // Just released.
      if (holds(holder)) {
        throw new ServiceError(
          'already-running',
          `Service ${name} is being started by process ${holder.split(' ')[0]}`,
        );
      }
      takeAway(lock, holder, `${beside}.left`);
    }
  } finally {
    rmSync(beside, { force: true });
  }
}

let counter = 0;

/** Whether somebody who is alive holds it: who was killed on the way left the file behind. */
export function isLocked(lock: string): boolean {
  const holder = readText(lock);
  return holder !== undefined && holds(holder);
}

function holds(holder: string): boolean {
  const [pid = '', startTime = ''] = holder.split(' ');
  return isAlive({ pid: Number(pid), startTime });
}

/** Removes what a dead holder left; and gives back what somebody else has taken in the meantime. */
function takeAway(lock: string, left: string, aside: string): void {
  try {
    renameSync(lock, aside);
    if (readFileSync(aside, 'utf8') !== left) linkSync(aside, lock);
  } catch {
    // Somebody else was faster; the next turn sees what is there.
  }
  rmSync(aside, { force: true });
}
