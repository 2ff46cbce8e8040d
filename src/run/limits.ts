import type { Hook } from '../journal/record.js';
import type { Limits } from '../workspace/workspace.js';

/** How long a hook may run, in milliseconds, and which line of the workspace says so: the nearest one counts. */
export function hookLimit(limits: Limits, project: string, hook: Hook): { readonly ms: number; readonly from: string } {
  const own = limits.projects[project];
  const candidates = [
    { ms: own?.[hook], from: `limits.projects.${project}.${hook}` },
    { ms: own?.hook, from: `limits.projects.${project}.hook` },
    { ms: limits.hooks[hook], from: `limits.hooks.${hook}` },
  ];
  for (const { ms, from } of candidates) if (ms !== undefined) return { ms, from };
  return { ms: limits.hook, from: 'limits.hook' };
}
