import { checkProbePhases } from '../plan/probe-phases.js';
import { planFor } from '../plan/scenario.js';
import { count } from '../report/text.js';
import { caveats } from '../workspace/caveats.js';
import { loadWorkspace } from '../workspace/read.js';
import { readOptions } from './prepare.js';
import { refuse } from './say.js';

/** `grenade check`: everything that a run would refuse, without running anything but the settings. */
export async function check(at: string): Promise<number> {
  const workspace = await loadWorkspace(at, readOptions({}));
  if (!workspace.ok) return refuse(workspace.error);
  const wrong = checkProbePhases(workspace.value.probes, planFor(workspace.value));
  if (wrong.length > 0) return refuse(wrong);
  const { base, target, projects, warnings } = workspace.value;
  const weak = projects.flatMap((project) =>
    caveats(project, workspace.value).map((what) => `${project.name} ${what}`),
  );
  for (const note of [...warnings, ...weak]) process.stdout.write(`note: ${note}\n`);
  process.stdout.write(`${base.name} → ${target.name}, ${count(projects.length, 'project')}: nothing wrong found.\n`);
  return 0;
}
