import type { Workspace } from '../workspace/workspace.js';
import type { Plan } from './plan.js';

/**
 * What a saved plan names and today's workspace no longer has, a sentence each; empty when the plan can run.
 */
export function unresolved(plan: Plan, workspace: Workspace): string[] {
  const gone: string[] = [];
  const projects = new Map(workspace.projects.map((project) => [project.name, project]));
  for (const side of ['base', 'target'] as const) {
    const [planned, today] = [plan.releases[side], workspace[side].name];
    if (planned !== today) gone.push(`its ${side} release is ${planned}, and the workspace's is ${today}`);
  }
  for (const name of plan.projects) {
    if (!projects.has(name)) gone.push(`there is no project ${name}`);
  }
  for (const { action } of plan.phases.flatMap(({ steps }) => steps)) {
    if (action.kind === 'script' && workspace.scripts?.has(action.script) !== true) {
      gone.push(`there is no ${action.script}`);
    }
    if (action.kind === 'fetch' && workspace.fetches?.planned.has(action.checkout) !== true) {
      gone.push(`nothing asks for ${action.checkout} any more`);
    }
    if (action.kind !== 'hook') continue;
    const project = projects.get(action.project);
    if (project !== undefined && !project.hooks.has(action.hook)) {
      gone.push(`project ${action.project} has no ${action.hook} hook`);
    }
  }
  return [...new Set(gone)];
}
