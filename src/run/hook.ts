import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { judgeRelease, reportedRelease } from '../checks/release.js';
import type { Failure } from '../journal/failure.js';
import type { Hook } from '../journal/record.js';
import type { Step } from '../plan/plan.js';
import { hookArguments, type Project } from '../project/project.js';
import { livingServices } from '../services/supervisor.js';
import { startCommand } from './command.js';
import type { RunContext, RunningStep } from './context.js';
import { beginRelease, completeRelease, hookEnvironment, releaseDirectory } from './environment.js';
import type { HookNotes } from './hook-notes.js';
import { hookLimit } from './limits.js';

/** Begins one hook of one project. */
export function startHook(context: RunContext, step: Step, project: Project, hook: Hook): RunningStep {
  const { workspace, runDir, system, journal } = context;
  const command = project.hooks.get(hook);
  if (command === undefined) throw new Error(`Internal error: ${project.name} has no ${hook} hook`);

  const name = `${project.name}-${hook}`;
  const printed = hook === 'version' ? join(runDir, 'notes', `${step.number}-${name}.printed`) : undefined;
  let output = '';
  // Where the whole release is somebody else's, so is its directory.
  const ours = workspace[step.side].dir === undefined && (hook === 'install' || hook === 'upgrade');
  const release = releaseDirectory(workspace, project.name, step.side);
  if (ours) beginRelease(release);

  const judgeVersion = (notes: HookNotes): Failure | undefined => {
    const version = notes.version ?? reportedRelease(output);
    const before = step.side === 'target' ? context.state.reported.get(project.name)?.base : undefined;
    // What stands in the journal is what became of the system that is upgraded.
    if (version !== '' && step.system === undefined) {
      journal.append({ type: 'release-reported', project: project.name, side: step.side, version });
    }
    return judgeRelease({ reported: version, expected: workspace[step.side].versions[project.name], before });
  };

  return startCommand(context, step, {
    name,
    command: [...command.command, ...hookArguments(hook, step.side)],
    env: hookEnvironment(workspace, project, hook, step),
    limit: hookLimit(workspace.limits, project.name, hook),
    ...(printed === undefined ? {} : { printed }),
    ended: (log) => {
      if (printed === undefined) return;
      // It belongs into the log like all that hooks print, however the hook ended.
      output = readFileSync(printed, 'utf8');
      appendFileSync(log, output);
      rmSync(printed);
    },
    /** What some hooks owe besides a status of 0. */
    judge: (notes) => {
      if (command.reportsReturn && !notes.returned) return { kind: 'left-early' };
      if (hook === 'version') return judgeVersion(notes);
      const failure = hook === 'shutdown' ? judgeShutdown(system, project) : undefined;
      if (failure === undefined && ours) completeRelease(release);
      return failure;
    },
  });
}

/** A shutdown that leaves a service of its project running did not make sure. */
function judgeShutdown(system: string, project: Project): Failure | undefined {
  if (project.services.length === 0) return undefined;
  const alive = livingServices(system).filter(({ name }) => project.services.includes(name));
  return alive.length === 0
    ? undefined
    : { kind: 'service-survived', services: alive.map(({ name, pid }) => ({ name, pid })) };
}
