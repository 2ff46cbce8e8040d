import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import { CommandError } from './command-error.js';
import type { Command, ExecOptions, ExecResult } from './hook-context.js';

/** More than this is not kept in memory. */
const CAPTURED = 64 * 1024 * 1024;
/** How long what a program started may hold its output open once it has ended itself, in milliseconds. */
const LINGERS = 2000;
const LAST_LINES = 10;

/** Runs a program in the step's process group, so that it is ended with the step. */
export async function exec(command: Command, options: ExecOptions, signal: AbortSignal): Promise<ExecResult> {
  const [program, ...args] = command;
  const line = command.map(quoted).join(' ');
  if (program === undefined || program === '') throw new Error('exec was given no program to run');
  signal.throwIfAborted();
  process.stdout.write(`+ ${line}\n`);
  const capture = options.capture ?? true;
  const child = spawn(program, args, {
    env: { ...process.env, ...options.env },
    stdio: [
      options.input === undefined ? 'ignore' : 'pipe',
      capture ? 'pipe' : 'inherit',
      capture ? 'pipe' : 'inherit',
    ],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  });
  // A program that does not read what it is given is none of our business.
  child.stdin?.on('error', () => {}).end(options.input);
  const stdout = new Captured(child.stdout, process.stdout);
  const stderr = new Captured(child.stderr, process.stderr);
  const stop = (): boolean => child.kill();
  signal.addEventListener('abort', stop, { once: true });
  const end = await endOf(child);
  signal.removeEventListener('abort', stop);

  const failed = (message: string, status: number): CommandError =>
    new CommandError([message, ...(stderr.tail() ?? stdout.tail() ?? [])].join('\n  '), {
      command: line,
      status,
      stdout: stdout.text(),
      stderr: stderr.text(),
    });
  if (signal.aborted) throw failed(`${line} was ended with its step`, 128 + constants.signals.SIGTERM);
  if ('reason' in end) throw failed(`${line} could not be started: ${end.reason}`, 127);
  if (end.signal !== null) throw failed(`${line} was ended by ${end.signal}`, 128 + constants.signals[end.signal]);
  if (end.status !== 0) throw failed(`${line} ended with status ${end.status}`, end.status);
  if (!end.closed) {
    const fix = 'start it with services.start, or give exec `capture: false`';
    throw failed(`${line} ended, and something that it started still holds its output: ${fix}`, 1);
  }
  if (stdout.overflowed || stderr.overflowed) {
    throw failed(`${line} printed more than 64 MiB, too much to return: give exec \`capture: false\``, 1);
  }
  return { stdout: stdout.text(), stderr: stderr.text() };
}

type End =
  | { readonly reason: string }
  | { readonly status: number; readonly signal: NodeJS.Signals | null; readonly closed: boolean };

function endOf(child: ChildProcess): Promise<End> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ reason: error.message }));
    child.once('close', (status, signal) => resolve({ status: status ?? 0, signal, closed: true }));
    child.once('exit', (status, signal) => {
      setTimeout(() => resolve({ status: status ?? 0, signal, closed: false }), LINGERS).unref();
    });
  });
}

/** Passes on what a program prints, and keeps it. */
class Captured {
  readonly #chunks: Buffer[] = [];
  #size = 0;

  constructor(from: Readable | null, to: NodeJS.WriteStream) {
    from?.on('data', (chunk: Buffer) => {
      to.write(chunk);
      this.#size += chunk.length;
      if (!this.overflowed) this.#chunks.push(chunk);
    });
  }

  get overflowed(): boolean {
    return this.#size > CAPTURED;
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }

  tail(): readonly string[] | undefined {
    const text = this.text().trimEnd();
    return text === '' ? undefined : text.split('\n').slice(-LAST_LINES);
  }
}

/** An argument as a shell would take it. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
