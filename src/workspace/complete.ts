import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import { wildcard } from '../basics/wildcard.js';
import type { Project } from '../project/project.js';
import { checkChange, checkMentions, checkNames, checkNeeds, checkRestart } from './checks.js';
import { readData } from './data.js';
import type { ProjectDirectory } from './discover.js';
import type { AnyDraft, CompleteOptions, Draft } from './draft.js';
import { Interpreters } from './interpreters.js';
import { orderByNeeds, withNeeds } from './order.js';
import { gatherProbes, type ModuleProbes } from './probes.js';
import { type Registered, register } from './registered.js';
import { sourceSettings } from './settings.js';
import type { Workspace } from './workspace.js';

/** Sources `localrc` and settings, asks modules what they are, and makes the workspace that is planned and run. */
export async function completeWorkspace(
  draft: AnyDraft,
  options: CompleteOptions,
): Promise<Result<Workspace, Problem[]>> {
  if (draft.kind === 'native') return completeNative(draft, options);
  const { completeClassic } = await import('./classic/complete.js');
  return completeClassic(draft, options);
}

async function completeNative(draft: Draft, options: CompleteOptions): Promise<Result<Workspace, Problem[]>> {
  const settings = draft.directories.flatMap((each) =>
    each.kind === 'scripts' && each.scripts.settings !== undefined ? [each.scripts.settings] : [],
  );
  const [sourced, described] = await Promise.all([
    sourceSettings({
      dir: draft.dir,
      localrc: draft.localrc,
      settings,
      runDir: options.runDir,
      env: options.env,
      limitMs: draft.limits.hook,
      signal: options.signal,
    }),
    describeModules(draft.directories, options.signal),
  ]);
  const said = sourced.ok ? sourced.value : { env: {}, notes: [] };
  const { registered, data: given, problems, warnings } = register(draft, said.notes, described.projects);

  const names = registered.map(({ project }) => project.name);
  const { ordered, cycles } = orderByNeeds(registered.map(({ project }) => project));
  // Without all names, most of what is not found would only be what could not be read.
  const allKnown = draft.projectsKnown && sourced.ok && described.problems.size === 0;
  const wanted = draft.selected === undefined ? undefined : withNeeds(ordered, draft.selected);
  const taken = (name: string): boolean => wanted === undefined || wanted.has(name);
  const chosen = registered.filter(({ project }) => taken(project.name));

  const probes = gatherProbes(draft, said.notes, described.probes, taken);
  const ofTaken = given.filter(({ project }) => project === undefined || taken(project));
  const wrongData: Problem[] = [];
  const data = readData(ofTaken, join(options.runDir, 'data'), wrongData);
  const spared = notRun(draft, registered, chosen, sourced.ok);
  const early = [
    ...(options.problems ?? []).filter(({ file }) => file === undefined || !spared.has(dirname(file))),
    ...(allKnown ? checkMentions(names, draft) : []),
    ...(sourced.ok ? [] : sourced.error),
    ...preflight(draft, spared, described.problems, [options.env.PATH, said.env.PATH]),
    ...problems,
    ...wrongData,
    ...probes.problems,
    ...checkNames(registered, draft),
    ...checkNeeds(allKnown ? chosen : [], allKnown ? cycles.filter((cycle) => cycle.every(taken)) : []),
    ...checkRestart(chosen, draft),
  ];
  const found = early.length > 0 ? early : checkChange(chosen, draft);
  if (found.length > 0) return err(inOrderOfFile(found, draft.file));

  const told = [...data, ...configs(chosen)];
  const toldByAll = [...given, ...configs(registered)];
  const { kind, directories, listed, projectsKnown, releases, selected, givenProbes, raw, places, cwd, ...rest } =
    draft;
  return ok({
    ...rest,
    state: { ...rest.state, expect: rest.state.expect.filter((each) => isOf(each, told) || !isOf(each, toldByAll)) },
    projects: ordered.filter(({ name }) => taken(name)),
    data,
    probes: probes.probes,
    env: said.env,
    warnings: [...warnings, ...takenAlong(chosen, selected)],
  });
}

/** What expectations call the configuration of these projects. */
const configs = (of: readonly Registered[]): { readonly name: string }[] =>
  of.map(({ project }) => ({ name: `${project.name}/config` }));

