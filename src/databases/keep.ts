import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeFileAtomic } from '../basics/files.js';
import { linesOf } from './lines.js';
import { writeAll } from './pile.js';
import { BUCKET, BUCKETS, DIGEST, type Reader, type Sums, type Table } from './reader.js';

const table = v.object({
  name: v.string(),
  view: v.boolean(),
  columns: v.array(
    v.object({ name: v.string(), type: v.string(), nullable: v.boolean(), default: v.nullable(v.string()) }),
  ),
  key: v.array(v.string()),
  definitions: v.array(v.object({ kind: v.picklist(['index', 'constraint']), name: v.string(), text: v.string() })),
});
const index = v.object({
  format: v.literal(1),
  hash: v.string(),
  tables: v.array(v.object({ table, rows: v.number() })),
});
const sums = v.array(v.tuple([v.string(), v.number(), v.string()]));

/** A table as it was kept. */
export interface KeptTable {
  readonly table: Table;
  readonly rows: number;
  /** About how many characters its rows are. */
  readonly size: number;
  sums(): Sums;
  /** Its rows, without their bucket and digest; only of these buckets when they are given. */
  lines(buckets?: ReadonlySet<string>): AsyncGenerator<string>;
}

/** What was kept of a source. */
export interface Kept {
  /** By which function its sums were made. */
  readonly hash: string;
  readonly tables: readonly KeptTable[];
}

const INDEX = 'tables.json';

/**
 * Keeps what is needed to compare a source once it is no longer as it was: the sums of every table, and its rows, a
 * line each, for where sums will differ. Until all of it is there, there is nothing. Views are told by their tables.
 */
export async function keepState(reader: Reader, directory: string, stop: AbortSignal): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const tables: { table: Table; rows: number }[] = [];
  for (const each of reader.tables.filter(({ view }) => !view)) {
    const wanted = { columns: each.columns.map(({ name }) => name), key: each.key };
    const tally = new Tally();
    const fd = openSync(join(directory, `${tables.length}.rows`), 'w', 0o600);
    try {
      for await (const lines of linesOf(written(reader.rows(each.name, wanted), fd))) {
        for (const line of lines) tally.add(line);
        stop.throwIfAborted();
      }
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    writeFileAtomic(join(directory, `${tables.length}.sums`), JSON.stringify(tally.sums()), 0o600);
    tables.push({ table: each, rows: tally.rows });
  }
  writeFileAtomic(join(directory, INDEX), JSON.stringify({ format: 1, hash: reader.hash, tables }), 0o600);
}

async function* written(chunks: AsyncIterable<Buffer>, fd: number): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    writeAll(fd, chunk);
    yield chunk;
  }
}

/** Reads what was kept; undefined when nothing whole is there. */
export function readKept(directory: string): Kept | undefined {
  const path = join(directory, INDEX);
  if (!existsSync(path)) return undefined;
  const { hash, tables } = v.parse(index, JSON.parse(readFileSync(path, 'utf8')));
  return {
    hash,
    tables: tables.map((each, at) => {
      const rows = join(directory, `${at}.rows`);
      return {
        ...each,
        size: statSync(rows).size,
        sums: () => {
          const kept = v.parse(sums, JSON.parse(readFileSync(join(directory, `${at}.sums`), 'utf8')));
          return new Map(kept.map(([bucket, count, sum]) => [bucket, { rows: count, sum }]));
        },
        lines: (buckets) => textsOf(createReadStream(rows, { highWaterMark: 256 * 1024 }), buckets),
      };
    }),
  };
}

/** The values of lines as a reader gives them. */
export async function* textsOf(
  chunks: AsyncIterable<Buffer>,
  buckets: ReadonlySet<string> | undefined,
): AsyncGenerator<string> {
  for await (const lines of linesOf(chunks)) {
    for (const line of lines) {
      if (buckets === undefined || buckets.has(line.toString('latin1', 0, BUCKET)))
        yield line.toString('utf8', BUCKET + DIGEST);
    }
  }
}

/** Adds up the digests of rows by bucket, as the engines do; exactly, in two halves. */
class Tally {
  readonly #count = new Float64Array(2 * BUCKETS);
  readonly #high = new Float64Array(2 * BUCKETS);
  readonly #low = new Float64Array(2 * BUCKETS);
  rows = 0;

  add(line: Buffer): void {
    const bucket = hex(line, 0, BUCKET);
    this.rows++;
    this.#count[bucket] = (this.#count[bucket] ?? 0) + 1;
    this.#high[bucket] = (this.#high[bucket] ?? 0) + hex(line, BUCKET, BUCKET + DIGEST - 8);
    this.#low[bucket] = (this.#low[bucket] ?? 0) + hex(line, BUCKET + DIGEST - 8, BUCKET + DIGEST);
  }

  sums(): [string, number, string][] {
    const sums: [string, number, string][] = [];
    for (const [bucket, count] of this.#count.entries()) {
      if (count === 0) continue;
      const sum = (BigInt(this.#high[bucket] ?? 0) << 32n) + BigInt(this.#low[bucket] ?? 0);
      sums.push([bucket.toString(16), count, String(sum)]);
    }
    return sums;
  }
}

/** Lower-case hexadecimal digits as a number, without making a string of them. */
function hex(bytes: Buffer, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    value = value * 16 + (byte < 58 ? byte - 48 : byte - 87);
  }
  return value;
}
