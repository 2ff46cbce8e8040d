import { formatDuration } from '../basics/duration.js';
import { unreachable } from '../basics/unreachable.js';
import { type ProbeResult, probeResults } from '../checks/budget.js';
import type { Verdict } from '../journal/event.js';
import { elapsedMs } from '../journal/fold.js';
import type { RunState, StepState } from '../journal/state.js';
import { unexplained } from './exceptions.js';
import { RUN_LIMIT } from './explain.js';
import { hookOf, numbered } from './names.js';
import { overBudget } from './probes.js';
import { unproven, verifiedAfter } from './queries.js';
import { reasonOf } from './reasons.js';
import { count, formatLimit, listing } from './text.js';

/** What the process exits with, by the contract's table. A run without a verdict was killed or still goes on. */
export function exitCode(state: RunState): number {
  const { verdict } = state;
  switch (verdict) {
    case 'passed':
      return state.strict && (unproven(state).length > 0 || unexplained(state).length > 0) ? 1 : 0;
    case 'base-ready':
      return 0;
    case 'stopped':
    case 'upgrade':
    case 'after':
      return 1;
    case 'base':
      return 3;
    case 'harness':
    case undefined:
      return 4;
    case 'interrupted':
      return 130;
    default:
      return unreachable(verdict);
  }
}

/** How a run ended, in one sentence, and how it should look. */
export interface Sentence {
  readonly mark: '✔' | '✘' | '▸';
  readonly tone: 'good' | 'bad' | 'doubtful';
  readonly text: string;
}

export interface SentenceOptions {
  readonly now: number;
  /** Whether the harness of an unfinished run is still there; otherwise it was killed. */
  readonly alive?: boolean;
}

export function sentence(state: RunState, { now, alive = false }: SentenceOptions): Sentence {
  const { verdict } = state;
  const good = (text: string): Sentence => ({ mark: '✔', tone: 'good', text });
  const bad = (text: string): Sentence => ({ mark: '✘', tone: 'bad', text });
  const doubtful = (text: string): Sentence => ({ mark: '▸', tone: 'doubtful', text });
  const failed = state.failed.filter(({ status }) => status.kind === 'failed' && status.failure.kind !== 'interrupted');
  switch (verdict) {
    case 'passed': {
      const missing = state.strict ? unproven(state).map(({ name }) => name) : [];
      const silent = state.strict && missing.length === 0 ? unexplained(state) : [];
      if (silent.length > 0) {
        return bad(
          `Every step passed, and ${listing(
            silent.map(({ what }) => what),
            3,
          )} with no reason given: --strict asks for one.`,
        );
      }
      if (missing.length === 0) return passed(state, now, good, doubtful);
      return bad(
        `Every step passed, and nothing proves which release ${listing(missing, 5)} now ${missing.length === 1 ? 'runs' : 'run'}: --strict asks for that.`,
      );
    }
    case 'base-ready':
      return good(`The base ${state.releases?.base ?? ''} is ready; nothing was upgraded.`.replace('  ', ' '));
    case 'stopped': {
      const last = state.phases.findLast((phase) => phase.finished > 0)?.record.name;
      const where = last === undefined ? '' : ` after ${last}`;
      return doubtful(`Stopped as asked${where}: nothing is said about the upgrade.`);
    }
    case 'upgrade':
      return bad(blamed(state, failed));
    case 'after':
      return bad(`The upgrade passed; what came after it did not${because(state, failed)}.`);
    case 'base':
      return bad(
        `The base was broken before the upgrade${because(state, failed)}. This says nothing about the upgrade.`,
      );
    case 'harness':
      return bad(`Grenade itself failed${during(state, failed)}. This says nothing about the upgrade.`);
    case 'interrupted':
      return bad(
        `Interrupted${state.interrupted === undefined ? '' : ` by ${state.interrupted}`}${during(state, state.failed)}: there is no verdict.`,
      );
    case undefined:
      return alive
        ? doubtful(`Still running${during(state, [])}.`)
        : bad(`The harness was killed${during(state, [])}: there is no verdict.`);
    default:
      return unreachable(verdict);
  }
}

/** Green says what was looked at, and nothing more. */
function passed(
  state: RunState,
  now: number,
  good: (text: string) => Sentence,
  doubtful: (text: string) => Sentence,
): Sentence {
  const { releases, projects } = state;
  const verified = verifiedAfter(state).size;
  const way = releases === undefined ? '' : ` went from ${releases.base} to ${releases.target}`;
  const went = `${count(projects.length, 'project')}${way} in ${formatDuration(elapsedMs(state, now))}`;
  const none = state.steps.some(({ record }) => hookOf(record) === 'verify')
    ? 'no verify does anything'
    : 'no project has a verify';
  if (verified === 0) return doubtful(`Every step passed and nothing was checked, for ${none}: ${went}.`);
  if (verified < projects.length) {
    return good(`What ${verified} of ${count(projects.length, 'project')} had before is there after: ${went}.`);
  }
  return good(`Everything that was there before is there after: ${went}.`);
}

