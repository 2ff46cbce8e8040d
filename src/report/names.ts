import { unreachable } from '../basics/unreachable.js';
import type { CheckoutReady } from '../journal/event.js';
import type { Hook, Side, StepRecord } from '../journal/record.js';
import type { RunState, StepState } from '../journal/state.js';

/** What a hook does, in words, with the side where the same hook runs on both. */
function hookTitle(hook: Hook, side: Side): string {
  switch (hook) {
    case 'install':
    case 'start':
    case 'version':
    case 'smoke':
      return `${hook} ${side}`;
    case 'verify':
      return side === 'base' ? 'verify pre-upgrade' : 'verify post-upgrade';
    case 'verify_noapi':
      return 'verify with no API';
    case 'early_create':
      return 'early create';
    case 'create':
    case 'shutdown':
    case 'migrate':
    case 'upgrade':
    case 'finalize':
    case 'destroy':
      return hook;
    default:
      return unreachable(hook);
  }
}

/** What a step does, in words: `s3rver verify post-upgrade`. */
export function stepTitle(record: StepRecord): string {
  const { action } = record;
  if (record.system === 'twin' && action.kind !== 'compare-twin') return twinTitle(record);
  switch (action.kind) {
    case 'hook':
      return `${action.project} ${hookTitle(action.hook, record.side)}`;
    case 'fetch':
      return `fetch ${action.checkout}`;
    case 'script':
      return action.script;
    case 'settings':
      return 'read settings';
    case 'settle':
      return 'settle';
    case 'record-state':
      return 'record state';
    case 'compare-state':
      return record.side === 'base' ? 'compare state after a restart' : 'compare state';
    case 'record-schema':
      return 'record schema';
    case 'compare-twin':
      return 'compare with twin';
    case 'save-state':
      return 'save state';
    case 'keep-snapshot':
      return 'keep snapshot';
    case 'restore-snapshot':
      return 'restore snapshot';
    case 'take-down':
      return 'take down services';
    default:
      return unreachable(action);
  }
}

/** `postgres start twin`. */
function twinTitle({ system: _, ...record }: StepRecord): string {
  const { action } = record;
  return action.kind === 'hook' ? `${action.project} ${action.hook} twin` : `${stepTitle(record)} of twin`;
}

export const projectOf = (record: StepRecord): string | undefined =>
  record.action.kind === 'hook' ? record.action.project : undefined;

export const hookOf = (record: StepRecord): Hook | undefined =>
  record.action.kind === 'hook' ? record.action.hook : undefined;

/** Numbers as wide as the run's largest, so that they stand in a column. */
export const stepNumber = (number: number, steps: number): string =>
  String(number).padStart(Math.max(2, String(steps).length), '0');

/** `27 s3rver verify post-upgrade`. */
export const numbered = (state: RunState, step: StepState): string =>
  `${stepNumber(step.record.number, state.steps.length)} ${stepTitle(step.record)}`;

/** What came by git, and which commit it is: `heat at 1a2b3c4d5e6f (master), cloned`. */
export function checkoutText({ name, ref, commit, how }: CheckoutReady): string {
  const at = commit === undefined ? 'no checkout of git, so its commit is not known' : `at ${commit.slice(0, 12)}`;
  return `${name} ${at}${ref === undefined ? '' : ` (${ref})`}, ${how === 'used' ? 'used as it lay there' : how}`;
}

/** `full-stop` as people say it. */
export const scenarioTitle = (scenario: string): string => scenario.replaceAll('-', ' ');
