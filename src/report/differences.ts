import { unreachable } from '../basics/unreachable.js';
import {
  type Difference,
  type DriftKind,
  isDrift,
  type JudgedDifference,
  type Ruling,
  weightOf,
} from '../journal/difference.js';
import type { StateCompared } from '../journal/looked.js';
import type { RunState } from '../journal/state.js';
import { count } from './text.js';

/** A difference in words: `3 rows gone from public.jobs`. */
export function tellDifference(
  difference: Pick<Difference, 'kind' | 'at' | 'count' | 'column'> & { readonly detail?: string },
): string {
  const { kind, at, column, detail } = difference;
  const n = difference.count;
  const said = detail === undefined ? '' : `: ${detail}`;
  const many = at === 'others';
  switch (kind) {
    case 'table-gone':
      return `table ${at} gone, with ${count(n, 'row')}`;
    case 'table-new':
      return `table ${at} new`;
    case 'table-changed':
      return `${at}${said}`;
    case 'column-gone':
      return `column ${column} of ${at} gone, with ${count(n, 'value')}`;
    case 'column-new':
      return `column ${column} of ${at} new`;
    case 'column-renamed':
      return `column of ${at} renamed: ${detail ?? column}`;
    case 'column-changed':
      return `column ${column} of ${at}${said}`;
    case 'index-gone':
    case 'constraint-gone':
      return `${kind.replace('-gone', '')} of ${at} gone${said}`;
    case 'index-new':
    case 'constraint-new':
      return `${kind.replace('-new', '')} of ${at} new${said}`;
    case 'rows-gone':
      return `${count(n, 'row')} gone from ${at}${said}`;
    case 'rows-new':
      return `${count(n, 'row')} new in ${at}`;
    case 'rows-changed':
      return `${count(n, 'row')} changed in ${column} of ${at}${said}`;
    case 'rows-rekeyed':
      return `${count(n, 'row')} of ${at} with another key and the same content${said}`;
    case 'files-gone':
    case 'files-new':
    case 'files-changed':
    case 'files-moved':
    case 'files-rewritten': {
      const what = WORDS[kind];
      return many
        ? `${count(n, 'file')} ${what}`
        : `${at} ${what}${kind === 'files-changed' ? said : ` ${detail ?? ''}`.trimEnd()}`;
    }
    default:
      return tellDrift({ ...difference, kind });
  }
}

/** How the upgraded system differs from a fresh install: `index of public.jobs missing: ...`. */
function tellDrift(
  drift: { readonly kind: DriftKind; readonly detail?: string } & Pick<Difference, 'at' | 'count' | 'column'>,
): string {
  const { kind, at, column, count: n, detail } = drift;
  if (at === 'others') return tellDrifts(kind, n);
  const [what, how] = partsOf(kind);
  const said = detail === undefined ? '' : `: ${detail}`;
  const of =
    WITHIN.has(what) || column !== undefined
      ? `${what}${column === undefined ? '' : ` ${column}`} of ${at}`
      : `${what} ${at}`;
  return how === 'differs' ? `${of}${said}` : `${of} ${HOW[how] ?? how}${said}`;
}

/** What fails or warns nobody: `13 additions`, or `1 table only here, 2 things that look different and do the same`. */
export function tellAdditions(additions: readonly Difference[]): string {
  const drifts = new Map<DriftKind, number>();
  for (const { kind, count: n } of additions) if (isDrift(kind)) drifts.set(kind, (drifts.get(kind) ?? 0) + n);
  if (drifts.size === 0) return count(sumOf(additions), 'addition');
  return [...drifts].map(([kind, n]) => tellDrifts(kind, n)).join(', ');
}

/** So many of one kind: `2 tables only here`. */
function tellDrifts(kind: DriftKind, n: number): string {
  const [what, how] = partsOf(kind);
  if (kind === 'looks-differ')
    return `${count(n, 'thing')} that ${n === 1 ? 'looks' : 'look'} different and ${n === 1 ? 'does' : 'do'} the same`;
  const many = what === 'index' && n !== 1 ? `${n} indexes` : count(n, what);
  return `${many} ${how === 'differs' ? 'of another kind' : (HOW[how] ?? how)}`;
}

function partsOf(kind: DriftKind): [what: string, how: string] {
  const dash = kind.indexOf('-');
  return [kind.slice(0, dash), kind.slice(dash + 1)];
}

