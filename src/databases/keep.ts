import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeFileAtomic } from '../basics/files.js';
import { type Batch, readBatches, writeBatch } from './batch.js';
import { orderOf, type Reader, type Table } from './reader.js';
import { Sums } from './sums.js';

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
  format: v.literal(2),
  tables: v.array(v.object({ table, rows: v.number() })),
});

/** A table as it was kept. */
export interface KeptTable {
  readonly table: Table;
  readonly rows: number;
  /** About how many bytes its rows are. */
  readonly size: number;
  sums(): Sums;
  /** Its rows, their values in the order of `orderOf` by its key. */
  batches(): AsyncIterable<Batch>;
}

/** What was kept of a source. */
export interface Kept {
  readonly tables: readonly KeptTable[];
}

const INDEX = 'tables.json';

/**
 * Keeps what is needed to compare a source once it is no longer as it was: the sums of every table, and its rows, for
 * where sums will differ. Until all of it is there, there is nothing. Views are told by their tables.
 */
export async function keepState(reader: Reader, directory: string, stop: AbortSignal): Promise<void> {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const tables: { table: Table; rows: number }[] = [];
  for (const each of reader.tables.filter(({ view }) => !view)) {
    const sums = new Sums();
    const fd = openSync(join(directory, `${tables.length}.rows`), 'w', 0o600);
    try {
      for await (const batch of reader.rows(each.name, orderOf(each, each.key))) {
        sums.add(batch, reader.format, each.key.length);
        writeBatch(fd, batch);
        stop.throwIfAborted();
      }
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    writeFileAtomic(join(directory, `${tables.length}.sums`), JSON.stringify(sums), 0o600);
    tables.push({ table: each, rows: sums.rows });
  }
  writeFileAtomic(join(directory, INDEX), JSON.stringify({ format: 2, tables }), 0o600);
}

/** Reads what was kept; undefined when nothing whole is there. */
export function readKept(directory: string): Kept | undefined {
  const path = join(directory, INDEX);
  if (!existsSync(path)) return undefined;
  const { tables } = v.parse(index, JSON.parse(readFileSync(path, 'utf8')));
  return {
    tables: tables.map((each, at) => {
      const rows = join(directory, `${at}.rows`);
      return {
        ...each,
        size: statSync(rows).size,
        sums: () => Sums.from(JSON.parse(readFileSync(join(directory, `${at}.sums`), 'utf8'))),
        batches: () => readBatches(rows),
      };
    }),
  };
}
