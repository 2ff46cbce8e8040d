import type { RunState } from '../../journal/state.js';
import { numbered } from '../names.js';
import { fromWorkspace } from '../queries.js';
import { type Clean, listing } from '../text.js';

/** How many warnings are shown; the journal has all of them. */
const WARNINGS = 8;
const NAMES = 6;

/** What weakens the verdict, a line each: it stands right after the sentence, never at the end of a log. */
export function caveatLines(state: RunState, clean: Clean): string[] {
  const byCaveat = new Map<string, string[]>();
  for (const { name, caveats } of state.projects) {
    for (const caveat of caveats) byCaveat.set(caveat, [...(byCaveat.get(caveat) ?? []), name]);
  }
  const caveats = [...byCaveat].map(([caveat, names]) =>
    names.length === 1 ? `${names[0]} ${caveat}` : `${listing(names, NAMES)}: each ${caveat}`,
  );
  const exceptions = state.exceptions.map(
    ({ project, file }) => `${project} used a per-release exception: ${fromWorkspace(state, file)}`,
  );
  const warned = [
    ...new Set(
      state.warnings.map(({ step, text }) => {
        const known = state.byKey.get(step ?? '');
        return known === undefined ? text : `${numbered(state, known)}: ${text}`;
      }),
    ),
  ];
  const more = warned.length - WARNINGS;
  return [
    ...caveats,
    ...exceptions,
    ...warned.slice(0, WARNINGS).map((text) => `warning: ${text}`),
    ...(more > 0 ? [`${more} more warnings`] : []),
  ].map((line) => `  · ${clean(line)}`);
}
