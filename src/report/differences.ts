import { unreachable } from '../basics/unreachable.js';
import { type Difference, type JudgedDifference, type Ruling, weightOf } from '../journal/difference.js';
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
      return `${count(n, 'row')} gone from ${at}`;
    case 'rows-new':
      return `${count(n, 'row')} new in ${at}`;
    case 'rows-changed':
      return `${count(n, 'row')} changed in ${column} of ${at}`;
    case 'rows-rekeyed':
      return `${count(n, 'row')} of ${at} with another key and the same content`;
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
      return unreachable(kind);
  }
}

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

export const isAddition = (difference: Difference): boolean => weightOf(difference) === 'addition';
