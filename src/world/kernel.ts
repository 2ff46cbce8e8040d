import { execFile } from 'node:child_process';

const LINES = 300;
const LIMIT_MS = 2000;

/** The last lines of the kernel's log, where we may read it: what it killed for want of memory stands there. */
export function kernelLog(): Promise<string> {
  return new Promise((resolve) => {
    const options = { timeout: LIMIT_MS, killSignal: 'SIGKILL', maxBuffer: 16 * 1024 * 1024 } as const;
    execFile('dmesg', options, (error, stdout) => {
      if (error !== null) resolve(`dmesg could not be read: ${error.message.trim()}`);
      else resolve(stdout.trimEnd().split('\n').slice(-LINES).join('\n'));
    });
  });
}
