import { join } from 'node:path';
import type { Difference, DifferenceKind } from '../journal/difference.js';
import { type Batch, rowsOf } from './batch.js';
import { compareDefinitions } from './compare-definitions.js';
import { Found, type Telling, tellCell, tellCells } from './examples.js';
import type { Kept, KeptTable } from './keep.js';
import { matchRows } from './match.js';
import { Pile } from './pile.js';
import { type Cell, orderOf, type Reader, type Table } from './reader.js';
import { findAmbiguous } from './rekeyed.js';
import { Renames } from './renames.js';
import { BUCKETS, rowsInBuckets, Sums } from './sums.js';

export interface CompareOptions {
  /** A directory for what does not fit into memory; its content is the comparison's alone. */
  readonly scratch: string;
  readonly telling: Telling;
  readonly stop: AbortSignal;
}

/** What was looked at, for those who want to know how much a silence is worth. */
export interface Looked {
  readonly tables: number;
  readonly rows: number;
}

/** Compares a database with what was kept of it, and tells every difference. */
export async function compareTables(
  kept: Kept,
  reader: Reader,
  options: CompareOptions,
  tell: (difference: Difference) => void,
): Promise<Looked> {
  const now = new Map(reader.tables.map((table) => [table.name, table]));
  let rows = 0;
  for (const before of kept.tables) {
    options.stop.throwIfAborted();
    const { name } = before.table;
    const after = now.get(name);
    now.delete(name);
    rows += before.rows;
    if (after === undefined) {
      tell({ kind: 'table-gone', at: name, count: before.rows, examples: [] });
      continue;
    }
    if (after.view) tell({ kind: 'table-changed', at: name, count: 1, detail: 'a table → a view', examples: [] });
    else compareDefinitions(before.table, after, tell);
    await compareRows(before, after, reader, options, tell);
  }
  for (const { name, view } of now.values()) {
    if (!view) tell({ kind: 'table-new', at: name, count: 1, examples: [] });
  }
  return { tables: kept.tables.length, rows };
}

/** What the rows of two sides have in common, and what tells them apart. */
interface Shape {
  /** The columns of each side, as its rows have them. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** Columns of both, by name. */
  readonly common: readonly string[];
  readonly key: readonly string[];
  /** Columns of both that are no part of the key. */
  readonly content: readonly string[];
  /** Columns of both whose types differ. */
  readonly retyped: ReadonlySet<string>;
}

function shapeOf(before: Table, after: Table): Shape {
  const from = orderOf(before, before.key);
  const common = from.filter((name) => after.columns.some((column) => column.name === name));
  const key = before.key.every((name) => common.includes(name)) ? before.key : [];
  const typeOf = (table: Table, name: string) => table.columns.find((column) => column.name === name)?.type;
  return {
    before: from,
    after: orderOf(after, key),
    common,
    key,
    content: common.filter((name) => !key.includes(name)),
    retyped: new Set(common.filter((name) => typeOf(before, name) !== typeOf(after, name))),
  };
}

