import type { Blame, Hook, Side } from '../journal/record.js';
import type { Project } from '../project/project.js';
import type { Workspace } from '../workspace/workspace.js';
import { chained, type StepDraft as Draft, numbered, type PhaseDraft } from './number.js';
import type { Phase, Plan, Step } from './plan.js';
import { planTwin, recordUpgraded } from './twin.js';

/**
 * The scenario that Grenade has always run: everything goes down, everything is upgraded, everything comes up.
 * The order is the contract's; projects stand in the workspace's order (registration refined by `needs`).
 */
export function planFullStop(workspace: Workspace, options: { readonly failFast?: boolean } = {}): Plan {
  const { projects } = workspace;
  const backing = projects.filter((project) => project.backing);
  const others = projects.filter((project) => !project.backing);
  const everyone = [...backing, ...others];
  const reversed = <T>(list: readonly T[]): T[] => [...list].reverse();

  const release = { base: workspace.base.name, target: workspace.target.name };
  const step = (side: Side, name: string, action: Step['action'], after: readonly string[] = []): Draft => ({
    key: `${name}:${side}@${release[side]}`,
    action,
    side,
    release: release[side],
    after,
  });
  const call = (side: Side, hook: Hook, project: Project, after: readonly string[] = []): Draft[] =>
    project.hooks.has(hook)
      ? [step(side, `${project.name}/${hook}`, { kind: 'hook', project: project.name, hook }, after)]
      : [];
  /** One after the other, project by project. */
  const inTurn = (
    side: Side,
    hooks: readonly Hook[] | ((project: Project) => readonly Hook[]),
    list: readonly Project[],
  ) => {
    const steps = list.flatMap((project) =>
      (typeof hooks === 'function' ? hooks(project) : hooks).flatMap((hook) => call(side, hook, project)),
    );
    return chained(steps);
  };
  /** Waiting only for the same hook of what they need. */
  const byNeed = (side: Side, hook: Hook, list: readonly Project[]): Draft[] => {
    const here = new Map(list.filter(({ hooks }) => hooks.has(hook)).map((project) => [project.name, project]));
    return [...here.values()].flatMap((project) =>
      call(
        side,
        hook,
        project,
        project.needs.filter((name) => here.has(name)).map((name) => `${name}/${hook}:${side}@${release[side]}`),
      ),
    );
  };

  const settle = workspace.settle > 0 ? [step('target', 'settle', { kind: 'settle', ms: workspace.settle })] : [];
  const registered = workspace.data.length > 0;
  const save = (side: Side): Draft[] => (registered ? [step(side, 'save-state', { kind: 'save-state' })] : []);
  const record = (name = 'record-state'): Draft[] => (registered ? [step('base', name, { kind: 'record-state' })] : []);
  const compare = (side: Side): Draft[] => (registered ? [step(side, 'compare-state', { kind: 'compare-state' })] : []);
  /** What uses services waits until the state was looked at as the upgrade left it. */
  const afterCompare = (steps: readonly Draft[]): Draft[] => {
    const first = compare('target');
    return [...first, ...steps.map((each) => ({ ...each, after: [...each.after, ...first.map(({ key }) => key)] }))];
  };
  /** Called a second time at the base, under a name of their own. */
  const again = (hook: Hook, list: readonly Project[]): Draft[] => {
    const steps = list.flatMap((project) =>
      project.hooks.has(hook)
        ? [step('base', `${project.name}/${hook}-again`, { kind: 'hook', project: project.name, hook })]
        : [],
    );
    return chained(steps);
  };
  /** A restart of the base and nothing else: what differs after it changes by itself. */
  const control: PhaseDraft[] =
    registered && workspace.state.control
      ? [
          phase('control-shutdown', 'base', 'stop', again('shutdown', reversed(others))),
          phase('control-record', 'base', 'stop', record('record-state-control')),
          phase('control-start', 'base', 'stop', again('start', others)),
          phase(
            'control-settle',
            'base',
            'stop',
            settle.map((each) => ({
              ...each,
              key: `settle:base@${release.base}`,
              side: 'base',
              release: release.base,
            })),
          ),
          phase('control-compare', 'base', 'stop', compare('base')),
        ]
      : [];

  /** `upgrade.sh` is the classic all-in-one: where it stands, it replaces the three. */
  const wayUp = (project: Project): readonly Hook[] =>
    project.hooks.has('upgrade') ? ['upgrade'] : ['install', 'migrate', 'start'];

  const phases: PhaseDraft[] = [
    phase('install', 'base', 'stop', byNeed('base', 'install', everyone)),
    phase('start', 'base', 'stop', inTurn('base', ['start'], everyone)),
    phase('version', 'base', 'finish-phase', inTurn('base', ['version'], everyone)),
    phase('smoke', 'base', 'finish-phase', inTurn('base', ['smoke'], everyone)),
    phase('early-create', 'base', 'stop', inTurn('base', ['early_create'], everyone)),
    phase('create', 'base', 'stop', inTurn('base', ['create'], everyone)),
    ...control,
    phase('verify', 'base', 'finish-phase', byNeed('base', 'verify', everyone)),

    phase('shutdown', 'upgrade', 'stop', inTurn('base', ['shutdown'], reversed(others))),
    phase('verify-noapi', 'upgrade', 'finish-phase', byNeed('base', 'verify_noapi', others)),
    phase('save', 'upgrade', 'stop', chained([...save('base'), ...record()])),
    phase('shutdown-backing', 'upgrade', 'stop', inTurn('base', ['shutdown', 'verify_noapi'], reversed(backing))),

    phase('upgrade-backing', 'upgrade', 'stop', inTurn('target', wayUp, backing)),
    ...(workspace.restart === 'each'
      ? [phase('upgrade', 'upgrade', 'stop', inTurn('target', wayUp, others))]
      : [
          phase('upgrade-install', 'upgrade', 'stop', byNeed('target', 'install', others)),
          phase('upgrade-migrate', 'upgrade', 'stop', inTurn('target', ['migrate'], others)),
          phase('upgrade-start', 'upgrade', 'stop', inTurn('target', ['start'], others)),
        ]),
    phase('finalize', 'upgrade', 'stop', inTurn('target', ['finalize'], everyone)),
    // Every project that did not change is named, not only the first.
    phase('version-target', 'upgrade', 'finish-phase', inTurn('target', ['version'], everyone)),
    phase('settle', 'upgrade', 'stop', settle),
    phase('verify-target', 'upgrade', 'finish-phase', afterCompare(byNeed('target', 'verify', everyone))),
    phase('smoke-target', 'upgrade', 'finish-phase', inTurn('target', ['smoke'], everyone)),

    phase('save-target', 'after', 'stop', chained([...save('target'), ...recordUpgraded(workspace)])),
    phase('destroy', 'after', 'stop', inTurn('target', ['destroy'], reversed(everyone))),
    phase('take-down', 'after', 'stop', [step('target', 'take-down', { kind: 'take-down' })]),
    ...planTwin(workspace, everyone),
  ];

  return {
    format: 1,
    scenario: 'full stop',
    releases: release,
    projects: projects.map(({ name }) => name),
    phases: numbered(phases, options),
  };
}

const phase = (name: string, blame: Blame, onFailure: Phase['onFailure'], steps: readonly Draft[]): PhaseDraft => ({
  name,
  blame,
  onFailure,
  steps,
});
