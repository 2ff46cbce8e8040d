import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
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

/**
 * The kernel closes the socket the moment the command takes over. Only where bash itself has to run the command (a
 * script without `#!`) the socket stays open; by then it runs.
 */
const TAKEN_OVER_MS = 300;

/** Programs that turn into the one that was meant, and tell by these statuses that they could not. */
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
  const lines = socket.setEncoding('utf8').iterator({ destroyOnReturn: false });
  const first = await Promise.race([lines.next(), exited]);
  if (typeof first === 'string') return { kind: 'no-supervisor', reason: first };
  const [, pid, startTime] = /^(\d+) (\d+)\n$/.exec(String(first.value ?? '')) ?? [];
  if (pid === undefined || startTime === undefined) return { kind: 'no-supervisor', reason: await exited };
  const main = { pid: Number(pid), startTime };
  const supervisorStartTime = identify(supervisor)?.startTime ?? '';
  socket.write('go\n');

  const next = await Promise.race([lines.next(), sleep(TAKEN_OVER_MS)]);
  const failed = next?.done === false || (await wrapperFailed(main, options));
  if (!failed) return { kind: 'running', main, supervisor: { pid: supervisor, startTime: supervisorStartTime } };
  await exited; // It writes the exit status of what never was the service.
  return { kind: 'failed' };
}

/** Waits until a wrapper has turned into the program it was given, and says whether it could not. */
async function wrapperFailed(main: ProcessId, { command, exitFile }: Launch): Promise<boolean> {
  if (!WRAPPERS.has(basename(command[0] ?? ''))) return false;
  const taken = await waitUntil(
    () => {
      const program = programOf(main);
      if (program !== undefined) return WRAPPERS.has(program) ? undefined : 'running';
      const status = readText(exitFile)?.trim();
      return status === undefined || status === '' ? undefined : status;
    },
    { limitMs: WRAPPED_MS, intervalMs: 2 },
  );
  return taken.ok && (taken.value === '126' || taken.value === '127');
}

function programOf(id: ProcessId): string | undefined {
  if (!isAlive(id)) return undefined;
  try {
    return basename(readlinkSync(`/proc/${id.pid}/exe`));
  } catch {
    return undefined;
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
