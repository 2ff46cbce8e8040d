import { closeSync, fstatSync, openSync } from 'node:fs';
import { lastLine } from '../basics/files.js';
import { err, ok, type Result } from '../basics/result.js';
import { later } from '../basics/timer.js';
import { endSession, spawnInto } from '../process/spawn.js';

/** Where a program of ours writes what it says, and what calls it off. */
export interface Logged {
  /** Absolute path. */
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
  /** Once aborted: TERM to the program's process group, KILL after a grace. */
  readonly stop: AbortSignal;
  /** In milliseconds; for ever when left out. */
  readonly limitMs?: number;
}

/** What a program called off may take to end, in milliseconds. */
const GRACE_MS = 2000;

/** Runs a program to its end, its output in a log; or how it failed, with the last that it said. */
export async function runLogged(
  command: readonly [string, ...string[]],
  cwd: string,
  { log, env, stop, limitMs }: Logged,
): Promise<Result<void, string>> {
  const fd = openSync(log, 'a+', 0o600);
  try {
    const before = fstatSync(fd).size;
    const { pid, ended } = spawnInto(command, { cwd, env, stdout: fd, stderr: fd });
    let ending: Promise<void> | undefined;
    const end = (): void => {
      if (pid !== undefined) ending ??= endSession(pid, GRACE_MS);
    };
    let late = false;
    const callOff =
      limitMs === undefined
        ? undefined
        : later(limitMs, () => {
            late = true;
            end();
          });
    stop.addEventListener('abort', end);
    if (stop.aborted) end();
    const how = await ended;
    callOff?.();
    stop.removeEventListener('abort', end);
    // What it started may take longer to end than itself.
    await ending;
    if (how.kind === 'exited' && how.status === 0) return ok(undefined);
    const said = lastLine(fd, before);
    const why =
      how.kind === 'not-started'
        ? how.reason
        : late
          ? `it did not end within ${Math.round((limitMs ?? 0) / 1000)} s`
          : how.kind === 'exited'
            ? `exit ${how.status}`
            : how.signal;
    return err(said === undefined ? why : `${why}: ${said}`);
  } finally {
    closeSync(fd);
  }
}
