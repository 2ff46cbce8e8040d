import { mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../basics/fault.js';
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
 * alive, by id and start time, holds nothing. The lock is a symbolic link that leads nowhere and says who holds it: it
 * appears whole or not at all, and takes no room, so that `grenade clean` has it on a disk that is full too.
 */
export function takeLock(dataRoot: string): Result<Lock, Holder> {
  mkdirSync(dataRoot, { recursive: true });
  const path = join(dataRoot, 'lock');
  const mine = `${process.pid} ${identify(process.pid)?.startTime ?? ''}`;
  while (!linked(mine, path)) {
    const holder = lockHolder(dataRoot);
    if (holder !== undefined) return err(holder);
    takeAway(path, mine);
  }
  return ok({ release: () => rmSync(path, { force: true }) });
}

/**
 * Takes away a lock whose holder is dead, and never one that somebody has taken since: only who holds the lock on
 * taking away looks and removes. One killed between these two lines leaves that to the next.
 */
function takeAway(path: string, mine: string): void {
  const taking = `${path}.taking`;
  if (!linked(mine, taking)) {
    if (isLeft(taking)) rmSync(taking, { force: true });
    return;
  }
  if (isLeft(path)) rmSync(path, { force: true });
  rmSync(taking, { force: true });
}

/** Whether `path` is now a link that says `mine`; never over another. */
function linked(mine: string, path: string): boolean {
  try {
    symlinkSync(mine, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Whether a lock is there whose holder is dead. */
function isLeft(path: string): boolean {
  const text = read(path);
  return text !== undefined && holderIn(text) === undefined;
}

/** Who holds the lock, if anybody who is alive does. */
export function lockHolder(dataRoot: string): Holder | undefined {
  return holderIn(read(join(dataRoot, 'lock')) ?? '');
}

function holderIn(text: string): Holder | undefined {
  const [pid = '', startTime = ''] = text.trim().split(' ');
  const holder = { pid: Number(pid), startTime };
  return Number.isInteger(holder.pid) && isAlive(holder) ? { pid: holder.pid } : undefined;
}

/** What a lock says; undefined when there is none. What is no link says nothing. */
function read(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    return codeOf(error) === 'EINVAL' ? '' : undefined;
  }
}
