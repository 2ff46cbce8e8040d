/** What can have become of state between two looks at it: of tables and rows, of directories and files. */
export const DIFFERENCES = [
  'table-gone',
  'table-new',
  /** It is a view now, or was one. */
  'table-changed',
  'column-gone',
  'column-new',
  /** Under another name, row by row with the same values. */
  'column-renamed',
  /** Its type, default or nullability. */
  'column-changed',
  'index-gone',
  'index-new',
  'constraint-gone',
  'constraint-new',
  'rows-gone',
  'rows-new',
  'rows-changed',
  /** The key changed and the content did not. */
  'rows-rekeyed',
  'files-gone',
  'files-new',
  'files-changed',
  /** The same bytes under another name. */
  'files-moved',
  /** Under another name, in other words: most of what was said in one is said in the other. */
  'files-rewritten',
] as const;
export type DifferenceKind = (typeof DIFFERENCES)[number];

/** How much a kind of difference can mean: something is gone, something is other than it was, something came. */
export const WEIGHTS = ['loss', 'change', 'addition'] as const;
export type Weight = (typeof WEIGHTS)[number];

/** A table or a column that goes with nothing in it is no loss. */
export function weightOf({ kind, count }: Pick<Difference, 'kind' | 'count'>): Weight {
  if (kind.endsWith('-new')) return 'addition';
  return LOSSES.has(kind) && count > 0 ? 'loss' : 'change';
}

const LOSSES: ReadonlySet<DifferenceKind> = new Set(['table-gone', 'column-gone', 'rows-gone', 'files-gone']);

/** One thing that differs. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** The table (`public.jobs`), or the directory within a registered one (`letters/2019`). */
  readonly at: string;
  /** The column that it is about, where it is about one. */
  readonly column?: string;
  /** How many rows, files or definitions. */
  readonly count: number;
  /** What changed into what, where it can be said once: `integer → bigint`. */
  readonly detail?: string;
  /** A few of them, secrets masked. */
  readonly examples: readonly string[];
}

/** What is held of a difference. */
export type Ruling =
  /** The workspace expects it, for this reason. */
  | { readonly kind: 'expected'; readonly reason: string }
  /** It happens without an upgrade too: a restart of the base showed the same. */
  | { readonly kind: 'by-itself' }
  /** Nobody expected it: it fails the run, warns, or is only noted. */
  | { readonly kind: 'unexpected'; readonly severity: Severity };

export type Severity = 'fail' | 'warn' | 'note';

export interface JudgedDifference extends Difference {
  readonly ruling: Ruling;
}
