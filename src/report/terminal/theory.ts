import type { RunState } from '../../journal/state.js';
import { type UpgradeException, whereItStands } from '../exceptions.js';
import type { Style } from '../style.js';
import { type Clean, shorten } from '../text.js';
import { type Outcome, THEOREMS, type TheoryVerdict, tellReason, theoryOf } from '../theory.js';

/** Exceptions that are shown of each verdict; the page and `result.json` have all. */
const LINES = 4;
const WIDTH = 110;
/** Longer than other lines: a reason that is cut is none. */
const WIDE = 200;

/** How the upgrade that passed stands to the Theory of Upgrade: a line a verdict, and each exception with its reason. */
export function theoryLines(state: RunState, clean: Clean, style: Style): string[] {
  const all = theoryOf(state);
  if (all.length === 0) return [];
  return ['  The theory of upgrade:', ...all.flatMap((each) => verdictLines(state, each, clean, style))];
}

function verdictLines(
  state: RunState,
  { theorem, outcome, why, exceptions }: TheoryVerdict,
  clean: Clean,
  style: Style,
): string[] {
  const not = outcome === 'not-shown' ? 'not shown, ' : '';
  const told = (each: UpgradeException): string => {
    const [where, reason] = [whereItStands(state, each), tellReason(theorem, each)];
    const text = `${each.what}${where === '' ? '' : ` (${where})`}${reason === undefined ? '' : `: ${reason}`}`;
    return shorten(`         ${clean(text)}`, WIDE);
  };
  return [
    `     ${mark(outcome, style)} ${shorten(`${THEOREMS[theorem]}: ${not}${clean(why)}`, WIDTH)}`,
    ...exceptions.slice(0, LINES).map(told),
    ...(exceptions.length > LINES ? [`         and ${exceptions.length - LINES} more`] : []),
  ];
}

function mark(outcome: Outcome, style: Style): string {
  switch (outcome) {
    case 'holds':
      return style.green('✔');
    case 'excepted':
      return style.yellow('▸');
    case 'broken':
      return style.red('✘');
    case 'not-shown':
      return style.dim('–');
  }
}
