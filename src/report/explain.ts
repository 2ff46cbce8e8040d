import { unreachable } from '../basics/unreachable.js';
import type { Failure } from '../journal/failure.js';
import type { StepRecord } from '../journal/record.js';
import { tellDifference } from './differences.js';
import { hookOf, projectOf } from './names.js';
import { count, formatLimit, listing } from './text.js';

/** A failure for people: how the step ended in a few words, and where the words are not enough, what it means and what to do. */
export interface Explanation {
  /** Stands before a duration: `exit 22`. */
  readonly short: string;
  /** A sentence on what happened; left out where the hook's own output says it. */
  readonly what?: string;
  /** A sentence on what to do next. */
  readonly next?: string;
}

/** The limit that no single step is at fault for. */
export const RUN_LIMIT = 'limits.run';

/** Statuses that mean the same whatever the hook is; what a hook means by its own is its own affair. */
const STATUSES: ReadonlyMap<number, Omit<Explanation, 'short'>> = new Map([
  [
    126,
    {
      what: 'A command was found and could not be executed.',
      next: 'Look at its run bit and the interpreter in its first line.',
    },
  ],
  [
    127,
    {
      what: 'A command was not found.',
      next: "Install it, or look at the PATH that the release's env gives the hook.",
    },
  ],
  [
    137,
    {
      what: 'Something was killed by SIGKILL.',
      next: "Where nobody did it, look for the kernel's out-of-memory killer: dmesg.",
    },
  ],
]);

export function explain(failure: Failure, record: StepRecord): Explanation {
  const hook = hookOf(record) ?? 'step';
  switch (failure.kind) {
    case 'exit':
      return { short: `exit ${failure.status}`, ...STATUSES.get(failure.status) };
    case 'signal':
      return {
        short: `ended by ${failure.signal}`,
        what: `The hook was ended by ${failure.signal}, which Grenade did not send.`,
        next:
          failure.signal === 'SIGKILL'
            ? "Where nobody did it, look for the kernel's out-of-memory killer: dmesg."
            : 'Look in its log for what it did last.',
      };
    case 'time-limit':
      if (failure.limit === RUN_LIMIT) {
        return {
          short: 'ended at the limit of the run',
          what: `It was still running when the whole run reached its limit of ${formatLimit(failure.limitMs)}.`,
          next: `If the run needs longer, raise ${failure.limit} in grenade.yaml.`,
        };
      }
      return {
        short: 'ended at its time limit',
        what: `It was still running at its limit of ${formatLimit(failure.limitMs)} and was ended with all that it had started, services excepted.`,
        next: `If it needs longer, raise ${failure.limit} in grenade.yaml.`,
      };
    case 'not-started':
      return {
        short: 'could not be started',
        what: `The hook could not be started: ${failure.reason}.`,
        next: 'grenade check looks at every hook without running it.',
      };
    case 'left-early':
      return {
        short: 'left before it was done',
        what: `The module's process ended with status 0 before ${hook} had returned.`,
        next: 'Look for process.exit(), or for a promise that nothing settles.',
      };
    case 'service-died': {
      const status = failure.status === undefined ? '' : ` (${exitWords(failure.status)})`;
      return {
        short: `service ${failure.service} died`,
        what: `The service ${failure.service} ended${status} while it should have been up.`,
        next: `Its own log is ${failure.log} in the run's directory.`,
      };
    }
    case 'service-survived': {
      const named = failure.services.map(({ name, pid }) => `${name} (process ${pid})`);
      return {
        short: `${count(named.length, 'service')} still running`,
        what: `${hook} returned, and ${listing(named, 5)} still ${named.length === 1 ? 'runs' : 'run'}.`,
        next: 'End each with service_stop, or end its whole process group and wait until it is gone.',
      };
    }
    case 'release-silent':
      return {
        short: 'said nothing',
        what: 'The version hook printed nothing to compare.',
        next: 'Let it ask the running service and print its release as the last line.',
      };
    case 'release-wrong':
      return {
        short: `reports ${failure.reported}`,
        what: `The workspace wants ${failure.expected} at ${record.release}.`,
        next:
          failure.before === failure.reported
            ? 'Look whether start really starts what install put in place, and whether the old process was still there.'
            : `Look at what install puts in place, or correct releases.versions.${projectOf(record) ?? ''} in grenade.yaml.`,
      };
    case 'release-unchanged':
      return {
        short: `still reports ${failure.reported}`,
        next: 'If nothing should change, write the same version at both releases in grenade.yaml.',
      };
    case 'interrupted':
      return { short: `ended by ${failure.signal}` };
    case 'not-saved':
      return {
        short: `${failure.tool} ended with ${failure.how}`,
        what: `Saving the state of ${failure.name} failed.`,
        next: 'Look whether it is up where register_data or `data:` says, or register it no more.',
      };
    case 'not-restored':
      return {
        short: failure.how,
        what: `snapshot restore of ${failure.name} failed.`,
        next: 'Correct it, or `grenade snapshot drop` what it was given, to have the base built again.',
      };
    case 'refused': {
      const [first, ...more] = failure.problems;
      const place =
        first?.file === undefined ? '' : `${first.file}${first.line === undefined ? '' : `:${first.line}`}: `;
      return {
        short: 'cannot be',
        what: `${place}${first?.message ?? 'It was refused.'}`,
        next: [first?.fix ?? '', ...more.map(({ message }) => message)].join('\n'),
      };
    }
    case 'state-unread':
      return {
        short: 'could not be read',
        what: `The state of ${failure.name} could not be read: ${failure.reason}.`,
        next: 'Look whether it is up where register_data or `data:` says, or register it no more.',
      };
    case 'state-differs':
      return {
        short: 'found what nobody expected',
        what: `${listing(
          failure.found.map((each) => `${each.data}: ${tellDifference(each)}`),
          3,
        )}.`,
        next: 'Where that is meant to happen, say so with its reason under `expect:` in grenade.yaml.',
      };
    case 'step-error':
      return {
        short: 'failed in Grenade itself',
        what: `What Grenade does here did not work: ${failure.reason}.`,
        next: 'This is a fault of the harness or of the machine, not of the system under test.',
      };
    default:
      return unreachable(failure);
  }
}

/** As a shell has it: 128 + n for signal n. */
export const exitWords = (status: number): string =>
  status > 128 && status < 160 ? `signal ${status - 128}` : `exit ${status}`;
