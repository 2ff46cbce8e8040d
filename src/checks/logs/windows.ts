import type { RunState, ServiceState, StepState } from '../../journal/state.js';

/**
 * What a part of a service's log is held for.
 *
 * `before` is all that the service ever wrote as the base, its shutdown included. `after` is what it writes as the
 * target. Neither is what it writes while it is being stopped, or while another project's hook installs or migrates:
 * those ask a database for what is not there yet, and if it mattered the hook would fail.
 */
export type Window = 'before' | 'after' | 'neither';

export interface Stretch {
  readonly window: Window;
  /** First byte. */
  readonly from: number;
  /** The step that had begun last. */
  readonly step: string | undefined;
}

/** The stretches of a service's log, in order; each ends where the next one begins. */
export function stretches(state: RunState, log: string): Stretch[] {
  const marks = marksOf(state, log);
  const lives = state.lives.filter(({ name }) => name === log);
  const upAt = marks.findIndex(({ step }) => isUp(state.byKey.get(step)));
  const up = marks[upAt];
  const cuts = [
    0,
    ...marks.map(({ from }) => from),
    ...lives.flatMap(({ logOffset, stopping }) => [logOffset, ...(stopping === undefined ? [] : [stopping.logOffset])]),
  ];
  const found: Stretch[] = [];
  // All of them stand in the order of the log: each is gone through once.
  let [at, lifeAt] = [-1, -1];
  for (const from of [...new Set(cuts)].sort((a, b) => a - b)) {
    while ((marks[at + 1]?.from ?? Number.POSITIVE_INFINITY) <= from) at += 1;
    while ((lives[lifeAt + 1]?.logOffset ?? Number.POSITIVE_INFINITY) <= from) lifeAt += 1;
    const step = marks[at]?.step;
    const upgraded = up !== undefined && at >= upAt && from >= up.from;
    found.push({ from, step, window: windowOf(state, { life: lives[lifeAt], step, from, upgraded }) });
  }
  return found.filter((stretch, at) => at === 0 || !same(stretch, found[at - 1]));
}

/** Whether the log lost what it had held: by rotation, or because somebody emptied it. Then places in it mean nothing. */
export function wasShortened(state: RunState, log: string, size: number): boolean {
  const sizes = [...marksOf(state, log).map(({ from }) => from), size];
  return sizes.some((each, at) => each < (sizes[at - 1] ?? 0));
}

const same = (a: Stretch, b: Stretch | undefined): boolean => a.window === b?.window && a.step === b.step;

interface Place {
  readonly life: ServiceState | undefined;
  readonly step: string | undefined;
  readonly from: number;
  /** Whether something was started at the target before it was written. */
  readonly upgraded: boolean;
}

function windowOf(state: RunState, { life, step, from, upgraded }: Place): Window {
  const stopping = life?.stopping !== undefined && from >= life.stopping.logOffset;
  if (life !== undefined && !startedAtTarget(state, life)) {
    // A base that was still up when the first of the others came up at the target is watched from then on.
    const livedOn = upgraded && !stopping && !isTarget(state.byKey.get(life.step ?? ''));
    if (!livedOn) return 'before';
  } else if (life === undefined && !upgraded) return 'before';
  return stopping || isOthersWork(state, step, life) ? 'neither' : 'after';
}

const hookOf = (step: StepState | undefined): string | undefined =>
  step?.record.action.kind === 'hook' ? step.record.action.hook : undefined;
const isTarget = (step: StepState | undefined): boolean => step?.record.side === 'target';

/** Whether a step brings something up at the target. */
function isUp(step: StepState | undefined): boolean {
  const hook = hookOf(step);
  return isTarget(step) && (hook === 'start' || hook === 'upgrade');
}

/** What install and migrate start on the way up serves them alone. */
function startedAtTarget(state: RunState, { step }: ServiceState): boolean {
  const by = state.byKey.get(step ?? '');
  const hook = hookOf(by);
  return isTarget(by) && hook !== 'install' && hook !== 'migrate';
}

/** Whether the step moves the code or data of a project to the target, and the service is none of its own. */
function isOthersWork(state: RunState, key: string | undefined, life: ServiceState | undefined): boolean {
  const step = state.byKey.get(key ?? '');
  const action = step?.record.action;
  if (!isTarget(step) || action?.kind !== 'hook') return false;
  if (action.hook !== 'install' && action.hook !== 'migrate' && action.hook !== 'upgrade') return false;
  const owner = state.byKey.get(life?.step ?? '')?.record.action;
  return owner?.kind !== 'hook' || owner.project !== action.project;
}

/** For each step that began: how long the log was. */
function marksOf(state: RunState, log: string): { readonly step: string; readonly from: number }[] {
  let from = 0;
  return state.logMarks.map(({ step, logged }) => {
    from = logged[log] ?? from;
    return { step, from };
  });
}
