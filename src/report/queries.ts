import type { ProjectRecord } from '../journal/event.js';
import type { RunState, StepState } from '../journal/state.js';
import { hookOf, projectOf } from './names.js';

/** Whether a step passed and had anything to do: of one that did nothing nothing is claimed. */
export const counts = ({ record, status }: StepState): boolean => status.kind === 'passed' && record.empty !== true;

/** Steps that passed and asked the same of the same project as this one does, earlier in the plan. */
export function passedBefore(state: RunState, step: StepState): readonly StepState[] {
  const hook = hookOf(step.record);
  if (hook !== 'verify' && hook !== 'verify_noapi' && hook !== 'smoke') return [];
  const project = projectOf(step.record);
  return state.steps.filter((other) => {
    const otherHook = hookOf(other.record);
    const same = hook === 'smoke' ? otherHook === 'smoke' : otherHook === 'verify' || otherHook === 'verify_noapi';
    return same && projectOf(other.record) === project && other.record.number < step.record.number && counts(other);
  });
}

/** Steps of the plan that were never started. */
export const neverRan = (state: RunState): readonly StepState[] =>
  state.steps.filter((step) => step.status.kind === 'waiting');

/** The next step in the plan's order. */
export const nextStep = (state: RunState): StepState | undefined =>
  state.steps.find((step) => step.status.kind === 'waiting');

/** How far a project came on its way from the base to the target. */
type Position = 'nowhere' | 'base' | 'between' | 'target';

export function positions(state: RunState): ReadonlyMap<string, Position> {
  const at = new Map<string, Position>(state.projects.map((project) => [project.name, 'nowhere']));
  for (const step of state.steps) {
    const project = projectOf(step.record);
    const hook = hookOf(step.record);
    if (project === undefined || hook === undefined || step.status.kind === 'waiting') continue;
    if (step.record.system !== undefined) continue;
    const passed = step.status.kind === 'passed';
    if (step.record.side === 'base') {
      if (hook === 'start' && passed) at.set(project, 'base');
    } else if (hook === 'start' || hook === 'upgrade') {
      at.set(project, passed ? 'target' : 'between');
    } else if (hook === 'install' || hook === 'migrate') {
      at.set(project, 'between');
    }
  }
  return at;
}

/** What stands behind the claim that a project now runs the target release. */
export type Proof =
  | { readonly kind: 'proven'; readonly base: string | undefined; readonly target: string }
  /** The same version before and after, which passes only where the workspace says so. */
  | { readonly kind: 'unchanged'; readonly version: string }
  | { readonly kind: 'not-proven' };

export function proofOf(state: RunState, project: string): Proof {
  const reported = state.reported.get(project);
  if (reported?.target === undefined) return { kind: 'not-proven' };
  if (reported.base === reported.target) return { kind: 'unchanged', version: reported.target };
  return { kind: 'proven', base: reported.base, target: reported.target };
}

export const unproven = (state: RunState): readonly ProjectRecord[] =>
  state.projects.filter((project) => proofOf(state, project.name).kind === 'not-proven');

/** Projects that were looked at after the upgrade and had what they had before. */
export function verifiedAfter(state: RunState): ReadonlySet<string> {
  const verified = new Set<string>();
  for (const step of state.steps) {
    const { record } = step;
    const project = projectOf(record);
    if (project !== undefined && hookOf(record) === 'verify' && record.side === 'target' && counts(step)) {
      verified.add(project);
    }
  }
  return verified;
}

/** The project whose service this is: that of the step which started it. */
export function ownerOf(state: RunState, service: string): string | undefined {
  const step = state.byKey.get(state.services.get(service)?.step ?? '');
  return step === undefined ? undefined : projectOf(step.record);
}

/** The project a failed step speaks against; a service that died need not belong to the step's own. */
export function brokenProject(state: RunState, step: StepState): string | undefined {
  const { status } = step;
  if (status.kind === 'failed' && status.failure.kind === 'service-died') {
    return ownerOf(state, status.failure.service) ?? projectOf(step.record);
  }
  return projectOf(step.record);
}

/** File and line, as somebody in the workspace would open them. */
export function place(
  state: RunState,
  { file, line = 0 }: { readonly file: string; readonly line?: number | undefined },
): string {
  const shown = fromWorkspace(state, file);
  // Bash does not always know the line; then it is 0.
  return line === 0 ? shown : `${shown}:${line}`;
}

/** A file of the workspace from there; any other as it is. */
export function fromWorkspace({ workspace }: RunState, file: string): string {
  return workspace !== '' && file.startsWith(`${workspace}/`) ? file.slice(workspace.length + 1) : file;
}

/** Whether the upgrade began: before that there is nothing to compare. */
export const upgradeBegan = ({ steps }: RunState): boolean =>
  steps.some(({ phase, status }) => phase.blame !== 'base' && status.kind !== 'waiting');
