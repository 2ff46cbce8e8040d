import { timeOf } from '../../checks/outages.js';
import type { Reported, RunState, StepState } from '../../journal/state.js';
import { hookOf, projectOf } from '../names.js';
import type { Stay, Stretch } from './model.js';

/**
 * What each project ran at every moment, from its steps alone: at the base once its start had passed (or, where
 * something else started it, with its first step), stopped once its shutdown had, on its way from the first step on
 * the way up to the end of the last. `whole` is the run from its beginning to its end.
 */
export function staysOf(state: RunState, whole: Stretch): ReadonlyMap<string, readonly Stay[]> {
  const bySteps = new Map<string, StepState[]>(state.projects.map(({ name }) => [name, []]));
  let takenDown: number | undefined;
  for (const step of state.steps) {
    // What runs beside the system that is upgraded is no stay of its projects.
    if (step.record.system !== undefined) continue;
    bySteps.get(projectOf(step.record) ?? '')?.push(step);
    if (step.record.action.kind === 'take-down' && step.status.kind === 'passed') takenDown = step.status.endedAt;
  }
  return new Map([...bySteps].map(([name, steps]) => [name, stays(name, steps, state, whole, takenDown)]));
}

function stays(
  name: string,
  steps: readonly StepState[],
  state: RunState,
  whole: Stretch,
  takenDown: number | undefined,
): readonly Stay[] {
  const called = namesFor(state.reported.get(name) ?? {}, state);
  const found: (Stay & { to: number })[] = [{ ...whole, where: 'nowhere', release: '' }];
  const move = (at: number, where: Stay['where']): void => {
    const last = found.at(-1);
    if (last === undefined || last.where === where) return;
    const release = where === 'down' ? last.release : called[where];
    if (at <= last.from) found.pop();
    else last.to = at;
    found.push({ from: Math.max(at, whole.from), to: whole.to, where, release });
  };
  const starts = steps.some(({ record }) => record.side === 'base' && hookOf(record) === 'start');
  const wrong = steps.some(
    ({ record, status }) => record.side === 'target' && hookOf(record) === 'version' && status.kind === 'failed',
  );
  for (const step of steps) {
    const ran = timeOf(step, whole.to);
    if (ran === undefined) continue;
    const [from, to] = ran;
    const hook = hookOf(step.record);
    const passed = step.status.kind === 'passed';
    if (step.record.side === 'base') {
      if (!starts && found.length === 1 && hook !== 'install') move(from, 'base');
      if (hook === 'start' && passed) move(to, 'base');
      if (hook === 'shutdown' && passed) move(to, 'down');
    } else if (hook === 'install' || hook === 'migrate' || hook === 'start' || hook === 'upgrade') {
      move(from, 'between');
      // A start that was seen to bring up another release than it should is no arrival.
      if ((hook === 'start' || hook === 'upgrade') && passed && !wrong) move(to, 'target');
    }
  }
  if (takenDown !== undefined) move(takenDown, 'down');
  return found;
}

/** What a project is said to run in each place: what it reported itself, or else the name of the release. */
function namesFor(
  reported: Reported,
  { releases }: RunState,
): Readonly<Record<Exclude<Stay['where'], 'down'>, string>> {
  const base = reported.base ?? releases?.base ?? 'the base';
  const target = reported.target ?? releases?.target ?? 'the target';
  return { nowhere: '', base, target, between: base === target ? `still ${base}` : `${base} → ${target}` };
}
