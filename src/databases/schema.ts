import type { DefinedKind } from '../journal/difference.js';

/** One thing that a system has defined: a table, a column, what an index does. */
export interface Defined {
  readonly kind: DefinedKind;
  /** What it is, or what it belongs to: `public.jobs`. */
  readonly at: string;
  readonly column?: string;
  /** What tells it from others of its kind there, since names do not: what an index does. */
  readonly does?: string;
  /** What changes what is accepted, what is returned, or how fast; each with a word for people, such as `type`. */
  readonly traits?: Readonly<Record<string, string>>;
  /** What people see and nothing else: its name where it is known by something else, its comment. */
  readonly looks?: Readonly<Record<string, string>>;
  /** Its columns in order, which only `select *` and people see. */
  readonly order?: readonly string[];
}

/** How a database is defined, and which one it is: two looks at the same one have the same identity. */
export interface Schema {
  /** Empty where the engine does not say. */
  readonly identity: string;
  readonly defined: readonly Defined[];
}

/** Fields that have a value; the others are as if they were not there. */
export function given(fields: Readonly<Record<string, string | null | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]): [string, string][] =>
      value === null || value === undefined || value === '' ? [] : [[name, value]],
    ),
  );
}
