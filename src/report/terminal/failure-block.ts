import { formatDuration } from '../../basics/duration.js';
import type { Failure } from '../../journal/failure.js';
import type { RunState, StepState } from '../../journal/state.js';
import { explain } from '../explain.js';
import { lastWords, telling } from '../last-words.js';
import { hookOf, numbered, stepNumber } from '../names.js';
import { passedBefore, place } from '../queries.js';
import type { Style } from '../style.js';
import type { Tail } from '../tail.js';
import { type Clean, firstLine, listing } from '../text.js';

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
  const said = lastWords(step, tail).map(clean);
  const at = commandFailed === undefined ? '' : clean(`at ${commandFailed.file}:${commandFailed.line}`);
  const words = telling(said, LOG_LINES).filter((line) => line.trim() !== at && !repeats(line, failure));
  const text = commandFailed === undefined ? '' : clean(commandFailed.command);
  const command = isSaidIn(text, words) ? [] : text.split('\n').filter(Boolean);
  const summaries = state.summaries
    .filter((summary) => summary.step === record.key)
    .map((summary) => clean(firstLine(summary.text)))
    .filter((summary) => !words.some((line) => line.trim() === summary));
  const lines = [
    `  ${facts.join('   ')}`,
    ...summaries.slice(-SUMMARIES).map((line) => `     · ${line}`),
    ...command.slice(0, COMMAND_LINES).map((line) => `     ${line}`),
    ...(command.length > COMMAND_LINES ? ['     ...'] : []),
    ...words.map((line) => style.dim(`     ${line}`)),
  ];
  const again = failure.kind === 'service-died' ? undefined : before(state, step);
  const notes = [what, next, again].filter((note) => note !== undefined);
  if (notes.length > 0) lines.push('', ...notes.map((note) => `  ${clean(note)}`));
  return lines;
}

/** Whether the words say it already: what a module threw stands in its log too. */
function isSaidIn(text: string, words: readonly string[]): boolean {
  const first = text.split('\n')[0]?.trim() ?? '';
  return words.some((line) => {
    const said = line.trim();
    return said === first || (said.endsWith(':') && first.startsWith(said));
  });
}

/** The release stands beside the step's name: it need not be seen a second time as its log's last line. */
const repeats = (line: string, failure: Failure): boolean =>
  (failure.kind === 'release-wrong' || failure.kind === 'release-unchanged') && line.trim() === failure.reported;

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
