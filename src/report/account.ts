import type { Failure } from '../journal/failure.js';
import type { RunState, StepState } from '../journal/state.js';
import { explain } from './explain.js';
import { lastWords, telling } from './last-words.js';
import { hookOf, numbered, stepNumber } from './names.js';
import { passedBefore, place } from './queries.js';
import type { Tail } from './tail.js';
import { type Clean, firstLine, listing } from './text.js';

/** What there is to say of a step that failed, fit to be shown: secrets masked, no escape sequences. */
export interface Account {
  /** `27 s3rver verify post-upgrade` */
  readonly title: string;
  /** `exit 22` */
  readonly short: string;
  readonly ms: number;
  /** File and line of the command that failed. */
  readonly place: string | undefined;
  /** What its hook wrote for people. */
  readonly summaries: readonly string[];
  /** The command that failed, unless the last words say it. */
  readonly command: readonly string[];
  /** Of its log, or of that of the service that died, the lines that tell most. */
  readonly words: readonly string[];
  /** What it means, what to do, when the same last passed: a sentence each. */
  readonly notes: readonly string[];
}

/** Gives account of a failed step; `lines` is how much of its log goes with it at most. */
export function accountOf(
  state: RunState,
  step: StepState,
  given: { readonly tail: Tail; readonly clean: Clean; readonly lines: number },
): Account | undefined {
  const { status, record } = step;
  if (status.kind !== 'failed') return undefined;
  const { tail, clean, lines } = given;
  const { failure, commandFailed } = status;
  const { short, what, next } = explain(failure, record);
  const said = lastWords(step, tail).map(clean);
  const at = commandFailed === undefined ? '' : clean(`at ${commandFailed.file}:${commandFailed.line}`);
  const words = telling(said, lines).filter((line) => line.trim() !== at && !repeats(line, failure));
  const text = commandFailed === undefined ? '' : clean(commandFailed.command);
  const again = failure.kind === 'service-died' ? undefined : before(state, step);
  return {
    title: numbered(state, step),
    short: clean(short),
    ms: status.ms,
    place: commandFailed === undefined ? undefined : clean(place(state, commandFailed)),
    summaries: state.summaries
      .filter((summary) => summary.step === record.key)
      .map((summary) => clean(firstLine(summary.text)))
      .filter((summary) => !words.some((line) => line.trim() === summary)),
    command: isSaidIn(text, words) ? [] : text.split('\n').filter(Boolean),
    words,
    notes: [what, next, again].filter((note) => note !== undefined).map(clean),
  };
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
