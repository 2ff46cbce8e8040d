import { err, type Result } from '../basics/result.js';
import type { Step } from '../plan/plan.js';
import type { Project } from '../project/project.js';
import type { RunContext } from './context.js';
import { hookEnvironment } from './environment.js';
import { HookNotes } from './hook-notes.js';
import { type Logged, runLogged } from './logged-program.js';

/**
 * Has a project save or restore what a snapshot does not hold by itself, its services down, in the base's environment; or
 * how that failed.
 */
export async function callSnapshot(
  { workspace, runDir, env, workplace, inside, journal }: RunContext,
  step: Step,
  project: Project,
  verb: 'save' | 'restore',
  directory: string,
  logged: Logged,
): Promise<Result<void, string>> {
  const { snapshot } = project;
  if (snapshot === undefined) return err('there is none');
  const own = workspace.limits.projects[project.name]?.hook;
  const cwd = workplace.take();
  const command: [string, ...string[]] = [...snapshot.command, verb, directory];
  const path = `${runDir}/notes/snapshot-${verb}-${project.name}`;
  const ended = await runLogged(inside?.command(command, cwd) ?? command, cwd, {
    ...logged,
    limitMs: own ?? workspace.limits.hook,
    env: {
      ...env,
      ...hookEnvironment(workspace, project, 'start', { side: 'base' }),
      PWD: cwd,
      GRENADE_NOTES: path,
      GRENADE_STEP: step.key,
    },
  });
  workplace.giveBack(cwd);
  const notes = new HookNotes(path, step, journal);
  notes.fold();
  const left = ended.ok && snapshot.reportsReturn && !notes.returned;
  if (ended.ok && !left) return ended;
  const { failed } = notes;
  const how = ended.ok ? 'it left before it returned' : ended.error;
  // What a program said last tells more than the command that ran it; a module's own error tells most.
  return err(failed === undefined ? how : `${snapshot.reportsReturn ? failed.what : how} (${failed.place})`);
}
