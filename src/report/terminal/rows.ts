import { formatDuration } from '../../basics/duration.js';
import { unreachable } from '../../basics/unreachable.js';
import type { Hook, StepRecord } from '../../journal/record.js';
import type { PhaseState, RunState, StepState } from '../../journal/state.js';
import { hookOf, projectOf } from '../names.js';

/** Phases as people think of them: a row of the live view each. */
type RowName = 'base' | 'resources' | 'shutdown' | 'upgrade' | 'verify' | 'after' | 'twin';

export interface Row {
  readonly name: RowName;
  readonly steps: readonly StepState[];
}

/** One thing a row says: `start 3/3`, `postgres 3.1 s`. */
export interface Item {
  readonly text: string;
  readonly state: 'done' | 'running' | 'failed' | 'waiting';
}

/** Consecutive phases that belong together, as one row. A phase of no project's hooks joins the row before it. */
function rowsOf(phases: readonly PhaseState[]): Row[] {
  const rows: { name: RowName; steps: StepState[] }[] = [];
  for (const phase of phases) {
    const hooked = phase.steps.find(({ record }) => hookOf(record) !== undefined);
    const hook = hooked === undefined ? undefined : hookOf(hooked.record);
    const last = rows.at(-1);
    const name =
      phase.steps[0]?.record.system === 'twin'
        ? 'twin'
        : hooked === undefined || hook === undefined
          ? phase.record.blame === 'after'
            ? 'after'
            : (last?.name ?? 'base')
          : rowName(hook, hooked.record);
    if (last?.name === name) last.steps.push(...phase.steps);
    else rows.push({ name, steps: [...phase.steps] });
  }
  return rows;
}

function rowName(hook: Hook, { side }: StepRecord): RowName {
  switch (hook) {
    case 'early_create':
    case 'create':
      return 'resources';
    case 'verify':
      return side === 'base' ? 'resources' : 'verify';
    case 'smoke':
      return side === 'base' ? 'base' : 'verify';
    case 'shutdown':
    case 'verify_noapi':
      return 'shutdown';
    case 'destroy':
      return 'after';
    case 'install':
    case 'start':
    case 'version':
    case 'migrate':
    case 'upgrade':
    case 'finalize':
      return side === 'base' ? 'base' : 'upgrade';
    default:
      return unreachable(hook);
  }
}

/** What a row says: hook by hook how many are done. */
export function countItems(row: Row): Item[] {
  const groups = new Map<string, StepState[]>();
  // What does nothing is no part of what was done.
  for (const step of row.steps.filter(({ record }) => record.empty !== true)) {
    const title = groupTitle(step.record);
    const group = groups.get(title);
    if (group === undefined) groups.set(title, [step]);
    else group.push(step);
  }
  return [...groups].map(([title, steps]) => {
    const passed = steps.filter(({ status }) => status.kind === 'passed').length;
    const state = stateOf(steps);
    const counts = `${passed}/${steps.length}${state === 'failed' ? ' ✘' : ''}`;
    return { text: title === row.name ? counts : `${title} ${counts}`, state };
  });
}

/** What the row of the upgrade says while there is room: project by project how long it took. */
export function projectItems(row: Row, now: number): Item[] {
  const ways = new Map<string, StepState[]>();
  const rest: StepState[] = [];
  for (const step of row.steps) {
    const project = projectOf(step.record);
    const hook = hookOf(step.record);
    if (project === undefined || hook === 'finalize' || hook === 'version') rest.push(step);
    else ways.set(project, [...(ways.get(project) ?? []), step]);
  }
  const items = [...ways].map(([project, steps]): Item => {
    const state = stateOf(steps);
    const time = formatDuration(steps.reduce((sum, step) => sum + workedMs(step, now), 0));
    const mark = state === 'running' ? '▸ ' : state === 'failed' ? '✘ ' : '';
    return { text: state === 'waiting' ? project : `${project} ${mark}${time}`, state };
  });
  const begun = rest.some(({ status }) => status.kind !== 'waiting');
  return begun ? [...items, ...countItems({ name: row.name, steps: rest })] : items;
}

function groupTitle(record: StepRecord): string {
  const { action } = record;
  switch (action.kind) {
    case 'hook':
      return action.hook === 'verify_noapi' ? 'verify with no API' : action.hook.replace('_', ' ');
    case 'fetch':
      return 'fetch';
    case 'script':
      return action.script;
    case 'settings':
      return 'read settings';
    case 'settle':
      return 'settle';
    case 'record-state':
      return 'record state';
    case 'compare-state':
      return 'compare state';
    case 'record-schema':
      return 'record schema';
    case 'compare-twin':
      return 'compare';
    case 'save-state':
      return 'save state';
    case 'keep-snapshot':
      return 'keep snapshot';
    case 'restore-snapshot':
      return 'restore snapshot';
    case 'take-down':
      return 'take down';
    default:
      return unreachable(action);
  }
}

function stateOf(steps: readonly StepState[]): Item['state'] {
  const kinds = new Set(steps.map(({ status }) => status.kind));
  if (kinds.has('failed')) return 'failed';
  if (kinds.has('running')) return 'running';
  if (!kinds.has('waiting')) return 'done';
  return kinds.has('passed') ? 'running' : 'waiting';
}

function workedMs({ status }: StepState, now: number): number {
  switch (status.kind) {
    case 'waiting':
      return 0;
    case 'running':
      return Math.max(0, now - status.startedAt);
    case 'passed':
    case 'failed':
      return status.ms;
    default:
      return unreachable(status);
  }
}

/** From a row's first start to its last end, or to now while something of it runs. */
export function rowMs(row: Row, now: number): number {
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  for (const { status } of row.steps) {
    if (status.kind === 'waiting') continue;
    from = Math.min(from, status.kind === 'running' ? status.startedAt : status.endedAt - status.ms);
    to = Math.max(to, status.kind === 'running' ? now : status.endedAt);
  }
  return Math.max(0, to - from);
}

/** Rows that have begun. */
export const begunRows = (state: RunState): Row[] =>
  rowsOf(state.phases).filter(
    ({ steps }) =>
      steps.some(({ status }) => status.kind !== 'waiting') && steps.some(({ record }) => record.empty !== true),
  );
