import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import { later } from '../basics/timer.js';
import { unreachable } from '../basics/unreachable.js';
import { type Note, parseNotes } from '../journal/notes.js';
import { type Ended, endSession, spawnInto } from '../process/spawn.js';

/** What `localrc` and the `settings` files of projects said. */
export interface Sourced {
  /** What they exported or changed. */
  readonly env: Readonly<Record<string, string>>;
  /** What they registered, in order. */
  readonly notes: readonly Note[];
}

/** What is sourced, and where: all in one shell, in this order. */
export interface Sources {
  readonly dir: string;
  readonly localrc: string | undefined;
  readonly settings: readonly string[];
  /** The program that reads them, given where to write the environment; `settings.bash` when left out. */
  readonly reader?: (dump: string) => readonly [string, ...string[]];
  readonly runDir: string;
  /** What the shell starts with. */
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
  /** Ends it, and all that it started. */
  readonly signal?: AbortSignal | undefined;
}

/** Variables that differ because a shell ran and not because a file said so, and those by which hooks find the run. */
const NOISE =
  /^(_|SHLVL|PWD|OLDPWD|GRENADE_(DIR|NODE|WORKSPACE|RUN_DIR|NOTES|STEP|SIDE|REGISTRATION|LOCALRC|WRITE_LOCALRC))$/;

/** Sources `localrc` and settings. With neither, nothing is run at all. */
export async function sourceSettings(sources: Sources): Promise<Result<Sourced, Problem[]>> {
  const { dir, localrc, settings, runDir } = sources;
  if (localrc === undefined && settings.length === 0 && sources.reader === undefined) return ok({ env: {}, notes: [] });

  const script = shellFile('settings.bash');
  const registration = join(runDir, 'registration');
  const dump = join(runDir, 'settings.env');
  const log = join(runDir, 'settings.log');
  const env: NodeJS.ProcessEnv = {
    ...sources.env,
    GRENADE_REGISTRATION: registration,
    ...(localrc === undefined ? {} : { GRENADE_LOCALRC: localrc }),
  };
  // A run that is gone on with sources them again, and what was registered then counts no more.
  for (const path of [registration, dump, log]) rmSync(path, { force: true });
  const fd = openSync(log, 'a', 0o600);
  const reader = sources.reader?.(dump) ?? ['bash', script, dump, ...settings];
  const { pid, ended } = spawnInto(reader, {
    cwd: dir,
    env,
    stdout: fd,
    stderr: fd,
  });
  closeSync(fd);
  let late: Promise<void> | undefined;
  const endAll = (): void => {
    if (pid !== undefined) late ??= endSession(pid, 2000);
  };
  const callOff = later(sources.limitMs, endAll);
  sources.signal?.addEventListener('abort', endAll);
  if (sources.signal?.aborted) endAll();
  const end = await ended;
  callOff();
  sources.signal?.removeEventListener('abort', endAll);
  await late;

  const notes = parseNotes(read(registration));
  if (end.kind === 'exited' && end.status === 0 && existsSync(dump)) {
    const exported = difference(read(dump), env);
    // It holds every variable there is, secrets among them, and its work is done.
    rmSync(dump, { force: true });
    return ok({ env: exported, notes });
  }
  rmSync(dump, { force: true });
  return err([failure()]);

  function failure(): Problem {
    const fix = 'Correct it: it is sourced by bash before anything runs, to set variables and to register things.';
    const said = read(log).trim().split('\n');
    const [, file, line] = notes.findLast(([kind]) => kind === 'failed') ?? [];
    // Our own script is not what is wrong, whatever it says of itself.
    if (end.kind === 'exited' && file !== undefined && !file.startsWith(`${dirname(script)}/`)) {
      const reason = (said.at(-1) ?? '').replace(`${file}:${line}: `, '');
      const at = Number(line) > 0 ? { line: Number(line) } : {};
      return { message: `${relative(dir, file)} cannot be sourced: ${reason}`, fix, file, ...at };
    }
    const files = [...(localrc === undefined ? [] : [localrc]), ...settings];
    const what = files.map((each) => relative(dir, each)).join(', ');
    const tail = said.slice(-5).join('\n');
    return {
      message: `${files.length === 1 ? what : `One of ${what}`} ${howItEnded(end, late !== undefined)}${tail === '' ? '' : `; it said:\n${tail}`}`,
      fix,
      ...(files.length === 1 && files[0] !== undefined ? { file: files[0] } : {}),
    };
  }
}

function howItEnded(end: Ended, late: boolean): string {
  if (late) return 'does not come to an end when it is sourced';
  switch (end.kind) {
    case 'exited':
      return `could not be sourced: bash ended with exit ${end.status}`;
    case 'signalled':
      return `could not be sourced: bash was ended by ${end.signal}`;
    case 'not-started':
      return `could not be sourced, because bash did not start: ${end.reason}`;
    default:
      return unreachable(end);
  }
}

/** What a dump by `env -0` has that the shell did not start with. */
function difference(dump: string, before: NodeJS.ProcessEnv): Record<string, string> {
  const changed: Record<string, string> = {};
  for (const entry of dump.split('\0')) {
    const at = entry.indexOf('=');
    if (at <= 0) continue;
    const [name, value] = [entry.slice(0, at), entry.slice(at + 1)];
    if (!NOISE.test(name) && before[name] !== value) changed[name] = value;
  }
  return changed;
}

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

/** A file of `shell/`: beside `dist/` when built, two rooms up in the sources. */
export function shellFile(name: string): string {
  const built = fileURLToPath(new URL(`../shell/${name}`, import.meta.url));
  return existsSync(built) ? built : fileURLToPath(new URL(`../../shell/${name}`, import.meta.url));
}