async function compareRows(
  before: KeptTable,
  after: Table,
  reader: Reader,
  options: CompareOptions,
  tell: (difference: Difference) => void,
): Promise<void> {
  const { telling, scratch, stop } = options;
  const { format } = reader;
  const at = before.table.name;
  const shape = shapeOf(before.table, after);
  const { key, common, content } = shape;
  const alike = shape.before.length === common.length && shape.after.length === common.length;
  let buckets: ReadonlySet<number> | undefined;
  if (alike && shape.retyped.size === 0 && key.length === before.table.key.length) {
    const sums = new Sums();
    for await (const batch of reader.rows(at, shape.after)) {
      sums.add(batch, format, key.length);
      stop.throwIfAborted();
    }
    buckets = before.sums().differing(sums);
    if (buckets.size === 0) return;
  }

  const read = (names: readonly string[]) => {
    const width = names.length;
    return (row: string): ReadonlyMap<string, Cell> => {
      const values = format.cells(row);
      const map = new Map<string, Cell>();
      for (let i = 0; i < width; i++) map.set(names[i] ?? '', values[i] ?? null);
      return map;
    };
  };
  const [readBefore, readAfter] = [read(shape.before), read(shape.after)];
  const by = (columns: readonly string[], reading: (row: string) => ReadonlyMap<string, Cell>) => (row: string) => {
    const values = reading(row);
    return JSON.stringify(columns.map((name) => values.get(name)));
  };
  const same = (column: string, one: Cell, two: Cell): boolean =>
    one === two || (shape.retyped.has(column) && meansTheSame(one, two));

  const changed = new Map<string, Found>();
  const renames = new Renames(shape.before, shape.after);
  // What only one side has, until it is known whether the other has its content under another key.
  const [gone, come] = ['gone', 'new'].map((name) => new Pile(join(scratch, name), 4 * 1024 * 1024));
  if (gone === undefined || come === undefined) return;
  const size = buckets === undefined ? before.size : (before.size * buckets.size) / BUCKETS;
  const identity = key.length === 0 ? common : key;
  const rows = (all: AsyncIterable<Batch>): AsyncIterable<string> =>
    stoppable(buckets === undefined ? rowsOf(all) : rowsInBuckets(all, format, key.length, buckets), stop);
  try {
    await matchRows(
      rows(before.batches()),
      rows(reader.rows(at, shape.after)),
      { keyOfLeft: by(identity, readBefore), keyOfRight: by(identity, readAfter), size, scratch },
      {
        both: (one, two) => {
          if (alike && one === two) return;
          const [from, to] = [readBefore(one), readAfter(two)];
          renames.pair(from, to);
          for (const column of content) {
            const [a, b] = [from.get(column) ?? null, to.get(column) ?? null];
            if (same(column, a, b)) continue;
            const found = changed.get(column) ?? new Found();
            changed.set(column, found);
            found.add(() => {
              const [x, y] = [a, b].map((cell) => tellCell(column, cell, telling));
              return `${tellCells(key, from, telling)}: ${x} → ${y}`;
            });
          }
        },
        left: (row) => gone.add(row),
        right: (row) => come.add(row),
      },
    );

    const [contentBefore, contentAfter] = [by(content, readBefore), by(content, readAfter)];
    const ambiguous =
      key.length === 0 || gone.count === 0 || come.count === 0
        ? () => true
        : await findAmbiguous(gone, come, () => stoppable(rowsOf(before.batches()), stop), contentBefore, contentAfter);
    const lost = new Found();
    const fresh = new Found();
    const rekeyed = new Found();
    const shown = key.length === 0 ? common : [...key, ...content];
    await matchRows(
      gone,
      come,
      {
        keyOfLeft: byContent(contentBefore, ambiguous, 'left'),
        keyOfRight: byContent(contentAfter, ambiguous, 'right'),
        size: gone.count * (before.size / Math.max(1, before.rows)),
        scratch,
      },
      {
        both: (one, two) => {
          const [from, to] = [readBefore(one), readAfter(two)];
          renames.pair(from, to);
          rekeyed.add(() => {
            const rest = tellCells(content.filter((name) => (from.get(name) ?? '') !== '').slice(0, 2), from, telling);
            return `${tellCells(key, from, telling)} → ${tellCells(key, to, telling)} (${rest})`;
          });
        },
        left: (row) => {
          const values = readBefore(row);
          renames.before(values);
          lost.add(() => tellCells(shown, values, telling));
        },
        right: (row) => fresh.add(() => tellCells(shown, readAfter(row), telling)),
      },
    );

    const put = (kind: DifferenceKind, found: Found, column?: string): void => {
      if (found.count === 0) return;
      tell({ kind, at, count: found.count, examples: found.examples, ...(column === undefined ? {} : { column }) });
    };
    put('rows-gone', lost);
    put('rows-rekeyed', rekeyed);
    for (const [column, found] of changed) put('rows-changed', found, column);
    put('rows-new', fresh);
    for (const { from, to, values } of renames.outcome()) {
      if (to !== undefined && from !== undefined) {
        tell({ kind: 'column-renamed', at, column: from, count: values, detail: `${from} → ${to}`, examples: [] });
      } else if (from !== undefined) {
        const examples = [`${values} of ${before.rows} rows had a value in it`];
        tell({ kind: 'column-gone', at, column: from, count: values, examples });
      } else if (to !== undefined) tell({ kind: 'column-new', at, column: to, count: 1, examples: [] });
    }
  } finally {
    gone.close();
    come.close();
  }
}

/** What a row holds beside its key, and what nothing else has where that is nothing, or nobody's in particular. */
function byContent(content: (row: string) => string, ambiguous: (content: string) => boolean, side: string) {
  let number = 0;
  return (row: string): string => {
    const cells = content(row);
    return /^\[(?:null,?)*\]$/.test(cells) || ambiguous(cells) ? `${side}${number++}` : cells;
  };
}

/** A value that its column's new type writes in another way: `1.50` and `1.5`, `t` and `1`, a time with its zone. */
function meansTheSame(one: Cell, two: Cell): boolean {
  if (one === null || two === null) return false;
  const plain = (text: string): string => TRUTH[text] ?? text.replace(/\+00(?::00)?$/, '').replace('T', ' ');
  if (plain(one) === plain(two)) return true;
  const number = /^-?\d{1,15}(?:\.\d{1,15})?$/;
  return number.test(one) && number.test(two) && Number(one) === Number(two);
}

const TRUTH: Readonly<Record<string, string>> = { t: '1', f: '0', true: '1', false: '0' };

async function* stoppable(rows: AsyncIterable<string>, stop: AbortSignal): AsyncGenerator<string> {
  let number = 0;
  for await (const row of rows) {
    if (++number % 1024 === 0) stop.throwIfAborted();
    yield row;
  }
}
