import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import { type Note, parseNotes } from '../journal/notes.js';
import { endGroup, spawnInto } from '../process/spawn.js';

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
  readonly runDir: string;
  /** What the shell starts with. */
  readonly env: NodeJS.ProcessEnv;
  readonly limitMs: number;
}

/** Variables that differ because a shell ran, not because a file said so. */
const NOISE = /^(_|SHLVL|PWD|OLDPWD|GRENADE_.*|BASH_FUNC_.*)$/;

/** Sources `localrc` and settings. With neither, nothing is run at all. */
export async function sourceSettings(sources: Sources): Promise<Result<Sourced, Problem[]>> {
  const { dir, localrc, settings, runDir } = sources;
  if (localrc === undefined && settings.length === 0) return ok({ env: {}, notes: [] });

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
  const { pid, ended } = spawnInto(['bash', shellFile('settings.bash'), dump, ...settings], {
    cwd: dir,
    env,
    stdout: fd,
    stderr: fd,
  });
  closeSync(fd);
  let late: Promise<void> | undefined;
  const timer = setTimeout(() => {
    if (pid !== undefined) late = endGroup(pid, 2000);
  }, sources.limitMs);
  const end = await ended;
  clearTimeout(timer);
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
    const output = read(log);
    const files = [...(localrc === undefined ? [] : [localrc]), ...settings];
    const names = files.map((file) => relative(dir, file)).join(', ');
    const what = files.length === 1 ? names : `One of ${names}`;
    const how =
      late !== undefined
        ? 'did not come to an end'
        : end.kind === 'exited'
          ? end.status === 0
            ? 'ended the shell that reads it'
            : `failed with exit ${end.status}`
          : end.kind === 'signalled'
            ? `was ended by ${end.signal}`
            : `could not be read: ${end.reason}`;
    const said = output.trim().split('\n').slice(-5).join('\n');
    return {
      message: `${what} ${how}${said === '' ? '' : `; it said:\n${said}`}`,
      fix: 'Correct it: it is sourced by bash before anything runs, and must only set variables and register things.',
      ...place(output, files),
    };
  }
}

/** Where bash says that it stumbled: `FILE: line N: …`. */
function place(output: string, files: readonly string[]): { file?: string; line?: number } {
  for (const line of output.trim().split('\n').reverse()) {
    const match = /^(.+?): line (\d+): /.exec(line);
    const file = files.find((each) => each === match?.[1]);
    if (file !== undefined) return { file, line: Number(match?.[2]) };
  }
  const [only, ...more] = files;
  return only !== undefined && more.length === 0 ? { file: only } : {};
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
function shellFile(name: string): string {
  const built = fileURLToPath(new URL(`../shell/${name}`, import.meta.url));
  return existsSync(built) ? built : fileURLToPath(new URL(`../../shell/${name}`, import.meta.url));
}
