import {
  closeSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from 'node:fs';

/**
 * Writes a whole file so that a crash leaves either the old content or the new, never a part:
 * write beside it, sync, rename.
 */
export function writeFileAtomic(path: string, content: string | Uint8Array, mode = 0o644): void {
  const beside = `${path}.${process.pid}.tmp`;
  try {
    const fd = openSync(beside, 'w', mode);
    try {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      for (let written = 0; written < bytes.length; ) written += writeSync(fd, bytes, written);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Lets a symbolic link lead somewhere, whether there is one or not, in one step: it never leads nowhere. */
export function linkAtomic(path: string, to: string): void {
  const beside = `${path}.${process.pid}`;
  rmSync(beside, { force: true });
  symlinkSync(to, beside);
  renameSync(beside, path);
}

/** A text with another path for this one and what lies below it; `/srv/data-old` is not below `/srv/data`. */
export function replacePath(text: string, from: string, to: string): string {
  const literally = from.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`${literally}(?![\\w.-])`, 'g'), () => to);
}

/** A last line that is longer, in bytes, is not told. */
const LONGEST_LINE = 1000;

/** The last line that is not blank of what was written to an open file from this offset on; undefined where there is none. */
export function lastLine(fd: number, since = 0): string | undefined {
  const from = Math.max(since, fstatSync(fd).size - LONGEST_LINE);
  const bytes = Buffer.alloc(LONGEST_LINE);
  const text = bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, from));
  // Half a line could be half a secret, which nothing would mask.
  const lines = text
    .trimEnd()
    .split('\n')
    .slice(from > since ? 1 : 0);
  return lines.at(-1)?.trim() || undefined;
}
