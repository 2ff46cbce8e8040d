import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** The last lines of a log; a log that is gone has none. */
export type Tail = (log: string) => readonly string[];

/** More than this is never read, however large the log. */
const WINDOW = 64 * 1024;

/** Reads the last lines of logs below a run's directory, raw: secrets are masked where the text is shown. */
export function tailOf(runDir: string, most = 100): Tail {
  return (log) => {
    let fd: number;
    try {
      fd = openSync(join(runDir, log), 'r');
    } catch {
      return [];
    }
    try {
      const { size } = fstatSync(fd);
      const bytes = Buffer.alloc(Math.min(size, WINDOW));
      const read = readSync(fd, bytes, 0, bytes.length, size - bytes.length);
      const lines = bytes.toString('utf8', 0, read).trimEnd().split('\n');
      // The window rarely begins where a line does.
      if (size > WINDOW && lines.length > 1) lines.shift();
      return lines.filter((line) => line.trim() !== '').slice(-most);
    } finally {
      closeSync(fd);
    }
  };
}
