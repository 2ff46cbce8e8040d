import { createHash } from 'node:crypto';
import { fstatSync, lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { codeOf } from '../basics/fault.js';
import type { Hook } from '../journal/record.js';
import type { Project } from '../project/project.js';
import type { Workspace } from '../workspace/workspace.js';

/** What a base is made from: what it is, and what it was then, as a hash where it may be long or secret. */
export type Ingredients = Readonly<Record<string, string>>;

/** Larger files, and those of installed packages, are known by size and time of change. */
const READ_WHOLE = 1_000_000;

/** Hooks that are called at the target alone: what the base was made from does not change with them. */
const TARGET_ONLY: ReadonlySet<Hook> = new Set(['migrate', 'upgrade', 'finalize']);

/**
 * Everything of this workspace, this installation and this machine that a base is taken to be made from. Two runs with
 * the same ingredients can share one. `runDir` is where this run's own paths begin: they count as the same in every run.
 */
export function ingredientsOf(workspace: Workspace, runDir: string, version: string): Ingredients {
  const { base, target, projects } = workspace;
  const plain = projects.map(({ name, dir, backing, needs, services }) => ({ name, dir, backing, needs, services }));
  return {
    grenade: `${version}, snapshots ${FORMAT}`,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    user: String(process.getuid?.() ?? ''),
    workspace: workspace.dir,
    'data root': workspace.dataRoot,
    base: base.name,
    target: target.name,
    projects: hashOf(JSON.stringify(plain)),
    ...named('version of', base.versions, (value) => value),
    ...named('release variable', base.env, hashOf),
    ...named('variable', workspace.env, (value) => hashOf(value.replaceAll(runDir, ''))),
    ...filesOf(workspace),
  };
}

/** Raised when what a snapshot holds, or what is asked of it, means something else. */
export const FORMAT = 1;

/** The key of a base that is made from these. */
export const keyOf = (ingredients: Ingredients): string =>
  hashOf(JSON.stringify(Object.entries(ingredients).sort(([a], [b]) => (a < b ? -1 : 1)))).slice(0, 12);

/** What two bases are not both made from, by name. */
export const changedBetween = (one: Ingredients, other: Ingredients): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter((name) => one[name] !== other[name]).sort();

const hashOf = (content: string | Buffer): string => createHash('sha256').update(content).digest('hex');

const named = (
  what: string,
  values: Readonly<Record<string, string>>,
  as: (value: string) => string,
): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${what} ${name}`, as(value)]));

/** What lies in the workspace, in checkouts of git's, and in projects that lie elsewhere. */
function filesOf(workspace: Workspace): Record<string, string> {
  const { dir, dataRoot, projects, fetched } = workspace;
  const found: Record<string, string> = {};
  const looked = leftOut(workspace).add(resolve(dataRoot));
  const look = (at: string): void => {
    if (looked.has(at)) return;
    looked.add(at);
    const stats = lstatSync(at);
    const name = relative(dir, at);
    if (stats.isSymbolicLink()) found[name] = `link ${readlinkSync(at)}`;
    else if (stats.isFile() && !isOurOutput(stats)) {
      const known = stats.size > READ_WHOLE || /(^|\/)node_modules\//.test(name);
      found[name] = `${stats.mode & 0o111} ${known ? `${stats.size} ${stats.mtimeMs}` : hashOf(readOf(at))}`;
    } else if (stats.isDirectory()) {
      for (const entry of readdirSync(at)) if (entry !== '.git' && entry !== '.grenade') look(join(at, entry));
    }
  };
  const elsewhere = [...fetched.map(({ checkout }) => checkout.dir), ...projects.map((project) => project.dir)];
  for (const root of [dir, ...elsewhere]) look(resolve(root));
  return found;
}

/** `grenade run >log` in the workspace: what we print ourselves makes no base. */
const isOurOutput = ({ dev, ino }: Stats): boolean =>
  [1, 2].some((fd) => {
    const stats = fstatSync(fd);
    return stats.dev === dev && stats.ino === ino;
  });

/** What we may not read, no hook of ours can either. */
function readOf(path: string): Buffer | string {
  try {
    return readFileSync(path);
  } catch (error) {
    if (codeOf(error) === 'EACCES') return 'not to be read';
    throw error;
  }
}

/** Files that the base is not made from, although its hooks could read them. */
function leftOut({ file, projects }: Workspace): Set<string> {
  const ofBase = new Set(projects.flatMap((project) => sourcesOf(project, (hook) => !TARGET_ONLY.has(hook))));
  const ofTarget = projects.flatMap((project) => sourcesOf(project, (hook) => TARGET_ONLY.has(hook)));
  const exceptions = projects.flatMap(({ dir }) =>
    readdirSync(dir)
      .filter((name) => /^(from|within)-./.test(name))
      .map((name) => join(dir, name)),
  );
  // What of `grenade.yaml` makes the base is among the ingredients by itself.
  return new Set([file, ...ofTarget.filter((source) => !ofBase.has(source)), ...exceptions]);
}

const sourcesOf = ({ hooks }: Project, of: (hook: Hook) => boolean): string[] =>
  [...hooks].filter(([hook]) => of(hook)).map(([, { source }]) => source);
