import { createHash, type Hash } from 'node:crypto';
import { closeSync, lstatSync, openSync, readdirSync, readlinkSync, readSync, type Stats } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { err, ok, type Result } from '../basics/result.js';

/** One entry of a tree as it was described. Names of files are bytes: they stand here as latin1. */
export interface Entry {
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  /** All 12 bits of permission. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** SHA-256 of what a file holds, hexadecimal; where a link leads; empty for all else. */
  readonly holds: string;
  /** What changes with every write through the kernel, whatever the writer does to hide it. */
  readonly seen: { readonly inode: number; readonly changed: number };
}

/** Work that takes long enough to be called off. */
export interface Patience {
  readonly stop?: AbortSignal | undefined;
}

/** Describes everything below `root`, in the order of names; reads each file once. */
export async function describeTree(root: string, patience: Patience = {}): Promise<Entry[]> {
  const pace = new Pace(patience);
  const entries: Entry[] = [];
  for (const [path, at] of walk(root)) {
    const entry = lookAt(path, at);
    entries.push(entry.kind === 'file' ? { ...entry, holds: await sumOf(at, pace) } : entry);
    await pace.breathe();
  }
  return entries;
}

/**
 * The description of a tree that is as it was described, with what the kernel says of it now; or the first way in which
 * it differs, in words. What a file holds is read again only where the kernel says that it may have changed since, or for every file when `trust` is false:
 * after a power loss what the kernel says may be newer than what is on the disk.
 */
export async function checkTree(
  root: string,
  entries: readonly Entry[],
  options: Patience & { readonly trust: boolean },
): Promise<Result<Entry[], string>> {
  const pace = new Pace(options);
  const seen: Entry[] = [];
  const left = new Map(entries.map((entry) => [entry.path, entry]));
  for (const [path, at] of walk(root)) {
    const entry = left.get(path);
    const name = Buffer.from(path, 'latin1').toString();
    if (entry === undefined) return err(`${name} was not there`);
    left.delete(path);
    const now = lookAt(path, at);
    if (!sameOutside(entry, now)) return err(`${name} is not what it was`);
    const known = options.trust && now.seen.inode === entry.seen.inode && now.seen.changed === entry.seen.changed;
    if (entry.kind === 'file' && !known && (await sumOf(at, pace)) !== entry.holds) {
      return err(`${name} does not hold what it did`);
    }
    seen.push({ ...now, holds: entry.holds });
    await pace.breathe();
  }
  const [gone] = left.keys();
  return gone === undefined ? ok(seen) : err(`${Buffer.from(gone, 'latin1').toString()} is gone`);
}

/** How many bytes the files of a tree hold. */
export function sizeOf(root: string): number {
  let bytes = 0;
  for (const [, at] of walk(root)) bytes += lstatSync(at).size;
  return bytes;
}

const sameOutside = (was: Entry, now: Entry): boolean =>
  was.kind === now.kind &&
  was.mode === now.mode &&
  was.uid === now.uid &&
  was.gid === now.gid &&
  (was.kind !== 'file' || was.size === now.size) &&
  (was.kind !== 'link' || was.holds === now.holds);

/** Everything below a directory, each directory before what is in it: paths below it, and paths to open. */
function* walk(root: string, below = ''): Generator<readonly [path: string, at: Buffer]> {
  const directory = below === '' ? Buffer.from(root) : placeOf(root, below);
  const found = readdirSync(directory, { withFileTypes: true, encoding: 'buffer' });
  const names = found.map((entry) => ({ name: entry.name.toString('latin1'), inside: entry.isDirectory() }));
  for (const { name, inside } of names.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? name : `${below}/${name}`;
    yield [path, placeOf(root, path)];
    if (inside) yield* walk(root, path);
  }
}

const placeOf = (root: string, path: string): Buffer =>
  Buffer.concat([Buffer.from(`${root}/`), Buffer.from(path, 'latin1')]);

/** What can be said of an entry without reading it. */
function lookAt(path: string, at: Buffer): Entry {
  const stats = lstatSync(at);
  const { mode, uid, gid, size, ino, ctimeMs } = stats;
  const kind = kindOf(stats);
  const holds = kind === 'link' ? readlinkSync(at, 'latin1') : '';
  return { path, kind, mode: mode & 0o7777, uid, gid, size, holds, seen: { inode: ino, changed: ctimeMs } };
}

function kindOf(stats: Stats): Entry['kind'] {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  return stats.isSymbolicLink() ? 'link' : 'other';
}

const chunk = Buffer.alloc(1024 * 1024);

/** SHA-256 of a file, read piece by piece. */
async function sumOf(path: Buffer, pace: Pace): Promise<string> {
  const hash: Hash = createHash('sha256');
  const fd = openSync(path, 'r');
  try {
    for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
      hash.update(chunk.subarray(0, length));
      await pace.breathe();
    }
  } finally {
    closeSync(fd);
  }
  return hash.digest('hex');
}

/** Lets others have their turn between pieces of long work, and ends it when it is called off. */
class Pace {
  readonly #stop: AbortSignal | undefined;
  #since = performance.now();

  constructor({ stop }: Patience) {
    this.#stop = stop;
  }

  async breathe(): Promise<void> {
    if (performance.now() - this.#since < BREATH) return;
    await turn();
    this.#since = performance.now();
    this.#stop?.throwIfAborted();
  }
}

/** How long others wait at most, in milliseconds. */
const BREATH = 20;
