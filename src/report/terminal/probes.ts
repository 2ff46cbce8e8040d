import { type ProbeResult, probeResults } from '../../checks/budget.js';
import type { RunState } from '../../journal/state.js';
import { budgetOf, formatLength, neverUp, onWhich, UNSEEN, whereItFell } from '../probes.js';
import type { Style } from '../style.js';
import { type Clean, columns, count, shorten } from '../text.js';

/** More rows than this do not fit a screen; the page and JUnit have all. */
const ROWS = 15;
/** Outages of one probe that have a row each. */
const OUTAGES = 3;
/** Columns for why it was down: what a program said can be long. */
const WHY = 72;

/** What the probes saw: a row an outage, those that went over their budget first. */
export function probeTable(state: RunState, now: number, style: Style, clean: Clean): string[] {
  const results = [...probeResults(state, now)].sort((a, b) => rank(a) - rank(b));
  const rows = results.flatMap((result) =>
    rowsOf(result, clean).map((cells) => ({ cells, over: result.over !== undefined })),
  );
  const shown = rows.slice(0, ROWS);
  const lines = columns(shown.map(({ cells }) => cells.map(clean)));
  const more = rows.length - ROWS;
  return [
    ...lines.map((line, at) => (shown[at]?.over === true ? style.red(line) : line)),
    ...(more > 0 ? [`    and ${count(more, 'more line')} of probes`] : []),
  ];
}

const rank = (result: ProbeResult): number =>
  result.over !== undefined ? 0 : result.outages.length > 0 ? 1 : neverUp(result) !== undefined ? 2 : 3;

function rowsOf(result: ProbeResult, clean: Clean): string[][] {
  const why = (cause: string): string => shorten(clean(cause), WHY);
  const { probe, outages, unseenMs, over } = result;
  const name = `  ${over === undefined ? ' ' : '✘'} probe ${probe.record.name}`;
  const never = neverUp(result);
  if (never !== undefined) return [[name, `never was up: ${why(never)}`]];
  if (outages.length === 0) return [[name, unseenMs < UNSEEN ? 'never down' : 'never seen down', '', budgetOf(probe)]];
  const rows = outages.slice(0, OUTAGES).map((outage, at) => {
    const causes = outage.causes[0] === undefined ? '' : `: ${why(outage.causes[0])}`;
    return [
      at === 0 ? name : '',
      `down ${formatLength(outage)}${onWhich(outage)}`,
      `${whereItFell(outage)}${causes}`,
      at === 0 ? budgetOf(probe) : '',
    ];
  });
  const more = outages.length - OUTAGES;
  return more > 0 ? [...rows, ['', `and ${count(more, 'more outage')}`]] : rows;
}