/** Whether an expectation can be met by one of these. */
const isOf = ({ data }: { readonly data: string }, among: readonly { readonly name: string }[]): boolean =>
  among.some(({ name }) => wildcard(data).test(name));

/** What is wrong in `grenade.yaml` first and from top to bottom, then the rest as it was found. */
function inOrderOfFile(problems: readonly Problem[], file: string): Problem[] {
  const [here, elsewhere] = [true, false].map((own) => problems.filter((each) => (each.file === file) === own));
  const place = (each: Problem): number => (each.line ?? 0) * 10_000 + (each.column ?? 0);
  return [...(here ?? []).sort((a, b) => place(a) - place(b)), ...(elsewhere ?? [])];
}

/**
 * Directories of which nothing is run, so that nothing in them can be wrong: their projects are left out, or their
 * settings register none. Of a directory whose projects are not known, nobody can say so.
 */
function notRun(
  draft: Draft,
  registered: readonly Registered[],
  chosen: readonly Registered[],
  sourced: boolean,
): ReadonlySet<string> {
  const known = new Set(registered.map(({ project }) => project.dir));
  const run = new Set(chosen.map(({ project }) => project.dir));
  const spared = draft.directories.filter(({ dir, kind }) =>
    known.has(dir) ? !run.has(dir) : sourced && kind === 'scripts',
  );
  return new Set(spared.map(({ dir }) => dir));
}

/** What is wrong with directories. */
function preflight(
  draft: Draft,
  spared: ReadonlySet<string>,
  modules: ReadonlyMap<string, readonly Problem[]>,
  paths: readonly (string | undefined)[],
): Problem[] {
  const interpreters = new Interpreters([...paths, draft.base.env.PATH, draft.target.env.PATH]);
  return draft.directories.flatMap((each) => {
    if (spared.has(each.dir)) return [];
    if (each.kind === 'module') return [...each.problems, ...(modules.get(each.dir) ?? [])];
    const { scripts } = each;
    const own = [...scripts.problems, ...interpreters.missing(scripts)];
    return own.length === 0 && scripts.hooks.size === 0 ? [noHook(each.dir, each.name)] : own;
  });
}

const noHook = (dir: string, name: string): Problem => ({
  message: `${name} has no hook at all, so nothing of it would be run`,
  fix: 'Give it start.sh and shutdown.sh to begin with, or move the directory out of the projects.',
  file: dir,
});

function takenAlong(chosen: readonly Registered[], selected: readonly string[] | undefined): string[] {
  if (selected === undefined) return [];
  return chosen
    .filter(({ project }) => !selected.includes(project.name))
    .map(({ project: { name } }) => {
      const by = chosen.filter(({ project }) => project.needs.includes(name)).map(({ project }) => project.name);
      return `${name} is taken along, because ${by.join(' and ')} ${by.length === 1 ? 'needs' : 'need'} it`;
    });
}

interface Described {
  /** By directory. */
  readonly projects: ReadonlyMap<string, Project>;
  readonly probes: readonly ModuleProbes[];
  /** By directory. */
  readonly problems: ReadonlyMap<string, readonly Problem[]>;
}

/** Asks every module what it is: in processes of their own, a few at a time. */
async function describeModules(directories: readonly ProjectDirectory[], signal?: AbortSignal): Promise<Described> {
  const waiting = directories.flatMap((each) => (each.kind === 'module' ? [each.file] : []));
  const projects = new Map<string, Project>();
  const probes: ModuleProbes[] = [];
  const problems = new Map<string, readonly Problem[]>();
  if (waiting.length === 0) return { projects, probes, problems };

  const { describeModule, moduleProject } = await import('../project/module.js');
  const work = async (): Promise<void> => {
    for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
      const dir = dirname(file);
      const described = await describeModule(dir, file, signal);
      if (described.ok) {
        projects.set(dir, moduleProject(dir, described.value));
        probes.push({ project: described.value.name, dir, file, given: described.value.probes });
      } else problems.set(dir, described.error);
    }
  };
  await Promise.all(Array.from({ length: Math.min(waiting.length, availableParallelism()) }, work));
  return { projects, probes, problems };
}
