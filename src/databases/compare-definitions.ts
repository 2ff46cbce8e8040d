import type { Difference } from '../journal/difference.js';
import type { Column, Definition, Table } from './reader.js';

/** Compares what two tables are, apart from their rows: columns that both have, indexes, constraints. */
export function compareDefinitions(before: Table, after: Table, tell: (difference: Difference) => void): void {
  const at = before.name;
  for (const column of before.columns) {
    const now = after.columns.find(({ name }) => name === column.name);
    const detail = now === undefined ? [] : columnChanges(column, now);
    if (detail.length > 0) {
      tell({ kind: 'column-changed', at, column: column.name, count: 1, detail: detail.join(', '), examples: [] });
    }
  }
  for (const kind of ['index', 'constraint'] as const) {
    const gone = missing(before.definitions, after.definitions, kind);
    const come = missing(after.definitions, before.definitions, kind);
    for (const { text } of gone) tell({ kind: `${kind}-gone`, at, count: 1, detail: text, examples: [] });
    for (const { text } of come) tell({ kind: `${kind}-new`, at, count: 1, detail: text, examples: [] });
  }
}

function columnChanges(before: Column, after: Column): string[] {
  return [
    ...(before.type === after.type ? [] : [`type ${before.type} → ${after.type}`]),
    ...(before.default === after.default ? [] : [`default ${before.default ?? 'none'} → ${after.default ?? 'none'}`]),
    ...(before.nullable === after.nullable ? [] : [after.nullable ? 'may be NULL now' : 'may no longer be NULL']),
  ];
}

/** Definitions of a kind that the others do not have, whatever they are called. */
function missing(ours: readonly Definition[], theirs: readonly Definition[], kind: Definition['kind']): Definition[] {
  const known = new Set(theirs.filter((each) => each.kind === kind).map(({ text }) => text));
  return ours.filter((each) => each.kind === kind && !known.has(each.text));
}
