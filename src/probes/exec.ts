import { spawn } from 'node:child_process';
import { fchmodSync, ftruncateSync, openSync, rmSync } from 'node:fs';
import { lastLine } from '../basics/files.js';
import { signalGroup, signalSession } from '../process/spawn.js';
import type { Ask } from './ask.js';

export interface AskedProgram {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Where a file can be made, which is gone at once. */
  readonly scratch: string;
}

/**
 * Asks by a program, one sample at a time: status 0 is up. It leads a process group of its own, which is ended whole
 * when it is called off.
 */
export function askExec({ command, cwd, env, scratch }: AskedProgram): Ask {
  const [program, ...args] = command;
  const said = openNameless(scratch);
  return (settle) => {
    ftruncateSync(said);
    const child = spawn(program, args, { cwd, env, detached: true, stdio: ['ignore', 'ignore', said] });
    child.once('error', (error) => settle({ kind: 'unseen', cause: `it could not be started: ${error.message}` }));
    child.once('exit', (status, signal) => {
      // What it left behind would grow with every sample.
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      if (status === 0) return settle({ kind: 'up' });
      const last = lastLine(said);
      const cause = signal === null ? `exit ${status}` : `ended by ${signal}`;
      settle({ kind: 'down', cause, ...(last === undefined ? {} : { said: last }) });
    });
    return () => {
      if (child.pid !== undefined) signalSession(child.pid, 'SIGKILL');
    };
  };
}

/** A file for what programs say: where it is a pipe of Node's, nobody can open `/dev/stderr`. */
function openNameless(path: string): number {
  const fd = openSync(path, 'a+', 0o600);
  rmSync(path);
  // A program that runs as somebody else may open it again.
  fchmodSync(fd, 0o666);
  return fd;
}
