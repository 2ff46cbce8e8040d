import { formatDuration } from '../basics/duration.js';
import { unreachable } from '../basics/unreachable.js';
import type { Verdict } from '../journal/event.js';
import type { Failure } from '../journal/failure.js';
import { elapsedMs } from '../journal/fold.js';
import type { Hook, StepRecord } from '../journal/record.js';
import type { RunState, StepState } from '../journal/state.js';
import { hookOf, numbered } from './names.js';
import { brokenProject, unproven, verifiedAfter } from './queries.js';
import { count, formatLimit, listing } from './text.js';

/** What the process exits with, by the contract's table. A run without a verdict was killed or still goes on. */
export function exitCode(state: RunState, options: { readonly strict?: boolean } = {}): number {
  const { verdict } = state;
  switch (verdict) {
    case 'passed':
      return options.strict === true && unproven(state).length > 0 ? 1 : 0;
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

/** `alive`: whether the harness of an unfinished run is still there; otherwise it was killed. */
export function sentence(state: RunState, now: number, alive = false): Sentence {
  const { verdict } = state;
  const good = (text: string): Sentence => ({ mark: '✔', tone: 'good', text });
  const bad = (text: string): Sentence => ({ mark: '✘', tone: 'bad', text });
  const doubtful = (text: string): Sentence => ({ mark: '▸', tone: 'doubtful', text });
  const failed = state.failed.filter(({ status }) => status.kind === 'failed' && status.failure.kind !== 'interrupted');
  switch (verdict) {
    case 'passed':
      return passed(state, now, good, doubtful);
    case 'base-ready':
      return good(`The base ${state.releases?.base ?? ''} is ready; nothing was upgraded.`.replace('  ', ' '));
    case 'stopped': {
      const last = state.phases.findLast((phase) => phase.finished > 0)?.record.name;
      const where = last === undefined ? '' : ` after ${last}`;
      return doubtful(`Stopped as asked${where}: nothing is said about the upgrade.`);
    }
    case 'upgrade':
      return bad(
        failed.length === 0 ? 'The upgrade failed.' : blamed(state, failed, 'The upgrade broke', 'The upgrade failed'),
      );
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
  if (verified === 0)
    return doubtful(`Every step passed and nothing was checked, for no project has a verify: ${went}.`);
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
  const reasons = failed.map((step) => said(state, step));
  const [first] = reasons;
  if (first === undefined) return '';
  const names = distinct(reasons.map(({ name }) => name));
  const alike = reasons.every(({ alone }) => alone === first.alone);
  if (names.length === 1) return `: ${first.name} ${first.alone}`;
  return alike ? `: ${listing(names, 5)} each ${first.alone}` : `: ${listing(names, 5)} failed`;
}

/** `The upgrade broke s3rver: what was created before it is not there after it.` */
function blamed(state: RunState, failed: readonly StepState[], broke: string, otherwise: string): string {
  const reasons = failed.map((step) => said(state, step));
  const [first] = reasons;
  if (first === undefined) return `${otherwise}.`;
  const names = distinct(reasons.map(({ name }) => name));
  const alike = reasons.every(({ its }) => its === first.its);
  // Until a project is being upgraded the upgrade cannot have broken it: it failed at it.
  const verb = failed.some(({ record }) => record.side === 'target') ? broke : `${otherwise} at`;
  return alike || names.length === 1 ? `${verb} ${listing(names, 5)}: ${first.its}.` : `${verb} ${listing(names, 5)}.`;
}

const distinct = (names: readonly string[]): string[] => [...new Set(names)];

interface Reason {
  readonly name: string;
  /** After the project's name: `does not start at autumn`. */
  readonly alone: string;
  /** After a colon, the project being known: `it does not start at autumn`. */
  readonly its: string;
}

function said(state: RunState, step: StepState): Reason {
  const name = brokenProject(state, step) ?? 'the system';
  const { status, record } = step;
  const own = status.kind === 'failed' ? byFailure(status.failure, record) : undefined;
  if (own !== undefined) return { name, ...own };
  const hook = hookOf(record);
  return hook === undefined ? { name, alone: 'failed', its: 'it failed' } : { name, ...byHook(hook, record) };
}

/** Failures that say more than the hook they happened in. */
function byFailure(failure: Failure, record: StepRecord): Omit<Reason, 'name'> | undefined {
  const it = (alone: string): Omit<Reason, 'name'> => ({ alone, its: `it ${alone}` });
  switch (failure.kind) {
    case 'time-limit':
      return it(`did not finish ${words(record)} within ${formatLimit(failure.limitMs)}`);
    case 'service-died':
      return { alone: `lost its service ${failure.service}`, its: `its service ${failure.service} died` };
    case 'service-survived':
      return it('was still running after its shutdown');
    case 'release-silent':
      return it('does not say which release it runs');
    case 'release-wrong':
      return failure.before === failure.reported
        ? it(`still runs ${failure.reported}`)
        : it(`runs ${failure.reported} and not ${failure.expected}`);
    case 'release-unchanged':
      return it(`still runs ${failure.reported}`);
    case 'not-started':
      return { alone: `has a ${words(record)} that cannot be started`, its: `its ${words(record)} cannot be started` };
    case 'exit':
    case 'signal':
    case 'left-early':
    case 'interrupted':
    case 'step-error':
      return undefined;
    default:
      return unreachable(failure);
  }
}

const words = (record: StepRecord): string =>
  (hookOf(record) ?? 'it').replace('verify_noapi', 'verify with no API').replace('_', ' ');

/** What it means that this hook failed. */
function byHook(hook: Hook, { side, release }: StepRecord): Omit<Reason, 'name'> {
  const it = (alone: string): Omit<Reason, 'name'> => ({ alone, its: `it ${alone}` });
  switch (hook) {
    case 'install':
      return it(`could not be installed at ${release}`);
    case 'start':
      return it(`does not start at ${release}`);
    case 'version':
      return it('does not say which release it runs');
    case 'smoke':
      return it(`fails its smoke test at ${release}`);
    case 'early_create':
    case 'create':
      return it('could not create what should survive');
    case 'verify':
      return side === 'base'
        ? { alone: 'does not have what was just created', its: 'what was just created is not there' }
        : { alone: 'lost what was created before', its: 'what was created before it is not there after it' };
    case 'verify_noapi':
      return { alone: 'lost what was created once it was down', its: 'what was created is not there once it is down' };
    case 'shutdown':
      return it('could not be shut down');
    case 'migrate':
      return { alone: `could not be migrated to ${release}`, its: `its data could not be migrated to ${release}` };
    case 'upgrade':
      return it(`could not be upgraded to ${release}`);
    case 'finalize':
      return it(`could not be finalized at ${release}`);
    case 'destroy':
      return { alone: 'could not delete what was created', its: 'what was created could not be deleted' };
    default:
      return unreachable(hook);
  }
}

/** Whether there is something to look into. */
export const isFailure = (verdict: Verdict | undefined): boolean =>
  verdict === undefined || !['passed', 'base-ready', 'stopped'].includes(verdict);