const HOW: Readonly<Record<string, string>> = { extra: 'only here' };

/** What is part of a table. */
const WITHIN: ReadonlySet<string> = new Set(['column', 'index', 'constraint', 'trigger']);

const WORDS = {
  'files-gone': 'gone',
  'files-new': 'new',
  'files-changed': 'changed',
  'files-moved': 'moved',
  'files-rewritten': 'rewritten',
} as const;

/** What is held of it, in a word or two. */
export function tellRuling(ruling: Ruling): string {
  switch (ruling.kind) {
    case 'expected':
      return `expected (${ruling.reason})`;
    case 'by-itself':
      return 'by itself';
    case 'unexpected':
      return { fail: 'fails', warn: 'warning', note: 'note' }[ruling.severity];
    default:
      return unreachable(ruling);
  }
}

/** Whether somebody should look at it: what nobody expected, and what fails or warns. */
export const isWorthALine = ({ ruling }: JudgedDifference): boolean =>
  ruling.kind === 'unexpected' && ruling.severity !== 'note';

const isAddition = (difference: Difference): boolean => weightOf(difference) === 'addition';

/** How many rows, files or definitions they are about together. */
export const sumOf = (list: readonly Difference[]): number => list.reduce((total, each) => total + each.count, 0);

/** Differences by what is held of them, in the order in which people look. */
export interface Sorted {
  /** What nobody expected, and what fails or warns. */
  readonly worth: readonly JudgedDifference[];
  /** What nobody expected, and is only noted. */
  readonly noted: readonly JudgedDifference[];
  readonly expected: readonly JudgedDifference[];
  readonly byItself: readonly JudgedDifference[];
  /** What is new, and fails or warns nobody. */
  readonly additions: readonly JudgedDifference[];
}

export function sortDifferences(all: readonly JudgedDifference[]): Sorted {
  const sorted: Record<keyof Sorted, JudgedDifference[]> = {
    worth: [],
    noted: [],
    expected: [],
    byItself: [],
    additions: [],
  };
  for (const each of all) sorted[kindOf(each)].push(each);
  // What fails the run stands before what warns.
  const fails = ({ ruling }: JudgedDifference): number =>
    ruling.kind === 'unexpected' && ruling.severity === 'fail' ? 0 : 1;
  sorted.worth.sort((a, b) => fails(a) - fails(b));
  return sorted;
}

function kindOf(each: JudgedDifference): keyof Sorted {
  if (isWorthALine(each)) return 'worth';
  if (each.ruling.kind === 'expected') return 'expected';
  if (isAddition(each)) return 'additions';
  return each.ruling.kind === 'by-itself' ? 'byItself' : 'noted';
}

/** Files of which the same is held are one difference, with some of them as examples. */
export function together(differences: readonly JudgedDifference[], examples: number): JudgedDifference[] {
  const groups = new Map<string, JudgedDifference[]>();
  for (const each of differences) {
    const key = /^files?-/.test(each.kind) ? JSON.stringify([each.kind, each.ruling]) : JSON.stringify(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const some = group
      .flatMap(({ at, detail, examples: named }) => (at === 'others' ? named : [`${at} ${detail ?? ''}`.trim()]))
      .slice(0, examples);
    return [{ kind: first.kind, ruling: first.ruling, at: 'others', count: sumOf(group), examples: some }];
  });
}

/** What was looked at: `1012 rows in 6 tables`, or `6 files`; and where that shows nothing, that it does. */
export function lookedAt({
  looked,
  differences,
  against,
}: Pick<StateCompared, 'looked' | 'differences' | 'against'>): string {
  const { tables, rows } = looked;
  if (against === 'twin') {
    const what = tables > 0 ? count(tables, 'table') : count(rows, 'file');
    return differences.length === 0 ? `${what}, as freshly installed` : what;
  }
  const what = tables > 0 ? `${count(rows, 'row')} in ${count(tables, 'table')}` : count(rows, 'file');
  if (rows === 0) return `${what}, so that nothing could be lost`;
  return differences.length === 0 ? `${what}, as they were` : what;
}

/** What a comparison with a twin is called. */
export const besideFresh = ({ releases }: RunState): string =>
  `The upgraded system, beside a fresh install of ${releases?.target ?? 'the target'}`;
