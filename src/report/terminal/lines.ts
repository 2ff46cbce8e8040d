import { formatDuration } from '../../basics/duration.js';
import { formatSize } from '../../basics/size.js';
import { unreachable } from '../../basics/unreachable.js';
import type { Event } from '../../journal/event.js';
import type { RunState, StepState } from '../../journal/state.js';
import { isWorthALine, tellDifference } from '../differences.js';
import { explain } from '../explain.js';
import { checkoutText, stepNumber, stepTitle } from '../names.js';
import { probeLine } from '../probes.js';
import { fromWorkspace, place } from '../queries.js';
import type { Style } from '../style.js';
import { type Clean, clock, firstLine } from '../text.js';

/**
 * What one event is worth where nobody watches a terminal: a line with its time, or nothing. `state` is the run
 * with this event already in it.
 */
export function plainLines(event: Event, state: RunState, clean: Clean, style: Style): string[] {
  const line = (step: string | undefined, text: string): string => {
    const known = state.byKey.get(step ?? '');
    const number = known === undefined ? '' : stepNumber(known.record.number, state.steps.length);
    return `${style.dim(clock(event.at))}  ${number.padStart(stepNumber(0, state.steps.length).length)}  ${text}`;
  };
  switch (event.type) {
    case 'step-finished': {
      const step = state.byKey.get(event.step);
      if (step === undefined) return [];
      const { status, record } = step;
      if (status.kind !== 'failed') {
        const nothing = record.empty === true ? '  does nothing' : '';
        return [line(event.step, `${stepTitle(record)}  ${formatDuration(event.ms)}${nothing}`)];
      }
      const { short, what } = explain(status.failure, record);
      const { commandFailed } = status;
      const head = `${style.red('✘')} ${stepTitle(record)}  ${style.red(clean(short))} after ${formatDuration(event.ms)}`;
      return [
        line(event.step, head),
        ...(what === undefined ? [] : [line(event.step, `  ${clean(what)}`)]),
        ...(commandFailed === undefined
          ? []
          : [line(event.step, `  ${place(state, commandFailed)}  ${clean(firstLine(commandFailed.command))}`)]),
      ];
    }
    case 'summary-written':
      return [line(event.step, `  ${clean(firstLine(event.text))}`)];
    case 'warned':
      return [line(event.step, `${style.yellow('warning:')} ${clean(firstLine(event.text))}`)];
    case 'exception-used':
      return [line(event.step, `  per-release exception of ${event.project}: ${fromWorkspace(state, event.file)}`)];
    case 'service-exited':
      return event.expected
        ? []
        : [
            line(
              undefined,
              `${style.red('✘')} service ${event.service} died${event.status < 0 ? '' : `, status ${event.status}`}`,
            ),
          ];
    case 'checkout-ready':
      return [line(event.step, `  ${clean(checkoutText(event))}`)];
    case 'snapshot-kept':
      return [line(event.step, `  kept as snapshot ${event.key}, ${formatSize(event.bytes)}`)];
    case 'snapshot-restored':
      return [line(event.step, `  snapshot ${event.key} of run ${event.run}, by ${event.by}`)];
    case 'probe-changed': {
      const text = probeLine(event, state);
      return text === undefined ? [] : [line(undefined, clean(text))];
    }
    case 'sampling-ended':
      return event.reason === undefined
        ? []
        : [
            line(
              undefined,
              `${style.yellow('warning:')} ${clean(event.reason)}: nothing is known of probes from here on`,
            ),
          ];
    case 'state-compared': {
      const worth = event.differences.filter(isWorthALine);
      return worth.slice(0, 8).map((each) => line(event.step, `  ${clean(`${event.data}: ${tellDifference(each)}`)}`));
    }
    case 'state-unread':
      return [line(event.step, `  ${style.yellow('not compared:')} ${clean(`${event.data}, ${event.reason}`)}`)];
    case 'expectation-missed':
      return [line(event.step, `  ${style.yellow('expected, and did not happen:')} ${clean(event.what)}`)];
    case 'config-changed': {
      const { steps, project, difference } = event;
      return [line(steps.at(-1), `  ${clean(`configuration of ${project}: ${tellDifference(difference)}`)}`)];
    }
    case 'config-unread': {
      const text = `configuration of ${event.project} could not be looked at, ${event.reason}`;
      return [line(event.step, `${style.yellow('warning:')} ${clean(text)}`)];
    }
    case 'interrupted':
      return [line(undefined, `${event.signal}: ending what runs; once more ends it at once`)];
    // These are said by the step they belong to, by the header or by the result.
    case 'run-started':
    case 'planned':
    case 'run-resumed':
    case 'step-started':
    case 'command-failed':
    case 'resource-saved':
    case 'service-started':
    case 'service-stopping':
    case 'release-reported':
    case 'logs-compared':
    case 'log-evidence':
    case 'world-dumped':
    case 'config-recorded':
    case 'run-finished':
    case 'cleaned':
      return [];
    default:
      return unreachable(event);
  }
}

/** A line for a step that takes long, so that a silent log does not look like a dead one. */
export function patienceLine(state: RunState, step: StepState, now: number, clean: Clean, style: Style): string {
  const { status, record, summary } = step;
  const ms = status.kind === 'running' ? now - status.startedAt : 0;
  const number = stepNumber(record.number, state.steps.length);
  const latest = summary === undefined ? '' : `: ${clean(firstLine(summary))}`;
  return `${style.dim(clock(now))}  ${number}  ${stepTitle(record)}  still running after ${formatDuration(ms)}${latest}`;
}
