import type { RunState } from '../../journal/state.js';
import { proofRows } from '../proofs.js';
import { type Clean, columns, count } from '../text.js';

/** More projects than this do not fit a screen; the page and JUnit have all. */
const ROWS = 20;

/** What a green run proved, project by project. */
export function resultTable(state: RunState, clean: Clean): string[] {
  const rows = proofRows(state);
  const more = rows.length - ROWS;
  return [
    ...columns(
      rows
        .slice(0, ROWS)
        .map(({ project, releases, proven, checks }) => [`  ${project}`, clean(releases), proven, checks]),
    ),
    ...(more > 0 ? [`  and ${count(more, 'more project')}`] : []),
  ];
}
