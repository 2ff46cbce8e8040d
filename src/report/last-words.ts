import type { StepState } from '../journal/state.js';
import type { Tail } from './tail.js';

/** What the supervisor writes into a service's log between two starts of it. */
const STARTED_AGAIN = /^--- \S+ service \S+ is started again ---$/;

/** What a failed step said last, or the service that died while it ran, as the log has it. */
export function lastWords({ status, log }: StepState, tail: Tail): readonly string[] {
  // What differs is told at length by itself.
  if (status.kind !== 'failed' || status.failure.kind === 'state-differs') return [];
  if (status.failure.kind !== 'service-died') return log === undefined ? [] : tail(log);
  const said = tail(status.failure.log);
  // What it said before it was started again is of a process that had ended well.
  return said.slice(said.findLastIndex((line) => STARTED_AGAIN.test(line)) + 1);
}

const FRAME = /^\s+at (?:.*[(\s])?(?:\S+:\d+(?::\d+)?|<anonymous>|native)\)?(?: \{)?$/;
const INTERNAL = /node:|\/node_modules\/|<anonymous>|native/;
const PYTHON_FRAME = /^ {2}File ".*", line \d+/;
/** What Node says around an error: where it was thrown in its own source, and which Node it is. */
const AROUND = /^node:\S+:\d+$|^Node\.js v\d|^\s+throw \w+;?( \/\/ .*)?$|^\s*\^$|^Emitted '\w+' event on .* at:$/;
const ERROR = /^(?:Uncaught |\[)?[\w.]*(?:Error|Exception)\b(?: \[\w+\])?(?::|$)/;

/** What begins the lines of a service's log at the end of a message about it. */
const END_OF_LOG = /^ {2}The end of \S.*:$/;
const QUOTE = '    ';

/** Frames of a stack that are worth their line. */
const FRAMES = 2;

/**
 * Of a log's last lines those that tell most: of a stack trace its error, and the frames nearest to it; of a message that
 * ends with a service's log the message too.
 */
export function telling(lines: readonly string[], most: number): readonly string[] {
  if (lines.length <= most) return lines;
  const quoted = lines.findLastIndex((line) => END_OF_LOG.test(line));
  const said = lines.slice(quoted + 1);
  if (quoted > 0 && said.every((line) => line.startsWith(QUOTE))) {
    // What frames come below are of the message.
    const log = said.map((line) => line.slice(QUOTE.length)).filter((line) => !line.startsWith('at '));
    return [...lines.slice(quoted - 1, quoted + 1), ...telling(log, most - 2).map((line) => `${QUOTE}${line}`)];
  }
  const kept = withoutFrames(lines.filter((line) => !AROUND.test(line)));
  const error = kept.findLastIndex((line) => ERROR.test(line));
  // What comes after an error's line and belongs to it is indented, or closes a bracket.
  const own = error !== -1 && kept.slice(error + 1).every((line) => /^[\s}\]]/.test(line));
  return own && error < kept.length - most ? kept.slice(error, error + most) : kept.slice(-most);
}

/** Long runs of frames cut to those nearest to the error: the first of JavaScript's, the last of Python's. */
function withoutFrames(lines: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let i = 0; i < lines.length; ) {
    const stack = runOf(lines, i, (line) => FRAME.test(line));
    const traceback = runOf(lines, i, (line, at) => PYTHON_FRAME.test(line) || (at > 0 && /^ {4}/.test(line)));
    if (stack > 0) {
      const frames = lines.slice(i, i + stack);
      const users = frames.filter((line) => !INTERNAL.test(line));
      kept.push(...(users.length > 0 ? users : frames).slice(0, FRAMES));
    } else if (traceback > 0) {
      const frames = lines.slice(i, i + traceback);
      kept.push(...frames.slice(frames.findLastIndex((line) => PYTHON_FRAME.test(line))));
    } else kept.push(lines[i] ?? '');
    i += Math.max(1, stack, traceback);
  }
  return kept;
}

function runOf(lines: readonly string[], from: number, belongs: (line: string, at: number) => boolean): number {
  let length = 0;
  while (from + length < lines.length && belongs(lines[from + length] ?? '', length)) length += 1;
  return length;
}
