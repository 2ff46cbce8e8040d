import { unreachable } from '../basics/unreachable.js';
import { isDrift, weightOf } from '../journal/difference.js';
import type { Failure } from '../journal/failure.js';
import type { Action, Hook, StepRecord } from '../journal/record.js';
import type { RunState, StepState } from '../journal/state.js';
import { hookOf } from './names.js';
import { brokenProject } from './queries.js';
import { formatLimit, listing } from './text.js';

/** Why a project is spoken against, in two forms that sentences are made of. */
interface Reason {
  readonly name: string;
  /** After the project's name: `does not start at autumn`. */
  readonly alone: string;
  /** After a colon, the project being known: `it does not start at autumn`. */
  readonly its: string;
}

export function reasonOf(state: RunState, step: StepState): Reason {
  const { status, record } = step;
  const name = nameOf(state, step);
  const own = status.kind === 'failed' ? byFailure(status.failure, record) : undefined;
  if (own !== undefined) return { name, ...own };
  const hook = hookOf(record);
  if (hook !== undefined) return { name, ...byHook(hook, record) };
  const work = ownWork(record.action);
  return { name, alone: `could not ${work}`, its: `it could not ${work}` };
}

/** Who is spoken against: a project, what was to be saved, or Grenade where its own work failed. */
function nameOf(state: RunState, step: StepState): string {
  const { status } = step;
  const failure = status.kind === 'failed' ? status.failure : undefined;
  if (failure?.kind === 'not-saved' || failure?.kind === 'not-restored' || failure?.kind === 'state-unread') {
    return failure.name;
  }
  if (failure?.kind === 'state-differs') return listing([...new Set(failure.found.map(({ data }) => data))], 3);
  if (failure?.kind === 'step-error') return 'Grenade';
  if (failure?.kind === 'refused') return 'the workspace';
  return brokenProject(state, step) ?? 'the system';
}

function ownWork(action: Action): string {
  switch (action.kind) {
    case 'hook':
      return `call ${action.project}'s ${action.hook}`;
    case 'fetch':
      return `fetch ${action.checkout}`;
    case 'script':
      return `get through ${action.script}`;
    case 'settings':
      return 'be read';
    case 'settle':
      return 'watch the system settle';
    case 'record-state':
      return 'record its state';
    case 'compare-state':
      return 'compare its state';
    case 'record-schema':
      return 'record how its databases are defined';
    case 'compare-twin':
      return 'compare it with its twin';
    case 'save-state':
      return 'save its state';
    case 'keep-snapshot':
      return 'keep a snapshot of the base';
    case 'restore-snapshot':
      return 'restore the base from its snapshot';
    case 'take-down':
      return 'take its services down';
    default:
      return unreachable(action);
  }
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
    case 'state-unread':
      return { alone: 'has state that cannot be read', its: 'its state cannot be read' };
    case 'state-differs': {
      if (failure.found.every(({ kind }) => isDrift(kind))) {
        const what = `not what a fresh install of ${record.release} is`;
        return { alone: `is ${what}`, its: `it is ${what}` };
      }
      const lost = failure.found.some((each) => weightOf(each) === 'loss');
      return lost
        ? { alone: 'lost state that nobody expected to go', its: 'state is gone that nobody expected to go' }
        : { alone: 'has state that changed', its: 'state changed that nobody expected to change' };
    }
    case 'not-saved':
      return { alone: 'could not be saved', its: 'its state could not be saved' };
    case 'not-restored':
      return { alone: 'could not be restored from its snapshot', its: 'it could not be restored from its snapshot' };
    case 'not-started':
      return { alone: `has a ${words(record)} that cannot be started`, its: `its ${words(record)} cannot be started` };
    case 'refused':
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
  (hookOf(record) ?? record.action.kind).replace('verify_noapi', 'verify with no API').replace(/[_-]/g, ' ');

/** What it means that this hook failed. */
function byHook(hook: Hook, { side, release, system }: StepRecord): Omit<Reason, 'name'> {
  const it = (alone: string): Omit<Reason, 'name'> => ({ alone, its: `it ${alone}` });
  switch (hook) {
    case 'install':
      return it(`could not be installed ${system === 'twin' ? 'freshly ' : ''}at ${release}`);
    case 'start':
      return it(`does not start ${system === 'twin' ? 'freshly installed ' : ''}at ${release}`);
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
