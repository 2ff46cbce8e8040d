import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeFileAtomic } from '../basics/files.js';
import { err, ok, type Result } from '../basics/result.js';
import { FORMAT } from './key.js';
import { checkTree, describeTree, type Entry, type Patience } from './tree.js';

/*
 * snapshots/
 *   KEY/              a snapshot, whole: it gets this name only once all of it is on the disk
 *     manifest.json   what it is; written last, so that without it nothing is a snapshot
 *     entries.ndjson  every file of `held/`, with its checksum
 *     held/           data/, resources/, services/ and projects/NAME/ (what `snapshot.sh save` wrote)
 *   making.PID/       one that is being made; of a process that is gone, nothing
 */

const MANIFEST = 'manifest.json';
const ENTRIES = 'entries.ndjson';
const HELD = 'held';

const words = v.record(v.string(), v.string());
const manifest = v.object({
  format: v.literal(FORMAT),
  key: v.string(),
  base: v.string(),
  target: v.string(),
  /** The run that built it, and when it was kept; milliseconds since the epoch. */
  run: v.string(),
  keptAt: v.number(),
  bytes: v.number(),
  /** What `free_port` gave in that run, by name. */
  ports: v.record(v.string(), v.number()),
  /** By project: what tells the install of the base that it was made with from a later one. */
  installed: words,
  /** Projects that made something that ought to survive. */
  created: v.array(v.string()),
  /** Projects whose start hooks start something that is no supervised service. */
  unsupervised: v.array(v.string()),
  ingredients: words,
  /** The boot of the machine in which `entries` was written. */
  boot: v.string(),
  /** SHA-256 of the file of entries. */
  entries: v.string(),
});

/** What a snapshot says of itself. */
type Manifest = v.InferOutput<typeof manifest>;
/** What whoever keeps one says of it. */
export type About = Omit<Manifest, 'format' | 'boot' | 'entries' | 'bytes' | 'keptAt'>;

/** A whole snapshot in the store. */
export interface Snapshot extends Manifest {
  /** Absolute path of what it holds. */
  readonly held: string;
  readonly usedAt: number;
}

export const storeOf = (dataRoot: string): string => join(dataRoot, 'snapshots');

/** Whole snapshots, the one that was used longest ago first. Whether they still hold what they did, `findDamage` says. */
export function listSnapshots(dataRoot: string): Snapshot[] {
  const store = storeOf(dataRoot);
  if (!existsSync(store)) return [];
  return readdirSync(store)
    .flatMap((key) => readSnapshot(dataRoot, key) ?? [])
    .sort((a, b) => a.usedAt - b.usedAt);
}

/** The snapshot of this key; undefined when there is none, or none that is whole. */
export function readSnapshot(dataRoot: string, key: string): Snapshot | undefined {
  const directory = join(storeOf(dataRoot), key);
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(join(directory, MANIFEST), 'utf8'));
  } catch {
    return undefined; // Nothing there, or nothing whole.
  }
  const read = v.safeParse(manifest, data);
  if (!read.success || read.output.key !== key) return undefined;
  return { ...read.output, held: join(directory, HELD), usedAt: statSync(join(directory, MANIFEST)).mtimeMs };
}

/** In what way a snapshot no longer is what was kept, in words; undefined when it is. Raises what the disk says. */
export async function findDamage(
  dataRoot: string,
  snapshot: Snapshot,
  patience: Patience = {},
): Promise<string | undefined> {
  const directory = join(storeOf(dataRoot), snapshot.key);
  let text: string;
  try {
    text = readFileSync(join(directory, ENTRIES), 'utf8');
  } catch {
    return 'its list of files is gone';
  }
  if (sha256(text) !== snapshot.entries) return 'its list of files is not what it was';
  if (!existsSync(snapshot.held)) return 'what it held is gone';
  // Of our own making, as its checksum says.
  const entries: Entry[] = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const trust = snapshot.boot === bootId();
  const checked = await checkTree(snapshot.held, entries, { ...patience, trust });
  if (!checked.ok) return checked.error;
  if (trust) return undefined;
  // All of it was read: from here on, until the next boot, what the kernel says is enough.
  const { held: _, usedAt, ...rest } = snapshot;
  writeDescription(directory, checked.value, rest);
  // To be looked at is not to be used.
  utimesSync(join(directory, MANIFEST), usedAt / 1000, usedAt / 1000);
  return undefined;
}

