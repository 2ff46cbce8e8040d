import { closeSync, openSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { later } from '../basics/timer.js';
import { unreachable } from '../basics/unreachable.js';
import type { Failure } from '../journal/failure.js';
import type { Step } from '../plan/plan.js';
import { type Ended, endSession, signalSession, spawnInto } from '../process/spawn.js';
import { endStraysOf } from '../services/strays.js';
import type { RunContext, RunningStep, StepEnd } from './context.js';
import { HookNotes } from './hook-notes.js';
import { loggedSince } from './logged.js';

/** How long a program has between TERM and KILL, in milliseconds. */
const GRACE = 10_000;

/** The same for what left its session, which is asked only once the program is gone. */
const STRAY_GRACE = 2000;

/** A program that is a step's work. */
export interface StepCommand {
  /** The name of its log and notes, without the step's number. */
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** On top of the run's. */
  readonly env: Readonly<Record<string, string>>;
  readonly limit: { readonly ms: number; readonly from: string };
  /** Absolute path of where its standard output goes; into the step's log when left out. */
  readonly printed?: string;
  /** Whether later steps go on where it left off, with what it exported: then it writes that to `$GRENADE_LEFT`. */
  readonly leaves?: boolean;
  /** Called with the path of its log once it has ended, however it did. */
  readonly ended?: (log: string) => void;
  /** What went wrong although it ended with status 0. */
  readonly judge?: (notes: HookNotes) => Failure | undefined;
}

/** Begins a program. What it prints goes to the step's log, which is renamed when it fails. */
export function startCommand(context: RunContext, step: Step, work: StepCommand): RunningStep {
  const { runDir, journal, workplace } = context;
  const stem = `${String(step.number).padStart(context.digits, '0')}-${work.name}`;
  const log = join('steps', `${stem}.log`);
  const notesPath = join(runDir, 'notes', stem);
  const said = workplace.descriptors.length === 0 ? undefined : `${notesPath}.said`;
  const left = work.leaves === true ? `${notesPath}.left` : undefined;
  const cwd = workplace.take();

  const logFd = openSync(join(runDir, log), 'a', 0o600);
  const printedFd = work.printed === undefined ? undefined : openSync(work.printed, 'w', 0o600);
  const saidFd = said === undefined ? undefined : openSync(said, 'a', 0o600);
  const spawned = spawnInto(context.inside?.command(work.command, cwd) ?? work.command, {
    cwd,
    env: merged(context.env, workplace.env, work.env, {
      PWD: cwd,
      GRENADE_NOTES: notesPath,
      GRENADE_STEP: step.key,
      ...(left === undefined ? {} : { GRENADE_LEFT: left }),
    }),
    stdout: printedFd ?? logFd,
    stderr: logFd,
    ...(saidFd === undefined ? {} : { also: Object.fromEntries(workplace.descriptors.map((fd) => [fd, saidFd])) }),
  });
  for (const fd of [logFd, printedFd, saidFd]) if (fd !== undefined) closeSync(fd);
  const { pid } = spawned;
  // While it begins: nothing that it does can be in a service's log yet.
  const logged = loggedSince(runDir, context.state.logged);
  try {
    journal.append({ type: 'step-started', step: step.key, log, ...(pid === undefined ? {} : { pid }), ...logged });
  } catch (error) {
    // Nobody would ever know of it.
    if (pid !== undefined) signalSession(pid, 'SIGKILL');
    throw error;
  }

  const notes = new HookNotes(notesPath, step, journal, said);
  let reason: Failure | undefined;
  let grouped: Promise<void> | undefined;
  const end = (why: Failure): void => {
    reason ??= why;
    if (pid !== undefined)
      grouped ??= endSession(pid, GRACE).then(() => endStraysOf(context.system, step.key, STRAY_GRACE));
  };
  const { ms, from } = work.limit;
  const callOff = later(ms, () => end({ kind: 'time-limit', limitMs: ms, limit: from }));

  const finish = async (): Promise<StepEnd> => {
    const ended = await spawned.ended;
    callOff();
    await grouped; // What it started goes with it before anything else begins.
    notes.fold();
    work.ended?.(join(runDir, log));
    const failure = reason ?? failureOf(ended) ?? work.judge?.(notes);
    workplace.giveBack(cwd);
    if (failure === undefined) {
      if (left !== undefined) workplace.left(left);
      return { failure, log };
    }
    const failed = join('steps', `FAILED_${stem}.log`);
    renameSync(join(runDir, log), join(runDir, failed));
    return { failure, log: failed };
  };

  return {
    log,
    ended: finish(),
    end,
    kill: () => {
      if (pid !== undefined) signalSession(pid, 'SIGKILL');
    },
    fold: () => notes.fold(),
  };
}

/**
 * One environment of several, the later before the earlier. An object without a prototype is a plain table: spread into
 * a literal, each hook's would leave kilobytes of descriptions of its shape in old memory, which every fork copies.
 */
function merged(...parts: readonly NodeJS.ProcessEnv[]): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = Object.create(null);
  return Object.assign(env, ...parts);
}

function failureOf(ended: Ended): Failure | undefined {
  switch (ended.kind) {
    case 'exited':
      return ended.status === 0 ? undefined : { kind: 'exit', status: ended.status };
    case 'signalled':
      return { kind: 'signal', signal: ended.signal };
    case 'not-started':
      return { kind: 'not-started', reason: ended.reason };
    default:
      return unreachable(ended);
  }
}
