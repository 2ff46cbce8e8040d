import { createHash } from 'node:crypto';
import { createReadStream, type Dirent, promises as fs } from 'node:fs';
import { join } from 'node:path';
import { BUCKET, type Cell, DIGEST, type Reader, SourceError } from './reader.js';

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
    hash: 'md5',
    tables: [
      {
        name: FILES,
        view: false,
        columns: COLUMNS.map((name) => ({ name, type: 'text', nullable: false, default: null })),
        key: ['path'],
        definitions: [],
      },
    ],
    sums: async () => undefined,
    rows: () => lines(root, ''),
    close: async () => {},
  };
}

async function* lines(root: string, below: string): AsyncGenerator<Buffer> {
  const entries = await entriesOf(join(root, below));
  for (const entry of entries) {
    const path = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) {
      const inside = await entriesOf(join(root, path));
      if (inside.length > 0) {
        yield* lines(root, path);
        continue;
      }
    }
    const row = await describe(root, path, entry);
    if (row !== undefined) yield row;
  }
}

/** What is gone between two looks is not there. */
async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    return await fs.readdir(directory, { withFileTypes: true });
  } catch (error) {
    if (isGone(error)) return [];
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
    const text = JSON.stringify([kind, kind === 'link' ? '' : bits, path, kind === 'file' ? String(size) : '', what]);
    const digest = (of: string, digits: number): string =>
      `1${createHash('md5').update(of).digest('hex').slice(1, digits)}`;
    return Buffer.from(`${digest(path, BUCKET)}${digest(text, DIGEST)}${text}\n`);
  } catch (error) {
    if (isGone(error)) return undefined;
    throw new SourceError(error instanceof Error ? error.message : String(error));
  }
}

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { highWaterMark: 256 * 1024 })) hash.update(chunk);
  return hash.digest('hex');
}

const isGone = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

export function fileCells(line: string): Cell[] {
  const cells: unknown = JSON.parse(line);
  return Array.isArray(cells) ? cells.map(String) : [];
}
