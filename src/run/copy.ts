import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { err, ok, type Result } from '../basics/result.js';
import { endGroup, spawnInto } from '../process/spawn.js';

/** Where a program of ours writes what it says, and what calls it off. */
export interface Logged {
  /** Absolute path. */
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
  /** In milliseconds; for ever when left out. */
  readonly limitMs?: number;
}

/** Runs a program to its end, its output in a log; or how it failed, with the last that it said. */
export async function runLogged(
  command: readonly [string, ...string[]],
  cwd: string,
  { log, env, stop, limitMs }: Logged,
): Promise<Result<void, string>> {
  const before = statSync(log).size;
  const fd = openSync(log, 'a', 0o600);
  const child = spawnInto(command, { cwd, env, stdout: fd, stderr: fd });
  closeSync(fd);
  let late = false;
  const end = (): void => {
    if (child.pid !== undefined) void endGroup(child.pid, 2000);
  };
  const timer =
    limitMs === undefined
      ? undefined
      : setTimeout(() => {
          late = true;
          end();
        }, limitMs);
  stop.addEventListener('abort', end);
  if (stop.aborted) end();
  const ended = await child.ended;
  clearTimeout(timer);
  stop.removeEventListener('abort', end);
  if (ended.kind === 'exited' && ended.status === 0) return ok(undefined);
  const said = readFileSync(log).subarray(before).toString('utf8').trim().split('\n').at(-1) ?? '';
  const how =
    ended.kind === 'exited'
      ? `exit ${ended.status}`
      : ended.kind === 'signalled'
        ? late
          ? `it did not end within ${Math.round((limitMs ?? 0) / 1000)} s`
          : ended.signal
        : ended.reason;
  return err(said === '' ? how : `${how}: ${said}`);
}

/** Copies what is in a directory into another one, with owners, times, links and attributes. */
export const copyTree = (from: string, to: string, logged: Logged): Promise<Result<void, string>> =>
  runLogged(['cp', '-a', '--reflink=auto', '--', `${from}/.`, to], '/', logged);

/** Has everything of a directory's file system written to the disk. */
export const syncTree = (directory: string, logged: Logged): Promise<Result<void, string>> =>
  runLogged(['sync', '-f', '--', directory], '/', logged);
