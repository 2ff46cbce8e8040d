import { printPlanJson } from '../plan/json.js';
import { checkProbePhases } from '../plan/probe-phases.js';
import { planFor } from '../plan/scenario.js';
import { planTree } from '../report/plan-tree.js';
import { styleFor } from '../report/style.js';
import { loadWorkspace } from '../workspace/read.js';
import type { Workspace } from '../workspace/workspace.js';
import type { PlanFlags } from './flags.js';
import { listening } from './interrupts.js';
import { readOptions } from './prepare.js';
import { interrupted, refuse } from './say.js';

/** `grenade plan`: what a run would do. */
export async function plan(at: string, flags: PlanFlags): Promise<number> {
  return listening(async ({ first }) => {
    const workspace = await loadWorkspace(at, { ...readOptions(flags), signal: first });
    if (first.aborted) return interrupted();
    return workspace.ok ? show(workspace.value, flags) : refuse(workspace.error);
  });
}

function show(workspace: Workspace, flags: PlanFlags): number {
  const made = planFor(workspace, { failFast: flags.failFast === true });
  const wrong = checkProbePhases(workspace.probes, made);
  if (wrong.length > 0) return refuse(wrong);
  process.stdout.write(
    flags.json === true ? printPlanJson(made) : planTree(made, styleFor(process.stdout, process.env)),
  );
  return 0;
}
