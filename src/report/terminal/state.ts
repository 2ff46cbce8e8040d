import type { JudgedDifference } from '../../journal/difference.js';
import type { StateCompared } from '../../journal/looked.js';
import type { RunState } from '../../journal/state.js';
import { type DataResult, dataResults } from '../data.js';
import { besideFresh, lookedAt, sortDifferences, tellAdditions, tellDifference, together } from '../differences.js';
import { upgradeBegan } from '../queries.js';
import type { Style } from '../style.js';
import { type Clean, shorten } from '../text.js';

/** Differences shown of each source and kind of ruling; the page, the journal and JUnit have all. */
const LINES = 6;
const EXAMPLES = 2;
const WIDTH = 110;

/** What became of registered data, source by source: what nobody expected first, then what was expected, and why. */
export function stateLines(state: RunState, clean: Clean, style: Style): string[] {
  // That a run which ended early compared nothing is no news.
  const told = upgradeBegan(state)
    ? dataResults(state).filter(({ kind }) => kind !== 'never' || state.verdict === 'passed')
    : [];
  if (told.length + state.drift.length + state.missed.length === 0) return [];
  return [
    ...(told.length === 0 ? [] : ['  State, before the upgrade and after it:']),
    ...told.flatMap((each) => sourceLines(each, clean, style)),
    ...(state.drift.length === 0 ? [] : [`  ${besideFresh(state)}:`]),
    ...state.drift.flatMap((each) => comparedLines(each, clean, style)),
    ...(told.length + state.drift.length === 0 ? ['  What the workspace expects:'] : []),
    ...state.missed.map(
      ({ what, reason }) => `     ${style.yellow('expected, and did not happen:')} ${clean(`${what} (${reason})`)}`,
    ),
  ];
}

function sourceLines(result: DataResult, clean: Clean, style: Style): string[] {
  if (result.kind === 'compared') return comparedLines(result.compared, clean, style);
  return [shorten(`     ${clean(result.data)}: ${style.yellow('not compared')}, ${clean(result.why)}`, WIDTH)];
}

function comparedLines(compared: StateCompared, clean: Clean, style: Style): string[] {
  const { data, differences } = compared;
  const { worth, noted, expected, byItself, additions } = sortDifferences(together(differences, EXAMPLES));
  const lines = (list: readonly JudgedDifference[], lead: (each: JudgedDifference) => string, examples: number) => [
    ...list
      .slice(0, LINES)
      .flatMap((each) => [
        shorten(`       ${lead(each)}${clean(tellDifference(each))}${why(each, clean)}`, WIDTH),
        ...each.examples.slice(0, examples).map((one) => style.dim(shorten(`           ${clean(one)}`, WIDTH))),
      ]),
    ...(list.length > LINES ? [`       and ${list.length - LINES} more`] : []),
  ];
  const severe = (each: JudgedDifference): string =>
    each.ruling.kind === 'unexpected' && each.ruling.severity === 'fail' ? style.red('✘ ') : style.yellow('warning: ');
  return [
    `     ${clean(data)}: ${lookedAt(compared)}`,
    ...lines(worth, severe, EXAMPLES),
    ...lines(noted, () => '', 0),
    ...lines(expected, () => 'expected: ', 0),
    ...lines(byItself, () => 'by itself: ', 0),
    ...(additions.length > 0 ? [style.dim(`       and ${tellAdditions(additions)}`)] : []),
  ];
}

function why({ ruling }: JudgedDifference, clean: Clean): string {
  return ruling.kind === 'expected' ? ` (${clean(ruling.reason)})` : '';
}