/** ` during 07 postgres start base`. */
function during(state: RunState, failed: readonly StepState[]): string {
  const steps = state.running.size > 0 ? [...state.running] : failed;
  if (steps.length > 0)
    return ` during ${listing(
      steps.map((step) => numbered(state, step)),
      3,
    )}`;
  return state.steps.length === 0 ? ' before there was a plan' : '';
}

/** `: postgres does not start at spring`. */
function because(state: RunState, failed: readonly StepState[]): string {
  const limit = runLimit(failed);
  if (limit !== undefined) return `: the run reached its limit of ${limit}${during(state, failed)}`;
  const { reasons, first, names } = reasonsOf(state, failed);
  if (first === undefined) return becauseOfProbes(state, 'base');
  if (names.length === 1) return `: ${first.name} ${first.alone}`;
  const alike = reasons.every(({ alone }) => alone === first.alone);
  return alike ? `: ${listing(names, 5)} each ${first.alone}` : `: ${listing(names, 5)} failed`;
}

/** `The upgrade broke s3rver: what was created before it is not there after it.` */
function blamed(state: RunState, failed: readonly StepState[]): string {
  const limit = runLimit(failed);
  if (limit !== undefined)
    return `The upgrade did not end: the run reached its limit of ${limit}${during(state, failed)}.`;
  const { reasons, first, names } = reasonsOf(state, failed);
  if (first === undefined) return keptDown(state) ?? began(state) ?? 'The upgrade failed.';
  // Until a project is being upgraded the upgrade cannot have broken it: it failed at it.
  const verb = failed.some(({ record }) => record.side === 'target') ? 'The upgrade broke' : 'The upgrade failed at';
  const alike = names.length === 1 || reasons.every(({ its }) => its === first.its);
  return `${verb} ${listing(names, 5)}${alike ? `: ${first.its}` : ''}.`;
}

/** `The upgrade broke worker: it began to print errors and tracebacks.` */
function began({ evidence }: RunState): string | undefined {
  const failing = evidence.filter(({ fails }) => fails);
  if (failing.length === 0) return undefined;
  const services = [...new Set(failing.map(({ service }) => service))];
  const kinds = [...new Set(failing.map(({ kind }) => `${kind}s`))];
  return `The upgrade broke ${listing(services, 5)}: ${services.length === 1 ? 'it' : 'they'} began to print ${listing(kinds)} that ${services.length === 1 ? 'it' : 'they'} had not printed before.`;
}

const overIn = (state: RunState, whom: ProbeResult['over']): readonly ProbeResult[] =>
  probeResults(state, state.endedAt ?? state.lastAt).filter(({ over }) => over === whom);

/** `: s3 was down 4.2 s, and its budget is 2 s`. */
function becauseOfProbes(state: RunState, whom: ProbeResult['over']): string {
  const over = overIn(state, whom);
  return over.length === 0 ? '' : `: ${listing(over.map(overBudget), 3)}`;
}

/** No step failed: something was down for longer than it may be. */
function keptDown(state: RunState): string | undefined {
  const over = overIn(state, 'upgrade');
  const names = over.map(({ probe }) => probe.record.name);
  const [first] = over;
  if (first === undefined) return undefined;
  if (over.length > 1) return `The upgrade kept ${listing(names, 5)} down for longer than their budgets.`;
  return `The upgrade broke a budget: ${overBudget(first)}.`;
}

function reasonsOf(state: RunState, failed: readonly StepState[]) {
  const reasons = failed.map((step) => reasonOf(state, step));
  return { reasons, first: reasons[0], names: [...new Set(reasons.map(({ name }) => name))] };
}

/** The limit of the whole run, when that is what ended it: no project is at fault then. */
function runLimit(failed: readonly StepState[]): string | undefined {
  const ended = failed.flatMap(({ status }) => (status.kind === 'failed' ? [status.failure] : []));
  const [first] = ended;
  if (first?.kind !== 'time-limit') return undefined;
  const every = ended.every((failure) => failure.kind === 'time-limit' && failure.limit === RUN_LIMIT);
  return every ? formatLimit(first.limitMs) : undefined;
}

/** Whether there is something to look into. */
export const isFailure = (verdict: Verdict | undefined): boolean =>
  verdict === undefined || !['passed', 'base-ready', 'stopped'].includes(verdict);
