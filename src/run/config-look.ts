import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { codeOf } from '../basics/fault.js';
import type { Difference } from '../journal/difference.js';

/** A file of somebody's configuration, as it was when it was looked at. */
interface Seen {
  /** What tells, without reading it, whether it is still the same. */
  readonly stamp: string;
  readonly kind: 'file' | 'link' | 'other';
  readonly mode: string;
  readonly size: number;
  /** A digest of what it holds, or where a link leads. */
  readonly what: string;
  /** Its lines, where it is text of a size that people edit. */
  readonly lines: readonly string[] | undefined;
}

/** What lies at a place. */
export interface Look {
  /** The directory that paths begin at: the place, or that of the file which it is. */
  readonly root: string;
  readonly files: ReadonlyMap<string, Seen>;
}

/** More than this is not held to tell how many lines changed. */
const LARGEST = 64 * 1024;

/**
 * Looks at a file, or at all files of a directory; at nothing where there is nothing. What is as `before` had it is not
 * read again. Throws what the system says where something may not be read.
 */
export async function lookAt(place: string, before?: Look): Promise<Look> {
  const stat = await there(fs.lstat(place));
  if (stat === undefined) return { root: place, files: new Map() };
  // A place that is a link is looked through, as whoever reads it does.
  const target = stat.isSymbolicLink() ? await there(fs.stat(place)) : stat;
  const isDirectory = target?.isDirectory() === true;
  const root = isDirectory ? place : dirname(place);
  const found = new Map<string, Seen>();
  for (const path of isDirectory ? await filesBelow(place, '') : [basename(place)]) {
    const seen = await see(join(root, path), before?.files.get(path));
    if (seen !== undefined) found.set(path, seen);
  }
  return { root, files: found };
}

async function filesBelow(root: string, below: string): Promise<string[]> {
  const entries = (await there(fs.readdir(join(root, below), { withFileTypes: true }))) ?? [];
  const found: string[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) found.push(...(await filesBelow(root, path)));
    else found.push(path);
  }
  return found;
}

async function see(path: string, before: Seen | undefined): Promise<Seen | undefined> {
  const stat = await there(fs.lstat(path, { bigint: true }));
  if (stat === undefined) return undefined;
  const stamp = [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs, stat.mode].join(' ');
  if (before?.stamp === stamp) return before;
  const [mode, size] = [(Number(stat.mode) & 0o7777).toString(8), Number(stat.size)];
  if (stat.isSymbolicLink())
    return { stamp, kind: 'link', mode: '', size: 0, what: await fs.readlink(path), lines: undefined };
  if (!stat.isFile()) return { stamp, kind: 'other', mode, size: 0, what: '', lines: undefined };
  const bytes = await there(fs.readFile(path));
  if (bytes === undefined) return undefined;
  const text = bytes.length <= LARGEST && !bytes.includes(0) ? bytes.toString('utf8') : undefined;
  const what = createHash('sha256').update(bytes).digest('hex');
  return { stamp, kind: 'file', mode, size, what, lines: text?.split('\n') };
}

/** What is gone is no failure: it is not there. */
async function there<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** What became of configuration between two looks, a difference a file, in the order of their names. */
export function compareLooks(before: Look, after: Look): Difference[] {
  const differences: Difference[] = [];
  const tell = (kind: Difference['kind'], at: string, detail?: string): void => {
    differences.push({ kind, at, count: 1, examples: [], ...(detail === undefined ? {} : { detail }) });
  };
  for (const at of [...new Set([...before.files.keys(), ...after.files.keys()])].sort()) {
    const [old, now] = [before.files.get(at), after.files.get(at)];
    if (old === undefined) tell('files-new', at);
    else if (now === undefined) tell('files-gone', at);
    else if (old !== now) {
      const detail = changes(old, now);
      if (detail !== '') tell('files-changed', at, detail);
    }
  }
  return differences;
}

/** What is other than it was, in words; empty when it was only touched. Values are secrets more often than not. */
function changes(before: Seen, after: Seen): string {
  const same = before.kind === after.kind && before.what === after.what;
  return [
    ...(before.kind === after.kind ? [] : [`a ${before.kind} → a ${after.kind}`]),
    ...(same ? [] : [content(before, after)]),
    ...(before.mode === after.mode || before.kind !== after.kind ? [] : [`mode ${before.mode} → ${after.mode}`]),
  ].join(', ');
}

function content(before: Seen, after: Seen): string {
  if (before.lines === undefined || after.lines === undefined) return 'content';
  const [come, gone] = [beyond(after.lines, before.lines), beyond(before.lines, after.lines)];
  return come + gone === 0 ? 'the order of its lines' : `${come} new and ${gone} gone of its lines`;
}

/** How many lines of one text are not in the other. */
function beyond(lines: readonly string[], others: readonly string[]): number {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return lines.filter((line) => {
    const n = left.get(line) ?? 0;
    left.set(line, n - 1);
    return n <= 0;
  }).length;
}
