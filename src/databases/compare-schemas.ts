import type { Difference } from '../journal/difference.js';
import { EXAMPLES } from './examples.js';
import type { Defined } from './schema.js';

/** Longer texts, such as what a view selects, are cut. */
const LONGEST = 160;

/**
 * Tells what an upgraded system has defined otherwise than a fresh install. Things are known by their place and by what
 * they do; what only looks different is counted and told once.
 */
export function compareSchemas(
  fresh: readonly Defined[],
  upgraded: readonly Defined[],
  tell: (difference: Difference) => void,
): void {
  const looks: string[] = [];
  const left = byIdentity(upgraded);
  const [here, there] = [upgraded, fresh].map(wholes);
  // A table that only one side has is told once, and not again with each of its columns.
  const alone = ({ kind, at }: Defined): boolean => !isWhole(kind) && here?.has(at) !== there?.has(at);
  for (const one of fresh) {
    const other = left.get(identity(one))?.shift();
    if (other === undefined) {
      if (!alone(one)) tell(lone(one, 'missing'));
      continue;
    }
    const detail = traitsThatDiffer(one, other);
    if (detail !== '') tell({ kind: `${one.kind}-differs`, ...place(one), count: 1, detail, examples: [] });
    looks.push(...looksThatDiffer(one, other));
  }
  for (const one of [...left.values()].flat()) if (!alone(one)) tell(lone(one, 'extra'));
  if (looks.length > 0) {
    tell({ kind: 'looks-differ', at: 'others', count: looks.length, examples: looks.slice(0, EXAMPLES) });
  }
}

/** What other things are defined in. */
const isWhole = (kind: Defined['kind']): boolean => kind === 'table' || kind === 'view';
const wholes = (list: readonly Defined[]): ReadonlySet<string> =>
  new Set(list.filter(({ kind }) => isWhole(kind)).map(({ at }) => at));

const identity = ({ kind, at, column, does }: Defined): string => JSON.stringify([kind, at, column, does]);

/** Two indexes may do the same: each is one. */
function byIdentity(list: readonly Defined[]): Map<string, Defined[]> {
  const found = new Map<string, Defined[]>();
  for (const each of list) {
    const same = found.get(identity(each));
    if (same === undefined) found.set(identity(each), [each]);
    else same.push(each);
  }
  return found;
}

const place = ({ at, column }: Defined) => ({ at, ...(column === undefined ? {} : { column }) });

function lone(one: Defined, how: 'missing' | 'extra'): Difference {
  const traits = Object.entries(one.traits ?? {}).map(([name, value]) => `${name} ${value}`);
  const detail = one.does ?? (one.kind === 'column' ? traits.join(', ') : undefined);
  const told = detail === undefined || detail === '' ? {} : { detail: cut(detail) };
  return { kind: `${one.kind}-${how}`, ...place(one), count: 1, ...told, examples: [] };
}

/** `default 0 (fresh: none)`, for each trait that is another one. */
function traitsThatDiffer(fresh: Defined, upgraded: Defined): string {
  const [there, here] = [fresh.traits ?? {}, upgraded.traits ?? {}];
  return [...new Set([...Object.keys(there), ...Object.keys(here)])]
    .filter((name) => there[name] !== here[name])
    .map((name) => `${name} ${cut(here[name] ?? 'none')} (fresh: ${cut(there[name] ?? 'none')})`)
    .join(', ');
}

function looksThatDiffer(fresh: Defined, upgraded: Defined): string[] {
  const [there, here] = [fresh.looks ?? {}, upgraded.looks ?? {}];
  const what = [upgraded.kind, ...(upgraded.column === undefined ? [] : [upgraded.column]), 'of', upgraded.at].join(
    ' ',
  );
  const differ = [...new Set([...Object.keys(there), ...Object.keys(here)])]
    .filter((name) => there[name] !== here[name])
    .map((name) => `${name} of ${what}: ${cut(here[name] ?? 'none')} (fresh: ${cut(there[name] ?? 'none')})`);
  const [before, after] = [inBoth(fresh, upgraded), inBoth(upgraded, fresh)];
  return before === after ? differ : [...differ, `order of the columns of ${upgraded.at}`];
}

/** The columns that the other has too, in the order of this one. */
const inBoth = ({ order = [] }: Defined, other: Defined): string =>
  JSON.stringify(order.filter((name) => other.order?.includes(name)));

const cut = (text: string): string => {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST - 3)}...` : line;
};
