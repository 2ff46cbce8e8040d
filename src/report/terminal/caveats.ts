import type { RunState } from '../../journal/state.js';
import type { Clean } from '../text.js';
import { weaknesses } from '../weaknesses.js';

/** How many warnings are shown; the journal has all of them. */
const WARNINGS = 8;

/** What weakens the verdict, a line each: it stands right after the sentence, never at the end of a log. */
export function caveatLines(state: RunState, clean: Clean): string[] {
  const all = weaknesses(state);
  const warned = all.filter(({ kind }) => kind === 'warning');
  const more = warned.length - WARNINGS;
  return [
    ...all.filter(({ kind }) => kind !== 'warning').map(({ text }) => text),
    ...warned.slice(0, WARNINGS).map(({ text }) => `warning: ${text}`),
    ...(more > 0 ? [`${more} more warnings`] : []),
  ].map((line) => `  · ${clean(line)}`);
}
