import { err, type Result } from '../basics/result.js';
import type { Project } from '../project/project.js';
import type { RunContext } from './context.js';
import { hookEnvironment } from './environment.js';
import { type Logged, runLogged } from './logged-program.js';

/** Calls a project's `snapshot.sh save|restore DIR`, its services down, in the base's environment. */
export async function runSnapshotScript(
  { workspace, runDir, env, workplace, inside }: RunContext,
  project: Project,
  verb: 'save' | 'restore',
  directory: string,
  logged: Logged,
): Promise<Result<void, string>> {
  if (project.snapshot === undefined) return err('there is none');
  const own = workspace.limits.projects[project.name]?.hook;
  const cwd = workplace.take();
  const command: [string, ...string[]] = [project.snapshot, verb, directory];
  const ended = await runLogged(inside?.command(command, cwd) ?? command, cwd, {
    ...logged,
    limitMs: own ?? workspace.limits.hook,
    env: {
      ...env,
      ...hookEnvironment(workspace, project, 'start', { side: 'base' }),
      PWD: cwd,
      GRENADE_NOTES: `${runDir}/notes/snapshot-${verb}-${project.name}`,
    },
  });
  workplace.giveBack(cwd);
  return ended;
}
