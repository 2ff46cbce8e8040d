import type { Planned } from '../journal/event.js';
import type { StepRecord } from '../journal/record.js';
import type { Plan, Step } from '../plan/plan.js';
import { lastOfBase, stopPhase } from '../plan/stop.js';
import type { Project } from '../project/project.js';
import type { ResolvedProbe } from '../run/probes.js';
import type { RunOptions } from '../run/runner.js';
import { caveats } from '../workspace/caveats.js';
import type { Workspace } from '../workspace/workspace.js';
import type { RunFlags } from './flags.js';

/** That this plan was made of this workspace, as an event. */
export function planned(workspace: Workspace, plan: Plan, flags: RunFlags, probes: readonly ResolvedProbe[]): Planned {
  const projects = byName(workspace);
  return {
    type: 'planned',
    scenario: plan.scenario,
    strict: flags.strict === true,
    releases: plan.releases,
    projects: [...projects.values()].map((project) => ({
      name: project.name,
      backing: project.backing,
      caveats: caveats(project, workspace),
    })),
    phases: plan.phases.map(({ name, blame }) => ({ name, blame })),
    steps: plan.phases.flatMap(({ steps }) => steps.map((step) => recordOf(step, projects))),
    ...(probes.length === 0 ? {} : { probes: probes.map(({ record }) => record) }),
    ...(workspace.data.length === 0 ? {} : { data: workspace.data.map(({ name }) => name) }),
  };
}

/** What a run works with for this plan, besides what stays the same all through it. */
export function partOf(workspace: Workspace, plan: Plan) {
  const { length } = String(plan.phases.at(-1)?.steps.at(-1)?.number ?? 0);
  return { workspace, plan, projects: byName(workspace), digits: Math.max(2, length) };
}

const byName = ({ projects }: Workspace): ReadonlyMap<string, Project> =>
  new Map(projects.map((project) => [project.name, project]));

/** What is known of a hook today is no part of a plan, which may be from yesterday. */
function recordOf(step: Step, projects: ReadonlyMap<string, Project>): StepRecord {
  const { key, number, phase, action, side, release, system } = step;
  const hook = action.kind === 'hook' ? projects.get(action.project)?.hooks.get(action.hook) : undefined;
  const empty = hook?.empty === undefined ? {} : ({ empty: true } as const);
  const record = { key, number, phase, action, side, release, ...empty };
  return system === undefined ? record : { ...record, system };
}

/** Where `-b` and `-s` end a run. */
export function stopAfter(flags: RunFlags): RunOptions['stopAfter'] {
  return ({ name }, plan) => {
    if (flags.s !== undefined && name === stopPhase(plan, flags.s)) return 'stopped';
    return flags.b === true && name === lastOfBase(plan) ? 'base-ready' : undefined;
  };
}
