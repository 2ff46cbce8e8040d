import { isUtf8 } from 'node:buffer';
import { type Dirent, promises as fs } from 'node:fs';
import { codeOf } from '../basics/fault.js';
import { SourceError } from './reader.js';

/** Something in a directory. */
export interface Entry {
  /** Below the directory that is looked at, as people are told it: what is no UTF-8 stands there as `\xe9`. */
  readonly path: string;
  /** Its path, byte by byte: a name need not be text. */
  readonly full: Buffer;
  readonly kind: Dirent;
}

/** What is in a directory, whose own path is `below`. One that is gone between two looks is empty. */
export async function entriesOf(directory: Buffer, below: string): Promise<Entry[]> {
  let entries: Dirent[];
  try {
    // A character a byte.
    entries = await fs.readdir(directory, { withFileTypes: true, encoding: 'latin1' });
  } catch (error) {
    if (isGone(error)) return [];
    throw new SourceError(error instanceof Error ? error.message : String(error));
  }
  return entries.map((kind) => {
    const name = Buffer.from(kind.name, 'latin1');
    const told = textOf(name);
    return {
      path: below === '' ? told : `${below}/${told}`,
      full: Buffer.concat([directory, SLASH, name]),
      kind,
    };
  });
}

const SLASH = Buffer.from('/');

/** Where a link leads, as people are told it. */
export const targetOf = async (link: Buffer): Promise<string> =>
  textOf(await fs.readlink(link, { encoding: 'buffer' }));

export const isGone = (error: unknown): boolean => codeOf(error) === 'ENOENT';

const textOf = (bytes: Buffer): string =>
  isUtf8(bytes)
    ? bytes.toString()
    : bytes.toString('latin1').replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
