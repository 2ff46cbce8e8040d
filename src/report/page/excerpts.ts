import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { neutralise } from '../text.js';
import type { LogText, PageLog } from './model.js';

/** A log that the page should hold. */
export interface Wanted {
  /** Below the run's directory. */
  readonly path: string;
  /** Whether it tells of something that went wrong: more of it is kept. */
  readonly telling: boolean;
}

/** The logs of a page: what is known of each, and blocks of gzip that hold their texts. */
export interface Excerpts {
  readonly logs: readonly PageLog[];
  readonly blocks: readonly Buffer[];
}

const KB = 1024;

/** How much of a log is kept: all up to so many bytes, else its first and last part. The first that fits is taken. */
const ALLOWANCES = [
  { plain: 64 * KB, telling: 512 * KB },
  { plain: 32 * KB, telling: 512 * KB },
  { plain: 16 * KB, telling: 256 * KB },
  { plain: 8 * KB, telling: 128 * KB },
  { plain: 4 * KB, telling: 64 * KB },
  { plain: 1 * KB, telling: 16 * KB },
  { plain: 256, telling: 2 * KB },
];

/** What all logs may take in the page, in bytes of base64; a page stays below 10 MB. */
const ROOM = 8.5e6;

/** Logs are compressed together up to this size: few enough to compress well, small enough to open at once. */
const BLOCK = 512 * KB;

/** Read beyond a cut, so that a secret which lies across it is seen whole and masked. */
const MARGIN = 4 * KB;

/** Reads what there is room for of these logs, fit to be shown: secrets masked, no escape sequences. */
export function excerptsOf(
  runDir: string,
  wanted: readonly Wanted[],
  mask: (text: string) => string,
  room = ROOM,
): Excerpts {
  for (const allowance of ALLOWANCES) {
    const made = tryFit(runDir, wanted, mask, allowance, room);
    if (made !== undefined) return made;
  }
  return { logs: wanted.map(({ path }) => ({ path, size: undefined, omitted: 0, block: -1, index: 0 })), blocks: [] };
}

function tryFit(
  runDir: string,
  wanted: readonly Wanted[],
  mask: (text: string) => string,
  allowance: (typeof ALLOWANCES)[number],
  room: number,
): Excerpts | undefined {
  const logs: PageLog[] = [];
  const blocks: Buffer[] = [];
  let gathered: LogText[] = [];
  let size = 0;
  let used = 0;
  const close = (): void => {
    if (gathered.length === 0) return;
    const block = gzipSync(JSON.stringify(gathered));
    blocks.push(block);
    used += Math.ceil(block.length / 3) * 4;
    gathered = [];
    size = 0;
  };
  for (const { path, telling } of wanted) {
    const read = readParts(join(runDir, path), telling ? allowance.telling : allowance.plain, mask);
    if (read === undefined) {
      logs.push({ path, size: undefined, omitted: 0, block: -1, index: 0 });
      continue;
    }
    logs.push({ path, size: read.size, omitted: read.omitted, block: blocks.length, index: gathered.length });
    gathered.push(read.text);
    size += read.text.head.length + (read.text.tail?.length ?? 0);
    if (size >= BLOCK) close();
    if (used > room) return undefined;
  }
  close();
  return used > room ? undefined : { logs, blocks };
}

interface Parts {
  readonly size: number;
  readonly omitted: number;
  readonly text: LogText;
}

/** A whole file of at most `most` bytes, or its first quarter of that and the rest from its end; undefined when it is gone. */
function readParts(path: string, most: number, mask: (text: string) => string): Parts | undefined {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(fd);
    if (size <= most) return { size, omitted: 0, text: { head: presentable(read(fd, 0, size), mask) } };
    const first = Math.floor(most / 4);
    const last = most - first;
    const head = cutEnd(read(fd, 0, Math.min(size, first + MARGIN)), first, mask);
    const from = Math.max(0, size - last - MARGIN);
    const tail = cutStart(read(fd, from, size - from), last, mask);
    return { size, omitted: Math.max(0, size - most), text: { head, tail } };
  } finally {
    closeSync(fd);
  }
}

function read(fd: number, from: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let got = 0;
  while (got < length) {
    const n = readSync(fd, bytes, got, length - got, from + got);
    if (n === 0) break;
    got += n;
  }
  return bytes.subarray(0, got);
}

/** Whole lines from the beginning; of a line that alone is too long, as much as was asked for. */
function cutEnd(bytes: Buffer, most: number, mask: (text: string) => string): string {
  const line = bytes.subarray(0, most).lastIndexOf(0x0a);
  if (line !== -1) return presentable(bytes.subarray(0, line), mask);
  // What lies across the end of what was read is not known whole.
  return presentable(bytes, mask).slice(0, -MARGIN).slice(0, most);
}

/** Whole lines up to the end. */
function cutStart(bytes: Buffer, most: number, mask: (text: string) => string): string {
  const line = bytes.indexOf(0x0a, Math.max(0, bytes.length - most));
  if (line !== -1 && line < bytes.length - 1) return presentable(bytes.subarray(line + 1), mask);
  return presentable(bytes, mask).slice(MARGIN).slice(-most);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
const NEEDS_CARE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

/** Text fit to be shown. Lines with no control character, which most are, are masked once and all together. */
function presentable(bytes: Buffer, mask: (text: string) => string): string {
  return mask(bytes.toString('utf8'))
    .split('\n')
    .map((line) => (NEEDS_CARE.test(line) ? mask(neutralise(line)) : line))
    .join('\n');
}
