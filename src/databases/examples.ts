import { isUtf8 } from 'node:buffer';
import { isSecretName } from '../basics/mask.js';
import type { Cell } from './reader.js';

/** How examples are told: what is secret stays so. */
export interface Telling {
  /** Names of columns whose values are secret, beside those that always are. */
  readonly secrets: readonly string[];
  readonly mask: (text: string) => string;
}

/** How many examples a difference has. */
export const EXAMPLES = 3;
const VALUE = 48;
const EXAMPLE = 200;

/** A value for people: short, on one line. */
export function tellCell(column: string, cell: Cell, { secrets, mask }: Telling): string {
  if (cell === null) return 'NULL';
  if (isSecretName(column, secrets)) return '***';
  const text = mask(readable(cell)).replaceAll(/\s+/g, ' ');
  if (text === '') return "''";
  return text.length > VALUE ? `${text.slice(0, VALUE - 3)}...` : text;
}

/** A cell's bytes as the text they are, or as digits. */
function readable(cell: string): string {
  const bytes = Buffer.from(cell, 'latin1');
  return isUtf8(bytes) ? bytes.toString() : `0x${bytes.toString('hex')}`;
}

/** `id 7, tenant 3`. */
export function tellCells(columns: readonly string[], cells: ReadonlyMap<string, Cell>, telling: Telling): string {
  const told = columns.map((column) => `${column} ${tellCell(column, cells.get(column) ?? null, telling)}`).join(', ');
  return told.length > EXAMPLE ? `${told.slice(0, EXAMPLE - 3)}...` : told;
}

/** Counts what is alike, and keeps the first few as examples. */
export class Found {
  count = 0;
  readonly examples: string[] = [];

  add(example: () => string): void {
    this.count++;
    if (this.examples.length < EXAMPLES) this.examples.push(example());
  }
}
