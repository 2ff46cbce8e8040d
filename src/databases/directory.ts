import { createHash } from 'node:crypto';
import { createReadStream, promises as fs } from 'node:fs';
import type { Batch } from './batch.js';
import { type Entry, entriesOf, isGone, targetOf } from './entries.js';
import { type Cell, type Format, type Reader, SourceError } from './reader.js';

/** The one table of a directory. */
export const FILES = 'files';
const COLUMNS = ['kind', 'mode', 'path', 'size', 'what'];

/**
 * Opens a directory as a table of its files, by path: their kind, mode, size, and what they hold (a file's SHA-256, a
 * link's target). Directories are told only where they are empty: the others are told by what is in them.
 */
export async function openDirectory(root: string): Promise<Reader> {
  try {
    await fs.readdir(root);
  } catch (error) {
    throw new SourceError(error instanceof Error ? error.message : String(error));
  }
  return {
    tables: [
      {
        name: FILES,
        view: false,
        columns: COLUMNS.map((name) => ({ name, type: 'text', nullable: false, default: null })),
        key: ['path'],
        definitions: [],
      },
    ],
    format: FORMAT,
    rows: () => rowsBelow(Buffer.from(root), ''),
    close: async () => {},
  };
}

async function* rowsBelow(directory: Buffer, below: string): AsyncGenerator<Batch> {
  for (const entry of await entriesOf(directory, below)) {
    if (entry.kind.isDirectory() && (await entriesOf(entry.full, entry.path)).length > 0) {
      yield* rowsBelow(entry.full, entry.path);
      continue;
    }
    const row = await describe(entry);
    if (row !== undefined) yield { bytes: row, ends: [row.length] };
  }
}

async function describe({ path, full, kind: entry }: Entry): Promise<Buffer | undefined> {
  try {
    const { mode, size } = await fs.lstat(full);
    const kind = entry.isFile()
      ? 'file'
      : entry.isSymbolicLink()
        ? 'link'
        : entry.isDirectory()
          ? 'directory'
          : 'other';
    const what = kind === 'file' ? await digestOf(full) : kind === 'link' ? await targetOf(full) : '';
    const bits = (mode & 0o7777).toString(8);
    const cells = [kind, kind === 'link' ? '' : bits, path, kind === 'file' ? String(size) : '', what];
    return Buffer.from(JSON.stringify(cells));
  } catch (error) {
    if (isGone(error)) return undefined;
    throw new SourceError(error instanceof Error ? error.message : String(error));
  }
}

async function digestOf(file: Buffer): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) hash.update(chunk);
  return hash.digest('hex');
}

/** A row as JSON. No row is looked for by its key alone: all of them are read. */
const FORMAT: Format = { header: 0, skip: (bytes) => bytes.length, cells: fileCells };

export function fileCells(row: string): Cell[] {
  const cells: unknown = JSON.parse(Buffer.from(row, 'latin1').toString());
  return Array.isArray(cells) ? cells.map(String) : [];
}
