import { formatDuration } from '../../basics/duration.js';
import type { RunState, StepState } from '../../journal/state.js';
import { accountOf } from '../account.js';
import type { Style } from '../style.js';
import type { Tail } from '../tail.js';
import type { Clean } from '../text.js';

/** How many lines of a failing command are shown; the log has all of them. */
const COMMAND_LINES = 4;
const LOG_LINES = 8;
const SUMMARIES = 4;

/** One failed step: which, how, where, the command, its last words, and when the same last passed. */
export function failureBlock(
  state: RunState,
  step: StepState,
  given: { readonly tail: Tail; readonly clean: Clean; readonly style: Style },
): string[] {
  const { style } = given;
  const account = accountOf(state, step, { ...given, lines: LOG_LINES });
  if (account === undefined) return [];
  const { command, notes } = account;
  const facts = [
    style.bold(account.title),
    style.red(`${account.short} after ${formatDuration(account.ms)}`),
    ...(account.place === undefined ? [] : [account.place]),
  ];
  const lines = [
    `  ${facts.join('   ')}`,
    ...account.summaries.slice(-SUMMARIES).map((line) => `     · ${line}`),
    ...command.slice(0, COMMAND_LINES).map((line) => `     ${line}`),
    ...(command.length > COMMAND_LINES ? ['     ...'] : []),
    ...account.words.map((line) => style.dim(`     ${line}`)),
  ];
  if (notes.length > 0) lines.push('', ...notes.map((note) => `  ${note}`));
  return lines;
}
