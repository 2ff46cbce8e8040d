import { formatDuration } from '../../basics/duration.js';
import type { RunState, StepState } from '../../journal/state.js';
import { explain } from '../explain.js';
import { hookOf, numbered, stepNumber } from '../names.js';
import { passedBefore, place } from '../queries.js';
import type { Style } from '../style.js';
import type { Tail } from '../tail.js';
import { type Clean, listing } from '../text.js';

/** How many lines of a failing command are shown; the log has all of them. */
const COMMAND_LINES = 4;
const LOG_LINES = 8;

/** One failed step: which, how, where, the command, its last words, and when the same last passed. */
export function failureBlock(
  state: RunState,
  step: StepState,
  given: { readonly tail: Tail; readonly clean: Clean; readonly style: Style },
): string[] {
  const { status, record } = step;
  if (status.kind !== 'failed') return [];
  const { tail, clean, style } = given;
  const { failure, commandFailed } = status;
  const { short, what, next } = explain(failure, record);

  const facts = [
    style.bold(numbered(state, step)),
    style.red(`${clean(short)} after ${formatDuration(status.ms)}`),
    ...(commandFailed === undefined ? [] : [place(state, commandFailed)]),
  ];
  const command = (commandFailed === undefined ? '' : clean(commandFailed.command)).split('\n').filter(Boolean);
  const said = failure.kind === 'service-died' ? tail(failure.log) : step.log === undefined ? [] : tail(step.log);
  const words = said.map(clean).slice(-LOG_LINES);
  const lines = [
    `  ${facts.join('   ')}`,
    ...command.slice(0, COMMAND_LINES).map((line) => `     ${line}`),
    ...(command.length > COMMAND_LINES ? ['     ...'] : []),
    ...words.map((line) => style.dim(`     ${line}`)),
  ];
  const again = failure.kind === 'service-died' ? undefined : before(state, step);
  const notes = [what, next, again].filter((note) => note !== undefined);
  if (notes.length > 0) lines.push('', ...notes.map((note) => `  ${clean(note)}`));
  return lines;
}

/** `It passed before the upgrade (09) and with no API (14).` */
function before(state: RunState, step: StepState): string | undefined {
  const passed = passedBefore(state, step);
  if (passed.length === 0) return undefined;
  const times = passed.map(({ record }) => {
    const when =
      hookOf(record) === 'verify_noapi' ? 'with no API' : record.side === 'base' ? 'before the upgrade' : 'after it';
    return `${when} (${stepNumber(record.number, state.steps.length)})`;
  });
  return `It passed ${listing(times)}.`;
}
