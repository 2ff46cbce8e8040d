import { createHash } from 'node:crypto';
import { createReadStream, type Dirent, promises as fs } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../basics/fault.js';
import type { Batch } from './batch.js';
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
    rows: () => rowsBelow(root, ''),
    close: async () => {},
  };
}

async function* rowsBelow(root: string, below: string): AsyncGenerator<Batch> {
  const entries = await entriesOf(join(root, below));
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      const inside = await entriesOf(join(root, path));
      if (inside.length > 0) {
        yield* rowsBelow(root, path);
        continue;
      }
    }
    const row = await describe(root, path, entry);
    if (row !== undefined) yield { bytes: row, ends: [row.length] };
  }
}

/** What is gone between two looks is not there. */
async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    return await fs.readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw new SourceError(error instanceof Error ? error.message : String(error));
  }
}

async function describe(root: string, path: string, entry: Dirent): Promise<Buffer | undefined> {
  const full = join(root, path);
  try {
    const { mode, size } = await fs.lstat(full);
    const kind = entry.isFile()
      ? 'file'
      : entry.isSymbolicLink()
        ? 'link'
        : entry.isDirectory()
          ? 'directory'
          : 'other';
    const what = kind === 'file' ? await digestOf(full) : kind === 'link' ? await fs.readlink(full) : '';
    const bits = (mode & 0o7777).toString(8);
    const cells = [kind, kind === 'link' ? '' : bits, path, kind === 'file' ? String(size) : '', what];
    return Buffer.from(JSON.stringify(cells));
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new SourceError(error instanceof Error ? error.message : String(error));
  }
}

async function digestOf(file: string): Promise<string> {
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
