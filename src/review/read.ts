import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { MODULES, SCRIPTS, SETTINGS, scriptStem } from '../project/hook-files.js';
import { readScripts } from '../project/scripts.js';
import { refusals } from '../workspace/refusals.js';
import { sourcedFile } from './file-of.js';
import { type Exception, Plugin } from './plugin.js';
import { Source } from './source.js';

/** No hook is as large as this; what is, is data. */
const LARGEST = 1024 * 1024;

const SHELL = /(^|\/)(ba|da)?sh$/;

/** Reads a plugin's directory: nothing of it is executed. Paths in fixes begin at `cwd`. */
export async function readPlugin(dir: string, cwd: string): Promise<Plugin> {
  const scripts = readScripts(dir, cwd);
  const known = new Set(scripts.interpreters.map(({ script }) => script));
  const shell = [
    ...scripts.interpreters.flatMap(({ script, interpreter }) => (SHELL.test(interpreter.name) ? script : [])),
    // The system cannot execute these, and the shell that calls them runs them.
    ...[...scripts.hooks.values()].flatMap(({ source }) =>
      source.endsWith('.sh') && !known.has(source) ? source : [],
    ),
  ];
  const files = new Files();
  const hooks = new Map<string, Source>();
  for (const script of shell) {
    const stem = scriptStem(basename(script));
    if (stem === undefined || hooks.has(stem)) continue;
    const source = files.at(script);
    if (source !== undefined) hooks.set(stem, source);
  }
  const taken = new Set([...hooks.values()].map(({ path }) => path));
  const entries = entriesOf(dir);
  const helpers = entries
    .map((name) => join(dir, name))
    .filter((path) => /\.(sh|bash)$/.test(path) && !taken.has(path))
    .flatMap((path) => files.at(path) ?? []);
  return new Plugin({
    dir,
    settings: scripts.settings === undefined ? undefined : files.at(scripts.settings),
    hooks,
    helpers,
    exceptions: entries.flatMap((name) => exceptionsIn(dir, name, files)),
    libraries: files.sourcedBy([...hooks.values(), ...helpers], dir),
    problems: await refusals(scripts),
  });
}

function exceptionsIn(dir: string, name: string, files: Files): Exception[] {
  const match = /^(from|within)-(.+)$/.exec(name);
  if (match === null) return [];
  const direction = match[1] === 'from' ? 'from' : 'within';
  return entriesOf(join(dir, name)).flatMap((file) => {
    const source = scriptStem(file) === undefined ? undefined : files.at(join(dir, name, file));
    return source === undefined ? [] : [{ source, direction, release: match[2] ?? '' }];
  });
}

/** Files that were read, each once. */
class Files {
  readonly #known = new Map<string, Source | undefined>();

  /** A file, if it is a text of a script's size. */
  at(path: string): Source | undefined {
    if (!this.#known.has(path)) this.#known.set(path, sourceOf(path));
    return this.#known.get(path);
  }

  /** What these scripts source of their project's tree, and what is sourced there in turn; not these themselves. */
  sourcedBy(scripts: readonly Source[], dir: string): Source[] {
    // `REPOSITORY/devstack/upgrade`, `WORKSPACE/projects/NAME`.
    const tree = join(dir, '..', '..');
    const seen = new Set(scripts);
    for (const script of seen) {
      for (const command of script.commands) {
        const path = sourcedFile(command, script, dir);
        const file = path === undefined || isOutside(tree, path) ? undefined : this.at(path);
        if (file !== undefined) seen.add(file);
      }
    }
    return [...seen].slice(scripts.length);
  }
}

const isOutside = (tree: string, path: string): boolean => /^\.\.(\/|$)/.test(relative(tree, path));

function sourceOf(path: string): Source | undefined {
  try {
    const stat = statSync(path);
    if (!stat.isFile() || stat.size > LARGEST) return undefined;
    const bytes = readFileSync(path);
    return bytes.includes(0) ? undefined : new Source(path, bytes.toString('utf8'));
  } catch {
    return undefined; // That it is a link to nothing, or cannot be read, is found elsewhere.
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
    .filter(isDirectory);

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
