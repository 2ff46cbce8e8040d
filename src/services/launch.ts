import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { Duplex } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { identify, isAlive, type ProcessId } from '../process/identity.js';
import { waitUntil } from '../process/wait.js';
import { readText } from './record.js';

/** What the program that supervises needs to know. */
export interface Launch {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** File descriptor of its log, open for append. */
  readonly log: number;
  readonly exitFile: string;
  readonly mark: string;
}

export type Launched =
  | { readonly kind: 'running'; readonly main: ProcessId; readonly supervisor: ProcessId }
  /** The command could not be executed; why stands in the log. */
  | { readonly kind: 'failed' }
  | { readonly kind: 'no-supervisor'; readonly reason: string };

/** A script without `#!` is run by bash itself, and looks like it for ever: by then it runs. */
const TAKE_OVER_MS = 300;

/** Programs that turn into the one that was meant; as bash does, they end with 126 or 127 when they cannot. */
const WRAPPERS = new Set(['setpriv', 'env', 'nice', 'ionice', 'chrt', 'taskset', 'nohup', 'stdbuf', 'chroot']);
const WRAPPED_MS = 1000;

/** Starts a command under `shell/supervise`. It returns once the command itself runs. */
export async function launch(options: Launch): Promise<Launched> {
  let child: ChildProcess;
  try {
    child = spawn('bash', [superviseScript(), options.exitFile, options.mark, ...options.command], {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ['ignore', options.log, options.log, 'pipe'],
    });
  } catch (error) {
    // Node throws for what it can see itself, such as a NUL byte in an argument.
    return { kind: 'no-supervisor', reason: error instanceof Error ? error.message : String(error) };
  }
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (status, signal) => resolve(`its supervisor ended with ${signal ?? `status ${status}`}`));
  });
  const socket = child.stdio[3];
  if (!(socket instanceof Duplex) || child.pid === undefined) return { kind: 'no-supervisor', reason: await exited };
  try {
    return await converse(socket, child.pid, options, exited);
  } finally {
    socket.destroy();
    child.unref();
  }
}

async function converse(
  socket: Duplex,
  supervisor: number,
  options: Launch,
  exited: Promise<string>,
): Promise<Launched> {
  socket.on('error', () => {}); // Its end is an answer too.
  const said = new Promise<string>((resolve) => socket.setEncoding('utf8').once('data', resolve));
  const [, pid, startTime] = /^(\d+) (\d+)\n$/.exec(await Promise.race([said, exited])) ?? [];
  if (pid === undefined || startTime === undefined) return { kind: 'no-supervisor', reason: await exited };
  const main = { pid: Number(pid), startTime };
  const supervisorStartTime = identify(supervisor)?.startTime ?? '';
  socket.write('go\n');

  if (await tookOver(main, supervisor, options)) {
    return { kind: 'running', main, supervisor: { pid: supervisor, startTime: supervisorStartTime } };
  }
  await exited; // It has written the exit status by then.
  const status = readText(options.exitFile)?.trim();
  if (status === '126' || status === '127') return { kind: 'failed' };
  return { kind: 'running', main, supervisor: { pid: supervisor, startTime: supervisorStartTime } };
}

/** Waits until the command has taken the place of what executes it; false when the process ended before it was seen to. */
async function tookOver(main: ProcessId, supervisor: number, { command }: Launch): Promise<boolean> {
  const before = readText(`/proc/${supervisor}/cmdline`);
  const wraps = WRAPPERS.has(basename(command[0] ?? ''));
  const result = await waitUntil(
    () => {
      if (!isAlive(main)) return 'ended';
      const now = readText(`/proc/${main.pid}/cmdline`);
      // Empty: it is just ending.
      if (now === undefined || now === '' || now === before) return undefined;
      return wraps && WRAPPERS.has(programOf(main) ?? '') ? undefined : 'runs';
    },
    { limitMs: wraps ? WRAPPED_MS : TAKE_OVER_MS, intervalMs: 1 },
  );
  return !result.ok || result.value === 'runs';
}

function programOf({ pid }: ProcessId): string | undefined {
  try {
    return basename(readlinkSync(`/proc/${pid}/exe`));
  } catch {
    return undefined; // Ended, or not ours to look at.
  }
}

/** `shell/` is beside `dist/` when built, and two rooms up in the sources. */
export function superviseScript(): string {
  for (const up of ['../shell/', '../../shell/']) {
    const path = fileURLToPath(new URL(`${up}supervise`, import.meta.url));
    if (existsSync(path)) return path;
  }
  throw new Error('Internal error: shell/supervise is missing from this installation of Grenade');
}
