import type { Workspace } from '../workspace/workspace.js';
import { planClassic } from './classic.js';
import { planFullStop } from './full-stop.js';
import type { Plan } from './plan.js';

/** The plan that a workspace asks for. */
export function planFor(workspace: Workspace, options: { readonly failFast?: boolean } = {}): Plan {
  const { devstack } = workspace;
  return devstack === undefined ? planFullStop(workspace, options) : planClassic(workspace, devstack, options);
}
