import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MODULES, SCRIPTS, SETTINGS, scriptStem } from '../project/hook-files.js';
import { readScripts } from '../project/scripts.js';
import { refusals } from '../workspace/refusals.js';
import { type Exception, Plugin } from './plugin.js';
import { Source } from './source.js';

/** No hook is as large as this; what is, is data. */
const LARGEST = 1024 * 1024;

/** Reads a plugin's directory: nothing of it is executed. Paths in fixes begin at `cwd`. */
export async function readPlugin(dir: string, cwd: string): Promise<Plugin> {
  const scripts = readScripts(dir, cwd);
  const hooks = new Map<string, Source>();
  for (const { script, interpreter } of scripts.interpreters) {
    const stem = scriptStem(script.slice(dir.length + 1));
    const source = /(^|\/)(ba|da)?sh$/.test(interpreter.name) ? sourceOf(script) : undefined;
    if (stem !== undefined && source !== undefined && !hooks.has(stem)) hooks.set(stem, source);
  }
  const taken = new Set([...hooks.values()].map(({ path }) => path));
  const entries = entriesOf(dir);
  return new Plugin({
    dir,
    settings: scripts.settings === undefined ? undefined : sourceOf(scripts.settings),
    hooks,
    helpers: entries
      .map((name) => join(dir, name))
      .filter((path) => /\.(sh|bash)$/.test(path) && !taken.has(path))
      .flatMap((path) => sourceOf(path) ?? []),
    exceptions: entries.flatMap((name) => exceptionsIn(dir, name)),
    problems: await refusals(scripts),
  });
}

function exceptionsIn(dir: string, name: string): Exception[] {
  const match = /^(from|within)-(.+)$/.exec(name);
  if (match === null) return [];
  const direction = match[1] === 'from' ? 'from' : 'within';
  return entriesOf(join(dir, name)).flatMap((file) => {
    const source = scriptStem(file) === undefined ? undefined : sourceOf(join(dir, name, file));
    return source === undefined ? [] : [{ source, direction, release: match[2] ?? '' }];
  });
}

/** A file's text, if it is a text of a script's size. */
function sourceOf(path: string): Source | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat?.isFile() !== true || stat.size > LARGEST) return undefined;
  try {
    const bytes = readFileSync(path);
    return bytes.includes(0) ? undefined : new Source(path, bytes.toString('utf8'));
  } catch {
    return undefined; // That it cannot be read is found elsewhere.
  }
}

function entriesOf(dir: string): string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return []; // A file, or not ours to read.
  }
}

/**
 * The plugins that a directory holds: it is one itself, a repository that has one in `devstack/upgrade`, a workspace or
 * a Grenade tree with `projects/`, or a directory of any of these.
 */
export function findPlugins(dir: string): string[] {
  const here = pluginsAt(dir);
  return here.length > 0 ? here : directoriesIn(dir).flatMap(pluginsAt);
}

function pluginsAt(dir: string): string[] {
  if (isPlugin(dir)) return [dir];
  const upgrade = join(dir, 'devstack', 'upgrade');
  if (isPlugin(upgrade)) return [upgrade];
  const projects = directoriesIn(join(dir, 'projects'));
  return existsSync(join(dir, 'grenade.yaml')) ? projects : projects.filter(isPlugin);
}

/** Whether something in it is there to be called by Grenade. */
function isPlugin(dir: string): boolean {
  return entriesOf(dir).some(
    (name) =>
      name === SETTINGS || MODULES.includes(name) || (name.endsWith('.sh') && SCRIPTS.has(scriptStem(name) ?? '')),
  );
}

const directoriesIn = (dir: string): string[] =>
  entriesOf(dir)
    .filter((name) => !name.startsWith('.') && name !== 'node_modules')
    .map((name) => join(dir, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true);
