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

/** Which rows to read, and what of them. */
export interface RowsWanted {
  /** By name; their values in this order. */
  readonly columns: readonly string[];
  /** What a row's bucket comes from; the whole row where it is empty. */
  readonly key: readonly string[];
  /** Only these; all when left out. */
  readonly buckets?: ReadonlySet<string>;
}

/**
 * What the rows of one bucket come to: how many, and the sum of their digests, as decimal text. A bucket holds the
 * rows whose keys have twelve bits of their hash in common, so that two sides agree on it whatever their collations,
 * the order of their rows, or their engine's version.
 */
export interface Sum {
  readonly rows: number;
  readonly sum: string;
}
export type Sums = ReadonlyMap<string, Sum>;

/** A value as text, as its engine writes it, whatever the session's settings; null for NULL. */
export type Cell = string | null;

/** One source of state, open at one moment: all tables are read as they were when it was opened. */
export interface Reader {
  readonly tables: readonly Table[];
  /** By which function rows are hashed: sums by another one say nothing of these. */
  readonly hash: string;
  /** Sums of all buckets, computed in the engine; undefined where there is no engine to ask. */
  sums(table: string, wanted: RowsWanted): Promise<Sums | undefined>;
  /**
   * Rows as lines: the digits of the bucket, those of the row's digest (`Sum` adds these up), and the row's
   * values as `cells` reads them. Chunks end anywhere.
   */
  rows(table: string, wanted: RowsWanted): AsyncIterable<Buffer>;
  close(): Promise<void>;
}

/** Longer values are told by their length and md5: no line grows without limit. */
export const LONGEST_VALUE = 8192;

/** Digits of a line's bucket, and of its digest after it; the first of each is a 1, so that none are lost. */
export const BUCKET = 4;
export const DIGEST = 16;
/** How many buckets there are. */
export const BUCKETS = 4096;

/** Whether a failure is the source's, told in its own words, and no fault of ours. */
export class SourceError extends Error {}
