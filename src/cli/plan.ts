import { printPlanJson } from '../plan/json.js';
import { checkProbePhases } from '../plan/probe-phases.js';
import { planFor } from '../plan/scenario.js';
import { planTree } from '../report/plan-tree.js';
import { styleFor } from '../report/style.js';
import { loadWorkspace } from '../workspace/read.js';
import type { PlanFlags } from './flags.js';
import { readOptions } from './prepare.js';
import { refuse } from './say.js';

/** `grenade plan`: what a run would do. */
export async function plan(at: string, flags: PlanFlags): Promise<number> {
  const workspace = await loadWorkspace(at, readOptions(flags));
  if (!workspace.ok) return refuse(workspace.error);
  const made = planFor(workspace.value, { failFast: flags.failFast === true });
  const wrong = checkProbePhases(workspace.value.probes, made);
  if (wrong.length > 0) return refuse(wrong);
  process.stdout.write(
    flags.json === true ? printPlanJson(made) : planTree(made, styleFor(process.stdout, process.env)),
  );
  return 0;
}
