import { promises as fs } from 'node:fs';
import type { Difference } from '../journal/difference.js';
import { type Entry, entriesOf, targetOf } from './entries.js';
import { EXAMPLES } from './examples.js';
import { SourceError } from './reader.js';

/** One of two directories that are held side by side. */
export interface Side {
  readonly root: string;
  /** A text without what differs from system to system by itself: its own paths, ports, resources. */
  readonly plain: (text: string) => string;
}

/** Longer files are compared by what they are and not by what they say. */
const LONGEST = 256 * 1024;
const WIDTH = 120;
/** What services leave behind that says nothing but that they ran. */
const VOLATILE = /\.(?:pid|lock|sock|socket|log|tmp)$/i;

/**
 * Tells which files a fresh install has that the upgraded system has not, the other way round, and those of both that
 * are of another kind or mode or say something else: line by line, where they are text. Returns how many files the
 * upgraded system has there.
 */
export async function compareDirectories(
  fresh: Side,
  upgraded: Side,
  options: { readonly wanted: (path: string) => boolean; readonly stop: AbortSignal },
  tell: (difference: Difference) => void,
): Promise<number> {
  const wanted = (path: string): boolean => !VOLATILE.test(path) && options.wanted(path);
  // A fresh install is small, whatever the upgraded system holds by now.
  const there = new Map<string, Entry>();
  for await (const file of filesOf(fresh.root)) if (wanted(file.path)) there.set(fresh.plain(file.path), file);
  const looks: string[] = [];
  let number = 0;
  for await (const file of filesOf(upgraded.root)) {
    options.stop.throwIfAborted();
    const { path } = file;
    if (!wanted(path)) continue;
    number++;
    const known = there.get(upgraded.plain(path));
    there.delete(upgraded.plain(path));
    if (known === undefined) tell({ kind: 'file-extra', at: path, count: 1, examples: [] });
    else {
      const differs = await compareFiles({ ...fresh, ...known }, { ...upgraded, ...file });
      if (differs === 'looks') looks.push(`comments of ${path}`);
      else if (differs !== undefined) tell({ kind: 'file-differs', at: path, count: 1, ...differs });
    }
  }
  for (const { path } of there.values()) tell({ kind: 'file-missing', at: path, count: 1, examples: [] });
  if (looks.length > 0) {
    tell({ kind: 'looks-differ', at: 'others', count: looks.length, examples: looks.slice(0, EXAMPLES) });
  }
  return number;
}

/** All that is no directory, by path. What is not there has nothing in it. */
async function* filesOf(root: string): AsyncGenerator<Entry> {
  yield* filesBelow(Buffer.from(root), '');
}

async function* filesBelow(directory: Buffer, below: string): AsyncGenerator<Entry> {
  for (const entry of await entriesOf(directory, below)) {
    if (entry.kind.isDirectory()) yield* filesBelow(entry.full, entry.path);
    else if (entry.kind.isFile() || entry.kind.isSymbolicLink()) yield entry;
  }
}

type File = Side & Entry;

async function compareFiles(
  fresh: File,
  upgraded: File,
): Promise<'looks' | Pick<Difference, 'detail' | 'examples'> | undefined> {
  const [there, here] = await Promise.all([describe(fresh), describe(upgraded)]);
  const traits = (['kind', 'mode', 'target'] as const)
    .filter((name) => there[name] !== here[name])
    .map((name) => `${name} ${here[name]} (fresh: ${there[name]})`);
  const [wrote, writes] = [there.text, here.text];
  if (wrote !== undefined && writes !== undefined && wrote !== writes) {
    const [from, to] = [meaning(wrote), meaning(writes)];
    if (from.join('\n') !== to.join('\n')) {
      const examples = [...only(to, from, 'here'), ...only(from, to, 'fresh')];
      const said = examples.length === 0 ? 'the same lines in another order' : 'says something else';
      return { detail: [...traits, said].join(', '), examples };
    }
    if (traits.length === 0) return 'looks';
  }
  return traits.length === 0 ? undefined : { detail: traits.join(', '), examples: [] };
}

interface Described {
  readonly kind: string;
  readonly mode: string;
  readonly target: string;
  /** What it says, if it is a text that is not too long. */
  readonly text: string | undefined;
}

async function describe({ full, plain }: File): Promise<Described> {
  try {
    const stat = await fs.lstat(full);
    if (stat.isSymbolicLink()) {
      return { kind: 'link', mode: '', target: plain(await targetOf(full)), text: undefined };
    }
    const bytes = stat.size > LONGEST ? undefined : await fs.readFile(full);
    const text = bytes === undefined || bytes.includes(0) ? undefined : plain(bytes.toString('utf8'));
    return { kind: 'file', mode: (stat.mode & 0o7777).toString(8), target: '', text };
  } catch (error) {
    throw new SourceError(error instanceof Error ? error.message : String(error));
  }
}

/** Lines that mean something to a program: without blank ones and comments, without space around them. */
const meaning = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(?:#|;|\/\/|--)/.test(line));

/** The first few lines that the other does not have. */
function only(lines: readonly string[], others: readonly string[], where: string): string[] {
  const known = new Set(others);
  return lines
    .filter((line) => !known.has(line))
    .slice(0, EXAMPLES)
    .map((line) => `${where}: ${line.length > WIDTH ? `${line.slice(0, WIDTH - 3)}...` : line}`);
}
