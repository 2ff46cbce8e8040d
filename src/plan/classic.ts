import type { Hook, Side } from '../journal/record.js';
import type { Project } from '../project/project.js';
import type { DevStack, Workspace } from '../workspace/workspace.js';
import { chained, numbered, type PhaseDraft, type StepDraft } from './number.js';
import type { Plan, Step } from './plan.js';

/**
 * The original's scenario over two DevStack trees. The base is brought up or is there, resources are created, state is
 * saved, everything goes down, the target is prepared and everything is upgraded, one project at a time.
 *
 * As long as settings cannot be read, because something they need has to be fetched first, only that part is planned.
 */
export function planClassic(
  workspace: Workspace,
  devstack: DevStack,
  options: { readonly failFast?: boolean } = {},
): Plan {
  const release = { base: workspace.base.name, target: workspace.target.name };
  const fetched = [...(workspace.fetches?.planned.keys() ?? [])];
  const step = (side: Side, name: string, action: Step['action']): StepDraft => ({
    key: `${name}:${side}@${release[side]}`,
    action,
    side,
    release: release[side],
    after: [],
  });
  const script = (side: Side, name: string): StepDraft => step(side, name, { kind: 'script', script: name });
  const fetches = fetched.map((name) => step('base', `fetch-${name}`, { kind: 'fetch', checkout: name }));
  const trees = fetches.filter(({ action }) => action.kind === 'fetch' && action.checkout in TREES);
  const plugins = fetches.filter((each) => !trees.includes(each));
  const staged = needsStage(workspace, devstack);

  const prepare: PhaseDraft = {
    name: 'prepare',
    blame: 'base',
    onFailure: 'stop',
    steps: chained([
      script('base', 'prepare'),
      ...trees,
      ...(devstack.external ? [] : [script('base', 'configure-devstack')]),
      ...plugins,
      ...(staged ? [step('base', 'settings', { kind: 'settings' })] : []),
    ]),
  };
  const plan = (phases: readonly PhaseDraft[], more: Pick<Plan, 'goesOn'> = {}): Plan => ({
    format: 1,
    scenario: 'classic',
    releases: release,
    projects: [...new Set(workspace.projects.map(({ name }) => name))],
    ...more,
    phases: numbered(phases, options),
  });
  if (!devstack.settingsRead) return plan([prepare], { goesOn: true });
  return plan([prepare, ...afterSettings(workspace, devstack, step, script)]);
}

/** Names of the checkouts that are DevStack trees, and no plugins. */
export const TREES = { 'base-devstack': 'base', 'target-devstack': 'target' } as const;

/** Whether settings are read in a step of the run. */
const needsStage = ({ fetches }: Workspace, { external }: DevStack): boolean =>
  !external || [...(fetches?.planned.values() ?? [])].some(({ action }) => action.kind !== 'use');

function afterSettings(
  workspace: Workspace,
  devstack: DevStack,
  step: (side: Side, name: string, action: Step['action']) => StepDraft,
  script: (side: Side, name: string) => StepDraft,
): PhaseDraft[] {
  const { projects } = workspace;
  const reversed = [...projects].reverse();
  const turns = new Map<Project, string>();
  // Registered twice, a project has two turns in every phase.
  for (const [at, project] of projects.entries()) {
    const earlier = projects.slice(0, at).filter(({ name }) => name === project.name).length;
    turns.set(project, earlier === 0 ? project.name : `${project.name}~${earlier + 1}`);
  }
  const hooks = (side: Side, hook: Hook, list: readonly Project[] = projects): StepDraft[] =>
    chained(
      list
        .filter((project) => project.hooks.has(hook))
        .map((project) => step(side, `${turns.get(project)}/${hook}`, { kind: 'hook', project: project.name, hook })),
    );
  const resources = (side: Side, hook: Hook, list?: readonly Project[]): StepDraft[] =>
    devstack.resources ? hooks(side, hook, list) : [];
  const data = (side: Side): StepDraft[] =>
    workspace.data.length === 0 ? [] : [step(side, 'registered-data', { kind: 'save-state' })];
  const when = (condition: boolean, ...steps: StepDraft[]): StepDraft[] => (condition ? chained(steps) : []);
  const phase = (
    name: string,
    blame: PhaseDraft['blame'],
    onFailure: PhaseDraft['onFailure'],
    steps: readonly StepDraft[],
    more: Pick<PhaseDraft, 'labels' | 'endsBase'> = {},
  ): PhaseDraft => ({ name, blame, onFailure, steps, ...more });

  const cached = ['image-cache 20', ...(devstack.smoke.base ? [] : ['base-smoke 110'])];
  const phases = [
    phase('stack.sh', 'base', 'stop', when(!devstack.external, script('base', 'stack.sh')), {
      labels: ['stack.sh 10'],
    }),
    phase(
      'post-stack.sh',
      'base',
      'stop',
      when(!devstack.external && devstack.postStack, script('base', 'post-stack.sh')),
      { labels: ['post-stack.sh 15'] },
    ),
    phase('image-cache', 'base', 'stop', [script('base', 'image-cache')], { labels: cached }),
    phase('version', 'base', 'finish-phase', hooks('base', 'version')),
    phase(
      'base-smoke',
      'base',
      'finish-phase',
      chained([
        ...when(devstack.smoke.base, script('base', 'base-smoke')),
        ...(devstack.smoke.base ? hooks('base', 'smoke') : []),
      ]),
      { labels: ['base-smoke 110'] },
    ),
    phase('early-create', 'base', 'stop', resources('base', 'early_create')),
    phase('create', 'base', 'stop', resources('base', 'create')),
    phase('verify', 'base', 'finish-phase', resources('base', 'verify')),
    phase('save-state', 'base', 'stop', chained([script('base', 'save-state'), ...data('base')]), {
      labels: ['save-state 130'],
    }),

    phase('shutdown', 'upgrade', 'stop', hooks('base', 'shutdown', reversed)),
    phase('verify-noapi', 'upgrade', 'finish-phase', resources('base', 'verify_noapi')),
    phase(
      'prepare-target',
      'upgrade',
      'stop',
      chained([script('target', 'fetch-plugins'), script('target', 'prep-target')]),
    ),
    phase('upgrade', 'upgrade', 'stop', hooks('target', 'upgrade')),
    phase('upgrade-tempest', 'upgrade', 'stop', when(devstack.tempest, script('target', 'upgrade-tempest')), {
      labels: ['upgrade-tempest 290'],
    }),
    phase('version-target', 'upgrade', 'finish-phase', hooks('target', 'version')),
    phase('verify-target', 'upgrade', 'finish-phase', resources('target', 'verify')),
    phase(
      'run-smoke',
      'upgrade',
      'finish-phase',
      chained([
        ...when(devstack.smoke.target, script('target', 'run-smoke')),
        ...(devstack.smoke.target ? hooks('target', 'smoke') : []),
      ]),
      { labels: ['run-smoke 330'] },
    ),

    phase('save-target', 'after', 'stop', chained([script('target', 'save-data'), ...data('target')])),
    phase('destroy', 'after', 'stop', resources('target', 'destroy', reversed)),
  ];
  // The base part goes down to the ground, and ends with the last phase before the target is prepared.
  const last = phases
    .slice(
      0,
      phases.findIndex(({ name }) => name === 'prepare-target'),
    )
    .findLast(({ steps }) => steps.length > 0);
  return phases.map((each) => (each === last ? { ...each, endsBase: true } : each));
}
