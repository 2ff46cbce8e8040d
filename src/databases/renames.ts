import type { Cell } from './reader.js';

/** What became of a column that only one side has. */
export interface ColumnOutcome {
  readonly from?: string;
  readonly to?: string;
  /** Rows that had a value in it. */
  readonly values: number;
}

/** Values that any two columns may have in common. */
const SMALL = new Set(['', '0', '1', 't', 'f', 'true', 'false', '{}', '[]']);
/** More columns than this are not tried against each other. */
const MOST = 24;

/**
 * Finds out which columns only have another name now: row by row the same values, and at least one of them such that
 * it is no accident.
 */
export class Renames {
  readonly #gone: readonly string[];
  readonly #come: readonly string[];
  readonly #values = new Map<string, number>();
  /** Pairs that have agreed so far, and whether that tells anything. */
  readonly #pairs: { readonly from: string; readonly to: string; alive: boolean; telling: boolean }[];

  constructor(before: readonly string[], after: readonly string[]) {
    this.#gone = before.filter((name) => !after.includes(name));
    this.#come = after.filter((name) => !before.includes(name));
    const few = this.#gone.length * this.#come.length <= MOST * MOST;
    this.#pairs = few
      ? this.#gone.flatMap((from) => this.#come.map((to) => ({ from, to, alive: true, telling: false })))
      : [];
  }

  /** Two rows that are the same one. */
  pair(before: ReadonlyMap<string, Cell>, after: ReadonlyMap<string, Cell>): void {
    this.before(before);
    for (const pair of this.#pairs) {
      if (!pair.alive) continue;
      const value = before.get(pair.from) ?? null;
      if (value !== (after.get(pair.to) ?? null)) pair.alive = false;
      else if (value !== null && !SMALL.has(value)) pair.telling = true;
    }
  }

  /** A row that only the side before has. */
  before(row: ReadonlyMap<string, Cell>): void {
    for (const name of this.#gone) {
      if ((row.get(name) ?? null) !== null) this.#values.set(name, (this.#values.get(name) ?? 0) + 1);
    }
  }

  outcome(): ColumnOutcome[] {
    const left = new Set(this.#come);
    const outcomes = this.#gone.map((from): ColumnOutcome => {
      const values = this.#values.get(from) ?? 0;
      const pair = this.#pairs.find((each) => each.from === from && each.alive && each.telling && left.has(each.to));
      if (pair === undefined) return { from, values };
      left.delete(pair.to);
      return { from, to: pair.to, values };
    });
    return [...outcomes, ...[...left].map((to) => ({ to, values: 0 }))];
  }
}
