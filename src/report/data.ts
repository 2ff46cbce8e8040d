import type { StateCompared } from '../journal/looked.js';
import type { RunState } from '../journal/state.js';

/** What is known of registered data after the upgrade: how it differs, or why nobody can say. */
export type DataResult =
  | { readonly kind: 'compared'; readonly data: string; readonly compared: StateCompared }
  /** `unread`: somebody tried. Otherwise the run never came to it. */
  | { readonly kind: 'unread' | 'never'; readonly data: string; readonly why: string; readonly step?: string };

/** All registered data in order, whether it was compared or not: what could not be looked at is not well by that. */
export function dataResults(state: RunState): DataResult[] {
  const compared = new Map(state.compared.filter(({ control }) => !control).map((each) => [each.data, each]));
  const unread = new Map(state.unread.map(({ data, reason, step }) => [data, { why: reason, step }]));
  for (const { status, record } of state.failed) {
    if (status.kind !== 'failed' || status.failure.kind !== 'state-unread') continue;
    const { name, reason } = status.failure;
    if (!unread.has(name)) unread.set(name, { why: reason, step: record.key });
  }
  return [...new Set([...state.data, ...compared.keys()])].map((data): DataResult => {
    const found = compared.get(data);
    if (found !== undefined) return { kind: 'compared', data, compared: found };
    const tried = unread.get(data);
    if (tried !== undefined) return { kind: 'unread', data, ...tried };
    return { kind: 'never', data, why: whyNever(state) };
  });
}

function whyNever({ steps }: RunState): string {
  const planned = steps.some(({ record }) => record.action.kind === 'compare-state' && record.side === 'target');
  return planned ? 'the run ended before it was' : 'it is only saved, for a run over DevStack trees compares nothing';
}
