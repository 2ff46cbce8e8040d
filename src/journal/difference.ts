/** What can have become of state between two looks at it: of tables and rows, of directories and files. */
const CHANGES = [
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

/** What a system can have defined otherwise than another one. */
export const DEFINED = [
  'database',
  'extension',
  'type',
  'table',
  'view',
  'column',
  'index',
  'constraint',
  'trigger',
  'sequence',
  'function',
  'file',
] as const;
export type DefinedKind = (typeof DEFINED)[number];

/** A fresh install has it and the upgraded system does not; the other way round; both have it, each in its own way. */
const DRIFTS = ['missing', 'extra', 'differs'] as const;

/** How the upgraded system can differ from a fresh install of the same release. */
export type DriftKind = `${DefinedKind}-${(typeof DRIFTS)[number]}` | 'looks-differ';
const DRIFT_KINDS: readonly DriftKind[] = [
  ...DEFINED.flatMap((what) => DRIFTS.map((how) => `${what}-${how}` as const)),
  /** Names of indexes and constraints, the order of columns, comments: what changes nothing. */
  'looks-differ',
];

export type DifferenceKind = (typeof CHANGES)[number] | DriftKind;
export const DIFFERENCES: readonly DifferenceKind[] = [...CHANGES, ...DRIFT_KINDS];

const DRIFT: ReadonlySet<DifferenceKind> = new Set(DRIFT_KINDS);
/** Whether it is one between the upgraded system and a fresh install, and not between before and after. */
export const isDrift = (kind: DifferenceKind): kind is DriftKind => DRIFT.has(kind);

/**
 * How much a kind of difference can mean: something is gone, something is other than it was, something came; or the
 * upgraded system is not what a fresh install is.
 */
export const WEIGHTS = ['loss', 'change', 'drift', 'addition'] as const;
export type Weight = (typeof WEIGHTS)[number];

/** A table or a column that goes with nothing in it is no loss. */
export function weightOf({ kind, count }: Pick<Difference, 'kind' | 'count'>): Weight {
  if (kind.endsWith('-new')) return 'addition';
  if (isDrift(kind)) return HARMLESS.has(kind) ? 'addition' : 'drift';
  return LOSSES.has(kind) && count > 0 ? 'loss' : 'change';
}

/** What lies beside the rest and changes nothing about it: left behind, or made by somebody who used the system. */
const HARMLESS: ReadonlySet<DriftKind> = new Set<DriftKind>([
  'looks-differ',
  'extension-extra',
  'type-extra',
  'table-extra',
  'view-extra',
  'sequence-extra',
  'function-extra',
  'file-extra',
]);

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
