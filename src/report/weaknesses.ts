import type { RunState } from '../journal/state.js';
import { exceptionsUsed, whereItStands } from './exceptions.js';
import { numbered } from './names.js';
import { probeWeaknesses } from './probes.js';
import { listing } from './text.js';

const NAMES = 6;

/** Something that weakens a verdict, in a sentence without its full stop. */
export interface Weakness {
  readonly kind: 'caveat' | 'exception' | 'warning';
  readonly text: string;
}

/** All that weakens the verdict, each said once. */
export function weaknesses(state: RunState): Weakness[] {
  const byCaveat = new Map<string, string[]>();
  for (const { name, caveats } of state.projects) {
    for (const caveat of caveats) byCaveat.set(caveat, [...(byCaveat.get(caveat) ?? []), name]);
  }
  const caveats = [...byCaveat].map(([caveat, names]) =>
    names.length === 1 ? `${names[0]} ${caveat}` : `${listing(names, NAMES)}: each ${caveat}`,
  );
  const exceptions = exceptionsUsed(state).map((each) => `${each.what}: ${whereItStands(state, each)}`);
  const changed = new Set(
    state.configChanges.map(
      ({ project, difference }) => `the configuration of ${project} is not as it was: ${difference.at}`,
    ),
  );
  const warned = new Set(
    state.warnings.map(({ step, text }) => {
      const known = state.byKey.get(step ?? '');
      return known === undefined ? text : `${numbered(state, known)}: ${text}`;
    }),
  );
  const { restored } = state;
  const base =
    restored === undefined
      ? []
      : [`the base was not built in this run: it is snapshot ${restored.key} of run ${restored.run}`];
  return [
    ...base.map((text): Weakness => ({ kind: 'caveat', text })),
    ...caveats.map((text): Weakness => ({ kind: 'caveat', text })),
    ...probeWeaknesses(state, state.endedAt ?? state.lastAt).map((text): Weakness => ({ kind: 'caveat', text })),
    ...[...changed].map((text): Weakness => ({ kind: 'exception', text })),
    ...exceptions.map((text): Weakness => ({ kind: 'exception', text })),
    ...[...warned].map((text): Weakness => ({ kind: 'warning', text })),
  ];
}
