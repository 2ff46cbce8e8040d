import type { JudgedDifference } from '../../journal/difference.js';
import type { StateCompared } from '../../journal/event.js';
import type { RunState } from '../../journal/state.js';
import { isAddition, isWorthALine, tellDifference } from '../differences.js';
import type { Style } from '../style.js';
import { type Clean, count, shorten } from '../text.js';

/** Differences shown of each source and kind of ruling; the journal and JUnit have all. */
const LINES = 6;
const EXAMPLES = 2;
const WIDTH = 110;

/** What became of registered data, source by source: what nobody expected first, then what was expected, and why. */
export function stateLines(state: RunState, clean: Clean, style: Style): string[] {
  const compared = state.compared.filter(({ control }) => !control);
  if (compared.length === 0) return [];
  return [
    '  State, before the upgrade and after it:',
    ...compared.flatMap((each) => sourceLines(each, clean, style)),
    ...state.missed.map(
      ({ what, reason }) => `     ${style.yellow('expected, and did not happen:')} ${clean(`${what} (${reason})`)}`,
    ),
  ];
}

/** Files of which the same is held are one line, with some of them as examples. */
function together(differences: readonly JudgedDifference[]): JudgedDifference[] {
  const groups = new Map<string, JudgedDifference[]>();
  for (const each of differences) {
    const key = each.kind.startsWith('files-') ? JSON.stringify([each.kind, each.ruling]) : JSON.stringify(each);
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined || group.length === 1) return group;
    const examples = group
      .filter(({ at }) => at !== 'others')
      .slice(0, EXAMPLES)
      .map(({ at, detail }) => `${at} ${detail ?? ''}`.trim());
    return [{ kind: first.kind, ruling: first.ruling, at: 'others', count: sum(group), examples }];
  });
}

function sourceLines({ data, looked, differences: all }: StateCompared, clean: Clean, style: Style): string[] {
  const differences = together(all);
  const what =
    looked.tables > 0 ? `${count(looked.rows, 'row')} in ${count(looked.tables, 'table')}` : count(looked.rows, 'file');
  const told = differences.filter((each) => !(isAddition(each) && !isWorthALine(each)));
  const additions = differences.filter((each) => !told.includes(each) && each.ruling.kind !== 'expected');
  const head = all.length === 0 ? ', as they were' : '';
  const of = (holds: (each: JudgedDifference) => boolean): JudgedDifference[] => told.filter(holds);
  const lines = (list: readonly JudgedDifference[], lead: (each: JudgedDifference) => string, examples: number) => [
    ...list
      .slice(0, LINES)
      .flatMap((each) => [
        shorten(`       ${lead(each)}${clean(tellDifference(each))}${why(each, clean)}`, WIDTH),
        ...each.examples.slice(0, examples).map((one) => style.dim(shorten(`           ${clean(one)}`, WIDTH))),
      ]),
    ...(list.length > LINES ? [`       and ${list.length - LINES} more`] : []),
  ];
  const worth = of(isWorthALine);
  const severe = (each: JudgedDifference): string =>
    each.ruling.kind === 'unexpected' && each.ruling.severity === 'fail' ? style.red('✘ ') : style.yellow('warning: ');
  const expected = differences.filter(({ ruling }) => ruling.kind === 'expected');
  return [
    `     ${clean(data)}: ${what}${head}`,
    ...lines(worth, severe, EXAMPLES),
    ...lines(
      of(({ ruling }) => ruling.kind === 'unexpected' && ruling.severity === 'note'),
      () => '',
      0,
    ),
    ...lines(expected, () => 'expected: ', 0),
    ...lines(
      of(({ ruling }) => ruling.kind === 'by-itself'),
      () => 'by itself: ',
      0,
    ),
    ...(additions.length > 0 ? [style.dim(`       and ${count(sum(additions), 'addition')}`)] : []),
  ];
}

const sum = (list: readonly JudgedDifference[]): number => list.reduce((total, each) => total + each.count, 0);

function why({ ruling }: JudgedDifference, clean: Clean): string {
  return ruling.kind === 'expected' ? ` (${clean(ruling.reason)})` : '';
}
