import { spawn } from 'node:child_process';
import { signalGroup } from '../process/spawn.js';
import type { Ask } from './ask.js';

/** Asks by a program: status 0 is up. It leads a process group of its own, which is ended whole when it is called off. */
export function askExec(command: readonly [string, ...string[]], cwd: string, env: NodeJS.ProcessEnv): Ask {
  const [program, ...args] = command;
  return (settle) => {
    const child = spawn(program, args, { cwd, env, detached: true, stdio: 'ignore' });
    child.once('error', (error) => settle({ kind: 'unseen', cause: `it could not be started: ${error.message}` }));
    child.once('exit', (status, signal) => {
      // What it left behind would grow with every sample.
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      if (status === 0) settle({ kind: 'up' });
      else settle({ kind: 'down', cause: signal === null ? `exit ${status}` : `ended by ${signal}` });
    });
    return () => {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    };
  };
}
