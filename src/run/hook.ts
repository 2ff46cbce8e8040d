import { appendFileSync, closeSync, openSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { later } from '../basics/timer.js';
import { unreachable } from '../basics/unreachable.js';
import { judgeRelease, reportedRelease } from '../checks/release.js';
import type { Failure } from '../journal/failure.js';
import type { Hook } from '../journal/record.js';
import type { Step } from '../plan/plan.js';
import { type Ended, endGroup, signalGroup, spawnInto } from '../process/spawn.js';
import { type HookCommand, hookArguments, type Project } from '../project/project.js';
import { livingServices } from '../services/supervisor.js';
import type { RunContext, RunningStep, StepEnd } from './context.js';
import { beginRelease, completeRelease, hookEnvironment, releaseDirectory } from './environment.js';
import { HookNotes } from './hook-notes.js';
import { hookLimit } from './limits.js';
import { loggedSince } from './logged.js';

/** How long a hook has between TERM and KILL, in milliseconds. */
const GRACE = 10_000;

/** Begins one hook of one project. Its output goes to the step's log, which is renamed when it fails. */
export function startHook(context: RunContext, step: Step, project: Project, hook: Hook): RunningStep {
  const { workspace, runDir, journal } = context;
  const command = project.hooks.get(hook);
  if (command === undefined) throw new Error(`Internal error: ${project.name} has no ${hook} hook`);

  const stem = `${String(step.number).padStart(context.digits, '0')}-${project.name}-${hook}`;
  const log = join('steps', `${stem}.log`);
  const notesPath = join(runDir, 'notes', stem);
  const printed = hook === 'version' ? join(runDir, 'notes', `${stem}.printed`) : undefined;
  const scratch = context.scratch.take();
  const release = releaseDirectory(workspace.dataRoot, project.name, step.release);
  const installs = hook === 'install' || hook === 'upgrade';
  if (installs) beginRelease(release);

  const logged = loggedSince(runDir, context.state.logged);
  const logFd = openSync(join(runDir, log), 'a', 0o600);
  const printedFd = printed === undefined ? undefined : openSync(printed, 'w', 0o600);
  const spawned = spawnInto([...command.command, ...hookArguments(hook, step.side)], {
    cwd: scratch,
    env: {
      ...context.env,
      ...hookEnvironment(workspace, project, step.side),
      GRENADE_NOTES: notesPath,
      GRENADE_STEP: step.key,
    },
    stdout: printedFd ?? logFd,
    stderr: logFd,
  });
  closeSync(logFd);
  if (printedFd !== undefined) closeSync(printedFd);
  const { pid } = spawned;
  try {
    journal.append({ type: 'step-started', step: step.key, log, ...(pid === undefined ? {} : { pid }), ...logged });
  } catch (error) {
    // Nobody would ever know of it.
    if (pid !== undefined) signalGroup(pid, 'SIGKILL');
    throw error;
  }

  const notes = new HookNotes(notesPath, step.key, journal);
  let reason: Failure | undefined;
  let grouped: Promise<void> | undefined;
  const end = (why: Failure): void => {
    reason ??= why;
    if (pid !== undefined) grouped ??= endGroup(pid, GRACE);
  };
  const limit = hookLimit(workspace.limits, project.name, hook);
  const callOff = later(limit.ms, () => end({ kind: 'time-limit', limitMs: limit.ms, limit: limit.from }));

  const finish = async (): Promise<StepEnd> => {
    const ended = await spawned.ended;
    callOff();
    await grouped; // What it started goes with it before anything else begins.
    notes.fold();
    const output = takePrinted();
    const failure = reason ?? failureOf(ended, command, notes) ?? judge(output);
    if (failure === undefined && installs) completeRelease(release);
    context.scratch.giveBack(scratch);
    if (failure === undefined) return { failure, log };
    const failed = join('steps', `FAILED_${stem}.log`);
    renameSync(join(runDir, log), join(runDir, failed));
    return { failure, log: failed };
  };

  /** What a version hook printed, which belongs into its log like all that hooks print, however it ended. */
  const takePrinted = (): string => {
    if (printed === undefined) return '';
    const output = readFileSync(printed, 'utf8');
    appendFileSync(join(runDir, log), output);
    rmSync(printed);
    return output;
  };

  /** What some hooks owe besides a status of 0. */
  const judge = (output: string): Failure | undefined => {
    if (hook === 'version') return judgeVersion(output);
    if (hook === 'shutdown') return judgeShutdown(runDir, project);
    return undefined;
  };

  const judgeVersion = (output: string): Failure | undefined => {
    const version = notes.version ?? reportedRelease(output);
    const before = step.side === 'target' ? context.state.reported.get(project.name)?.base : undefined;
    if (version !== '') journal.append({ type: 'release-reported', project: project.name, side: step.side, version });
    return judgeRelease({ reported: version, expected: workspace[step.side].versions[project.name], before });
  };

  return {
    log,
    ended: finish(),
    end,
    kill: () => {
      if (pid !== undefined) signalGroup(pid, 'SIGKILL');
    },
    fold: () => notes.fold(),
  };
}

function failureOf(ended: Ended, command: HookCommand, notes: HookNotes): Failure | undefined {
  switch (ended.kind) {
    case 'exited':
      if (ended.status !== 0) return { kind: 'exit', status: ended.status };
      return command.reportsReturn && !notes.returned ? { kind: 'left-early' } : undefined;
    case 'signalled':
      return { kind: 'signal', signal: ended.signal };
    case 'not-started':
      return { kind: 'not-started', reason: ended.reason };
    default:
      return unreachable(ended);
  }
}

/** A shutdown that leaves a service of its project running did not make sure. */
function judgeShutdown(runDir: string, project: Project): Failure | undefined {
  if (project.services.length === 0) return undefined;
  const alive = livingServices(runDir).filter(({ name }) => project.services.includes(name));
  return alive.length === 0
    ? undefined
    : { kind: 'service-survived', services: alive.map(({ name, pid }) => ({ name, pid })) };
}
