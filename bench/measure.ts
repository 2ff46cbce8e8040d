/** The middle of a list of measurements. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[(sorted.length - 1) >> 1] ?? Number.NaN) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2;
}

/** A measurement of one thing: milliseconds, or whatever it returns. */
type Measure = () => number | Promise<number>;

/**
 * Measures several things in turn, A B A B …, so that a machine whose speed drifts treats them alike, and returns the
 * median of each.
 */
export async function interleave(rounds: number, ...things: readonly Measure[]): Promise<number[]> {
  const measured = things.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [at, thing] of things.entries()) measured[at]?.push(await thing());
  }
  return measured.map(median);
}

/** One line of the result: what was measured, what came out, what it has to reach. */
export interface Measured {
  readonly what: string;
  readonly value: number;
  readonly unit: '×' | 'ms' | 'MB' | '%' | 'runs';
  /** The most it may be, or the least. */
  readonly reach: number;
  readonly atLeast?: true;
  /** The measurements behind it. */
  readonly from: string;
}

/** A line of the result, or what could not be measured and why. */
export type Row = Measured | { readonly what: string; readonly notRun: string };

export function printRows(rows: readonly Row[]): void {
  for (const row of rows) {
    if ('notRun' in row) {
      console.log(`– ${row.what}\n    NOT RUN: ${row.notRun}`);
      continue;
    }
    const { what, value, unit, reach, atLeast, from } = row;
    const mark = (atLeast ? value >= reach : value <= reach) ? '✔' : '✘';
    const sign = atLeast ? '≥' : '≤';
    console.log(`${mark} ${what}\n    ${value.toFixed(2)} ${unit}   reach ${sign} ${reach} ${unit}   (${from})`);
  }
}
