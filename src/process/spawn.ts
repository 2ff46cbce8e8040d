import { spawn } from 'node:child_process';
import { codeOf } from '../basics/fault.js';
import { listProcesses } from './identity.js';

/** How a process ended. Not having started is an end like any other: one shape for all. */
export type Ended =
  | { readonly kind: 'exited'; readonly status: number }
  | { readonly kind: 'signalled'; readonly signal: string }
  | { readonly kind: 'not-started'; readonly reason: string };

export interface Spawned {
  /** Its id, and the id of the group and session it leads; undefined when it could not be started. */
  readonly pid: number | undefined;
  readonly ended: Promise<Ended>;
}

/**
 * Starts a program in a session and process group of its own, its output going straight into an open file: no byte
 * of it passes through this process, however much there is.
 */
export function spawnInto(
  command: readonly [string, ...string[]],
  options: {
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    /** File descriptors, open for append. */
    readonly stdout: number;
    readonly stderr: number;
    /** Further descriptors that it finds open, for append, and what they lead to. */
    readonly also?: Readonly<Record<number, number>>;
  },
): Spawned {
  const [program, ...args] = command;
  let child: ReturnType<typeof spawn>;
  try {
    child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', options.stdout, options.stderr, ...further(options.also ?? {})],
    });
  } catch (error) {
    // Node throws for what it can see itself, such as a NUL byte in an argument or an environment over the limit.
    return { pid: undefined, ended: Promise.resolve({ kind: 'not-started', reason: reasonOf(error, program) }) };
  }
  const ended = new Promise<Ended>((resolve) => {
    child.once('error', (error) => resolve({ kind: 'not-started', reason: reasonOf(error, program) }));
    child.once('exit', (status, signal) =>
      resolve(signal === null ? { kind: 'exited', status: status ?? 0 } : { kind: 'signalled', signal }),
    );
  });
  return { pid: child.pid, ended };
}

/** From 3 on; those between stay closed. */
function further(also: Readonly<Record<number, number>>): (number | 'ignore')[] {
  const last = Math.max(2, ...Object.keys(also).map(Number));
  return Array.from({ length: last - 2 }, (_, at) => also[at + 3] ?? 'ignore');
}

/** Why a program did not start, where the system's own word for it says little. */
function reasonOf(error: unknown, program: string): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return `${program} is not there, or the interpreter that its first line names is not`;
  if (code === 'EACCES') return `${program} may not be executed`;
  return error instanceof Error ? error.message : String(error);
}

/** Sends a signal to a whole process group; false when there is nobody left in it. */
export function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    // EPERM: somebody is there, and not ours to signal.
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Signals a process group, and the groups that were made in the session of its leader: `timeout` and job control put
 * what they run into one of its own.
 */
export function signalSession(leader: number, signal: NodeJS.Signals): void {
  signalGroup(leader, signal);
  for (const group of new Set(inSession(leader).map((stat) => stat.group))) {
    if (group !== leader) signalGroup(group, signal);
  }
}

/**
 * Ends the session of a program we started: TERM, and KILL for what is left of it after `graceMs`.
 * Resolves when nobody is left, or two seconds after KILL (a process stuck in the kernel cannot be waited for).
 */
export async function endSession(leader: number, graceMs: number): Promise<void> {
  signalSession(leader, 'SIGTERM');
  if (await sessionGone(leader, graceMs)) return;
  signalSession(leader, 'SIGKILL');
  await sessionGone(leader, 2000);
}

async function sessionGone(leader: number, limitMs: number): Promise<boolean> {
  const until = Date.now() + limitMs;
  while (inSession(leader).length > 0) {
    if (Date.now() >= until) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}

const inSession = (leader: number) =>
  listProcesses().filter(({ group, session }) => group === leader || session === leader);
