import type { Batch } from './batch.js';

/** A column of a table, with what an upgrade may change about it. */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly nullable: boolean;
  /** The expression as the engine writes it. */
  readonly default: string | null;
}

/** An index or a constraint, told by what it does and not by its name. */
export interface Definition {
  readonly kind: 'index' | 'constraint';
  readonly name: string;
  readonly text: string;
}

/** A table as one side has it. A directory of files is one too: its key is the path. */
export interface Table {
  /** As people write it: `public.jobs`. */
  readonly name: string;
  readonly view: boolean;
  /** By name. */
  readonly columns: readonly Column[];
  /** Columns that tell its rows apart: the primary key, or else a unique one; empty where there is none. */
  readonly key: readonly string[];
  readonly definitions: readonly Definition[];
}

/** The columns of a table in the order in which its rows are read: these first, by which they are told apart. */
export const orderOf = ({ columns }: Table, key: readonly string[]): readonly string[] => [
  ...key,
  ...columns.map(({ name }) => name).filter((name) => !key.includes(name)),
];

/** A value as its engine writes it, whatever the session's settings; null for NULL. */
export type Cell = string | null;

/** Asks an engine, and gives rows of cells. */
export type Ask = (sql: string) => Promise<Cell[][]>;

/** How the rows of a source are written. */
export interface Format {
  /** Bytes of a row before its first value. */
  readonly header: number;
  /** Where the value ends that is `count` values further than `from`, which is where one begins. */
  skip(bytes: Buffer, from: number, count: number): number;
  /** The values of a row. Both have a character a byte: no two values become one for being no text. */
  cells(row: string): Cell[];
}

/** One source of state, open at one moment: all tables are read as they were when it was opened. */
export interface Reader {
  readonly tables: readonly Table[];
  readonly format: Format;
  /** All rows, with the values of these columns in this order. */
  rows(table: string, columns: readonly string[]): AsyncIterable<Batch>;
  close(): Promise<void>;
}

/** Longer values are told by their length and a digest: no row grows without limit. In bytes. */
export const LONGEST_VALUE = 8192;

/** Whether a failure is the source's, told in its own words, and no fault of ours. */
export class SourceError extends Error {}
