import { existsSync, readdirSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { Problem } from '../basics/problem.js';
import { MODULES } from '../project/hook-files.js';
import { readScripts, type ScriptDirectory } from '../project/scripts.js';
import type { ProjectByGit } from './by-git.js';
import type { Places } from './places.js';

/** A directory that holds a project, as far as it can be known without running anything of it. */
export type ProjectDirectory =
  | { readonly kind: 'scripts'; readonly dir: string; readonly name: string; readonly scripts: ScriptDirectory }
  | { readonly kind: 'module'; readonly dir: string; readonly file: string; readonly problems: readonly Problem[] };

/** Where to look when the workspace does not say. */
const DEFAULT = 'projects/*';

export interface Discovered {
  readonly directories: readonly ProjectDirectory[];
  readonly problems: readonly Problem[];
}

/**
 * Finds the projects of a workspace, in order: those that it lists, then those of `pluginrc`. What is fetched by git is
 * looked for where it has to lie.
 */
export async function discover(
  dir: string,
  listed: readonly (string | ProjectByGit)[] | undefined,
  plugins: readonly ProjectByGit[],
  places: Places,
  cwd: string,
): Promise<Discovered> {
  const problems: Problem[] = [];
  /** By path, the name that is given to it from outside. */
  const paths = new Map<string, string | undefined>();
  for (const [at, each] of [...(listed ?? [DEFAULT]), ...plugins].entries()) {
    if (typeof each !== 'string') {
      const { path, problem } = inCheckout(each);
      if (path !== undefined) paths.set(path, each.checkout.name);
      if (problem !== undefined) problems.push(problem);
      continue;
    }
    const { found, problem } = await expand(dir, each);
    for (const path of found) if (!paths.has(path)) paths.set(path, undefined);
    if (problem !== undefined) {
      problems.push(places.problem(listed === undefined ? [] : ['projects', at], problem.message, problem.fix));
    }
  }
  const directories: ProjectDirectory[] = [];
  for (const [path, name] of paths) {
    const target = statSync(path, { throwIfNoEntry: false });
    if (target === undefined) {
      problems.push({
        message: `${relative(dir, path)} is a link to ${readlinkSync(path)}, which does not exist`,
        fix: 'Make the link point at a directory that is there, or remove it.',
        file: path,
      });
    } else if (target.isDirectory()) directories.push(readDirectory(path, cwd, name));
  }
  return { directories, problems };
}

/** Where a project lies in its checkout, once that is there. */
function inCheckout({ checkout, dir }: ProjectByGit): { readonly path?: string; readonly problem?: Problem } {
  if (statSync(checkout.dir, { throwIfNoEntry: false }) === undefined) return {};
  const inside = relative(checkout.dir, dir);
  const wrong = (message: string): { problem: Problem } => ({
    problem: { message, fix: 'Name the directory in it that holds the hooks as `path`.', ...checkout.asked },
  });
  if (statSync(dir, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return wrong(`${checkout.name} has no directory ${inside} in its checkout`);
  }
  const [root, real] = [realpathSync(checkout.dir), realpathSync(dir)];
  if (real !== root && !real.startsWith(`${root}/`))
    return wrong(`${inside} of ${checkout.name} leads out of its checkout`);
  return { path: dir };
}

interface Expanded {
  readonly found: readonly string[];
  readonly problem?: { readonly message: string; readonly fix: string };
}

/** Directories that a path or a pattern stands for, and links that lead nowhere. */
async function expand(dir: string, pattern: string): Promise<Expanded> {
  const plain = pattern.replace(/\/+$/, '');
  const parent = plain.endsWith('/*') ? plain.slice(0, -2) : undefined;
  if (parent !== undefined && !isMagic(parent)) {
    const found = children(resolve(dir, parent));
    if (found === undefined) {
      return nothing(
        `There is no directory ${parent}/`,
        `Make ${parent}/NAME/ with the hooks of a project in it, or name other paths in \`projects\`.`,
      );
    }
    return found.length > 0
      ? { found }
      : nothing(`There is no project in ${parent}/`, `Make ${parent}/NAME/ with the hooks of a project in it.`);
  }
  if (!isMagic(plain)) {
    const path = resolve(dir, plain);
    const target = statSync(path, { throwIfNoEntry: false });
    if (target?.isDirectory() === true) return { found: [path] };
    return nothing(
      target === undefined ? `There is no directory ${plain}` : `${plain} is not a directory`,
      'Name a directory with the hooks of a project in it, as a path from the workspace.',
    );
  }
  const { glob } = await import('tinyglobby');
  const matches = await glob([plain], {
    cwd: dir,
    onlyDirectories: true,
    expandDirectories: false,
    ignore: ['**/node_modules/**'],
  });
  const found = inOrder(matches.map((match) => match.replace(/\/$/, ''))).map((match) => resolve(dir, match));
  return found.length > 0
    ? { found }
    : nothing(`\`${pattern}\` matches no directory`, 'Correct the pattern, or remove it.');
}

const nothing = (message: string, fix: string): Expanded => ({ found: [], problem: { message, fix } });
const isMagic = (pattern: string): boolean => /[*?[\]{}()!]/.test(pattern);

/** Directories in a directory, without what hides and what packages bring. */
function children(parent: string): string[] | undefined {
  if (statSync(parent, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
  const names = readdirSync(parent, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() || isLinkToDirectory(join(parent, entry.name), entry.isSymbolicLink()))
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('.') && name !== 'node_modules');
  return inOrder(names).map((name) => join(parent, name));
}

/** A link that leads nowhere counts: it was meant to be a project. */
const isLinkToDirectory = (path: string, link: boolean): boolean =>
  link && statSync(path, { throwIfNoEntry: false })?.isDirectory() !== false;

/** By the number in front, `9_` before `10_`, and those with none last; then by name. */
function inOrder(names: readonly string[]): string[] {
  const keyed = names.map((name) => ({ name, number: Number(/^(\d+)_/.exec(basename(name))?.[1] ?? Infinity) }));
  keyed.sort((a, b) => (a.number === b.number ? (a.name < b.name ? -1 : 1) : a.number - b.number));
  return keyed.map(({ name }) => name);
}

function readDirectory(dir: string, cwd: string, given: string | undefined): ProjectDirectory {
  const modules = MODULES.filter((file) => existsSync(join(dir, file)));
  const [module, ...others] = modules;
  if (module === undefined) {
    const name = given ?? basename(dir).replace(/^\d+_/, '');
    return { kind: 'scripts', dir, name, scripts: readScripts(dir, cwd) };
  }
  const problems: Problem[] = [];
  const file = join(dir, module);
  for (const other of others) {
    problems.push({
      message: `${module} and ${other} are both the project`,
      fix: 'Keep one of them.',
      file: join(dir, other),
    });
  }
  const { hooks, settings } = readScripts(dir, cwd);
  for (const source of new Set([...hooks.values()].map((hook) => hook.source))) {
    problems.push({
      rule: 'never-called',
      message: `${basename(source)} is never called: beside ${module}, hooks are methods of the module`,
      fix: `Make it a method in ${module}, or give it a name that is no hook.`,
      file: source,
    });
  }
  if (settings !== undefined) {
    problems.push({
      rule: 'never-called',
      message: `settings is never read beside ${module}`,
      fix: `Register in ${module} what it registers (name, needs, services), and put what it exports into localrc.`,
      file: settings,
    });
  }
  return { kind: 'module', dir, file, problems };
}