/** Says that a snapshot is used now: the one that was used longest ago goes first. */
export function markUsed(dataRoot: string, key: string): void {
  const now = new Date();
  utimesSync(join(storeOf(dataRoot), key, MANIFEST), now, now);
}

/** Why a snapshot was not kept. */
export type NotKept =
  | { readonly kind: 'too-large'; readonly bytes: number }
  | { readonly kind: 'not-copied'; readonly reason: string };

/**
 * Keeps a snapshot: `fill` puts what it holds into a directory, which appears in the store only once it is described
 * and on the disk, whole; nothing is left of one that could not be kept. Others go to make room, those of `inUse`
 * never.
 */
export async function keepSnapshot(
  dataRoot: string,
  about: About,
  work: Patience & {
    /** Fills the directory, and forces it to the disk; or says what went wrong. */
    readonly fill: (held: string) => Promise<Result<void, string>>;
    readonly sync: (directory: string) => Promise<Result<void, string>>;
    readonly limit: number;
    readonly inUse: (key: string) => boolean;
  },
): Promise<Result<{ readonly bytes: number; readonly dropped: readonly string[] }, NotKept>> {
  const store = storeOf(dataRoot);
  mkdirSync(store, { recursive: true, mode: 0o700 });
  sweep(dataRoot);
  const making = join(store, `making.${process.pid}`);
  try {
    const held = join(making, HELD);
    mkdirSync(held, { recursive: true });
    const filled = await work.fill(held);
    if (!filled.ok) return err({ kind: 'not-copied', reason: filled.error });
    const entries = await describeTree(held, work);
    const bytes = entries.reduce((sum, { size }) => sum + size, 0);
    if (bytes > work.limit) return err({ kind: 'too-large', bytes });
    const dropped = makeRoom(dataRoot, about.key, work.limit - bytes, work.inUse);
    if (dropped === undefined) return err({ kind: 'too-large', bytes });
    // What it is, is written once what it holds is on the disk.
    const synced = await work.sync(making);
    if (!synced.ok) return err({ kind: 'not-copied', reason: synced.error });
    writeDescription(making, entries, { ...about, format: FORMAT, bytes, keptAt: Date.now() });
    const place = join(store, about.key);
    rmSync(place, { recursive: true, force: true });
    renameSync(making, place);
    syncDirectory(store);
    return ok({ bytes, dropped });
  } catch (error) {
    if (work.stop?.aborted) return err({ kind: 'not-copied', reason: 'it was called off' });
    if (error instanceof Error && 'syscall' in error) return err({ kind: 'not-copied', reason: error.message });
    throw error;
  } finally {
    rmSync(making, { recursive: true, force: true });
  }
}

/** Drops a snapshot. It is none as soon as its manifest is gone. */
export function dropSnapshot(dataRoot: string, key: string): void {
  const directory = join(storeOf(dataRoot), key);
  rmSync(join(directory, MANIFEST), { force: true });
  rmSync(directory, { recursive: true, force: true });
}

/** Removes what is no whole snapshot: of processes that were killed, or of another Grenade. Only who holds the lock may. */
export function sweep(dataRoot: string): void {
  const store = storeOf(dataRoot);
  if (!existsSync(store)) return;
  for (const name of readdirSync(store)) {
    if (readSnapshot(dataRoot, name) === undefined) rmSync(join(store, name), { recursive: true, force: true });
  }
}

/** Drops what was used longest ago until the others fit; undefined when those that have to stay do not. */
function makeRoom(
  dataRoot: string,
  replaced: string,
  room: number,
  stays: (key: string) => boolean,
): string[] | undefined {
  const all = listSnapshots(dataRoot).filter(({ key }) => key !== replaced);
  const dropped: string[] = [];
  let taken = all.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { key, bytes } of all) {
    if (taken <= room) break;
    if (stays(key)) continue;
    dropped.push(key);
    taken -= bytes;
  }
  if (taken > room) return undefined;
  for (const key of dropped) dropSnapshot(dataRoot, key);
  return dropped;
}

function writeDescription(
  directory: string,
  entries: readonly Entry[],
  about: Omit<Manifest, 'boot' | 'entries'>,
): void {
  const text = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  writeFileAtomic(join(directory, ENTRIES), text, 0o600);
  const whole: Manifest = { ...about, boot: bootId(), entries: sha256(text) };
  writeFileAtomic(join(directory, MANIFEST), `${JSON.stringify(whole, undefined, 1)}\n`, 0o600);
}

function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const bootId = (): string => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
