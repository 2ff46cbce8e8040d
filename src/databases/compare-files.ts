import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Difference } from '../journal/difference.js';
import { rowsOf } from './batch.js';
import type { CompareOptions, Looked } from './compare-tables.js';
import { FILES, fileCells } from './directory.js';
import type { Kept } from './keep.js';
import { matchRows } from './match.js';
import { Pile } from './pile.js';
import type { Reader } from './reader.js';

interface File {
  readonly kind: string;
  readonly mode: string;
  readonly path: string;
  readonly size: string;
  /** What is in it: a digest, or where a link leads. */
  readonly what: string;
}

/** Where the files of both sides can be read, to find those that were written anew in other words. */
export interface Contents {
  readonly before: string;
  readonly after: string;
}

/** Compares a directory with what was kept of it, and tells every file that differs. */
export async function compareFiles(
  kept: Kept,
  reader: Reader,
  options: CompareOptions & { readonly contents: Contents },
  tell: (difference: Difference) => void,
): Promise<Looked> {
  const { scratch, contents, telling } = options;
  const [before] = kept.tables;
  if (before === undefined) return { tables: 0, rows: 0 };
  const one = (kind: Difference['kind'], path: string, detail?: string): void =>
    tell({ kind, at: telling.mask(path), count: 1, examples: [], ...(detail === undefined ? {} : { detail }) });
  const [gone, come] = ['gone', 'new'].map((name) => new Pile(join(scratch, name), 4 * 1024 * 1024));
  if (gone === undefined || come === undefined) return { tables: 0, rows: 0 };
  const pathOf = (row: string): string => fileOf(row).path;
  try {
    await matchRows(
      rowsOf(before.batches()),
      rowsOf(reader.rows(FILES, [])),
      { keyOfLeft: pathOf, keyOfRight: pathOf, size: before.size, scratch },
      {
        both: (left, right) => {
          if (left !== right) one('files-changed', pathOf(left), changes(fileOf(left), fileOf(right)));
        },
        left: (row) => gone.add(row),
        right: (row) => come.add(row),
      },
    );
    const lost: File[] = [];
    const fresh: File[] = [];
    await matchRows(
      gone,
      come,
      {
        keyOfLeft: bytesOf('left'),
        keyOfRight: bytesOf('right'),
        size: gone.count * (before.size / Math.max(1, before.rows)),
        scratch,
      },
      {
        both: (left, right) => one('files-moved', pathOf(left), `→ ${telling.mask(pathOf(right))}`),
        left: (row) => (lost.length < FEW ? lost.push(fileOf(row)) : one('files-gone', pathOf(row))),
        right: (row) => (fresh.length < FEW ? fresh.push(fileOf(row)) : one('files-new', pathOf(row))),
      },
    );
    const rewritten = findRewritten(lost, fresh, contents);
    for (const [from, to] of rewritten) one('files-rewritten', from.path, `→ ${telling.mask(to.path)}`);
    const rest = new Set(rewritten.values());
    for (const file of lost) if (!rewritten.has(file)) one('files-gone', file.path, wordFor(file));
    for (const file of fresh) if (!rest.has(file)) one('files-new', file.path, wordFor(file));
  } finally {
    gone.close();
    come.close();
  }
  return { tables: 0, rows: before.rows };
}

function fileOf(row: string): File {
  const [kind, mode, path, size, what] = fileCells(row).map((cell) => cell ?? '');
  return { kind: kind ?? '', mode: mode ?? '', path: path ?? '', size: size ?? '', what: what ?? '' };
}

const wordFor = ({ kind, size }: File): string => (kind === 'file' ? `${size} bytes` : `a ${kind}`);

/** What a file is known by under any name; an empty one, or a directory, by nothing. */
function bytesOf(side: string): (row: string) => string {
  let number = 0;
  return (row) => {
    const { kind, size, what } = fileOf(row);
    return what === '' || size === '0' ? `${side}${number++}` : `${kind} ${what}`;
  };
}

function changes(before: File, after: File): string {
  return [
    ...(before.kind === after.kind ? [] : [`a ${before.kind} → a ${after.kind}`]),
    ...(before.what === after.what ? [] : [`content, ${wordFor(before)} → ${wordFor(after)}`]),
    ...(before.mode === after.mode ? [] : [`mode ${before.mode} → ${after.mode}`]),
  ].join(', ');
}

/** More files than this are not looked into. */
const FEW = 2000;
/** Candidates for one file, the nearest by their path. */
const NEAREST = 8;
const LARGEST = 64 * 1024;
/** How much of what a file says its successor must say. */
const ENOUGH = 0.6;

/**
 * Files whose words are found again in a new file near by: converted, not lost. A word is what stands between
 * anything else than letters and digits, and within `camelCase`.
 */
function findRewritten(gone: readonly File[], come: readonly File[], contents: Contents): Map<File, File> {
  const found = new Map<File, File>();
  const taken = new Set<File>();
  const read = new Map<File, ReadonlySet<string>>();
  const words = (root: string, file: File): ReadonlySet<string> => {
    const known = read.get(file) ?? wordsIn(join(root, file.path));
    read.set(file, known);
    return known;
  };
  for (const file of gone) {
    if (file.kind !== 'file' || Number(file.size) > LARGEST) continue;
    const said = words(contents.before, file);
    if (said.size < 3) continue;
    const candidates = come
      .filter((other) => other.kind === 'file' && !taken.has(other) && Number(other.size) <= LARGEST)
      .map((other) => ({ other, near: shared(file.path, other.path) }))
      .filter(({ near }) => near > 0 && near >= dirname(dirname(file.path)).length)
      .sort((a, b) => b.near - a.near)
      .slice(0, NEAREST)
      .map(({ other }) => ({ other, alike: overlap(said, words(contents.after, other)) }))
      .sort((a, b) => b.alike - a.alike);
    const [best] = candidates;
    if (best === undefined || best.alike < ENOUGH) continue;
    found.set(file, best.other);
    taken.add(best.other);
  }
  return found;
}

/** How many characters two paths begin with in common. */
function shared(one: string, two: string): number {
  let at = 0;
  while (at < one.length && one[at] === two[at]) at++;
  return at;
}

function wordsIn(path: string): ReadonlySet<string> {
  try {
    if (statSync(path).size > LARGEST) return new Set();
    const text = readFileSync(path, 'utf8');
    // Not text.
    if (text.includes('\0')) return new Set();
    return new Set(
      text
        .replaceAll(/([a-z])([A-Z])/g, '$1 $2')
        .toLowerCase()
        .match(/[\p{L}\p{N}]+/gu) ?? [],
    );
  } catch {
    return new Set(); // Gone meanwhile, or never copied: then nothing is known of what it said.
  }
}

function overlap(said: ReadonlySet<string>, others: ReadonlySet<string>): number {
  return [...said].filter((word) => others.has(word)).length / said.size;
}
