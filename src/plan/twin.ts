import type { Hook } from '../journal/record.js';
import type { Project } from '../project/project.js';
import type { Workspace } from '../workspace/workspace.js';
import { chained, type PhaseDraft, type StepDraft } from './number.js';
import type { Phase, Step } from './plan.js';

/** Keeps how the upgraded system's databases are defined, while they are up. */
export const recordUpgraded = (workspace: Workspace): StepDraft[] =>
  workspace.state.twin ? recordSchema(workspace, 'target') : [];

/**
 * A fresh install of the target beside the system that was upgraded and is down by now, so that neither takes memory,
 * ports or code from the other: set up as the base was, without creating anything, and compared once it is down too.
 */
export function planTwin(workspace: Workspace, everyone: readonly Project[]): PhaseDraft[] {
  if (!workspace.state.twin) return [];
  const call = (hook: Hook): StepDraft[] =>
    everyone
      .filter((project) => project.hooks.has(hook))
      .map((project) => ours(workspace, `${project.name}/${hook}`, { kind: 'hook', project: project.name, hook }));
  const settle = workspace.settle > 0 ? [ours(workspace, 'settle', { kind: 'settle', ms: workspace.settle })] : [];
  return [
    phase('twin-install', 'stop', chained(call('install'))),
    phase('twin-start', 'stop', chained([...call('start'), ...settle])),
    phase('twin-version', 'finish-phase', chained(call('version'))),
    phase('twin-record', 'stop', recordSchema(workspace, 'twin')),
    phase('twin-take-down', 'stop', [ours(workspace, 'take-down', { kind: 'take-down' })]),
    phase('twin-compare', 'stop', [ours(workspace, 'compare', { kind: 'compare-twin' })]),
  ];
}

function recordSchema(workspace: Workspace, at: 'target' | 'twin'): StepDraft[] {
  if (workspace.data.length === 0) return [];
  const action = { kind: 'record-schema' } as const;
  if (at === 'twin') return [ours(workspace, 'record-schema', action)];
  const release = workspace.target.name;
  return [{ key: `record-schema:target@${release}`, action, side: 'target', release, after: [] }];
}

function ours({ target: { name } }: Workspace, what: string, action: Step['action']): StepDraft {
  return { key: `${what}:twin@${name}`, action, side: 'target', release: name, system: 'twin', after: [] };
}

const phase = (name: string, onFailure: Phase['onFailure'], steps: readonly StepDraft[]): PhaseDraft => ({
  name,
  blame: 'after',
  onFailure,
  steps,
});
