import { basename, relative } from 'node:path';
import type { Problem } from '../basics/problem.js';
import type { Note } from '../journal/notes.js';
import type { Project } from '../project/project.js';
import { readScripts, type ScriptDirectory } from '../project/scripts.js';
import { type GivenData, listedData, moduleData, type SaidData, saidData } from './data.js';
import type { Draft } from './draft.js';

/** A project, and where it says what it is. */
export interface Registered {
  readonly project: Project;
  /** The file to look into when something is wrong with what it registers. */
  readonly source: string;
}

export interface Registry {
  readonly registered: readonly Registered[];
  readonly data: readonly GivenData[];
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
}

/** Puts together what directories hold, settings registered and modules say, in the order of the directories. */
export function register(draft: Draft, notes: readonly Note[], modules: ReadonlyMap<string, Project>): Registry {
  const said = readNotes(notes);
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const registered: Registered[] = [];

  const addScripts = (name: string, dir: string, scripts: ScriptDirectory, source: string): void => {
    const { hooks, snapshot } = scripts;
    registered.push({
      source,
      project: {
        name,
        dir,
        backing: said.backing.has(name),
        ...configOf(said, name),
        needs: [...(said.needs.get(name) ?? [])],
        services: [...(said.services.get(name) ?? [])],
        ...(snapshot === undefined ? {} : { snapshot }),
        hooks,
      },
    });
  };

  for (const each of draft.directories) {
    if (each.kind === 'module') {
      const project = modules.get(each.dir);
      if (project !== undefined) registered.push({ project, source: each.file });
      continue;
    }
    const { settings } = each.scripts;
    if (settings === undefined) {
      addScripts(each.name, each.dir, each.scripts, each.dir);
      continue;
    }
    const names = said.projects.get(each.dir) ?? [];
    said.projects.delete(each.dir);
    for (const name of names) addScripts(name, each.dir, each.scripts, settings);
    if (names.length === 0) {
      warnings.push(
        `${relative(draft.dir, settings)} registers no project, so nothing in ${basename(each.dir)}/ is run`,
      );
    }
  }
  // A settings file may register a project that lies elsewhere.
  for (const [dir, names] of said.projects) {
    const scripts = readScripts(dir, draft.cwd);
    problems.push(...scripts.problems);
    for (const name of names) addScripts(name, dir, scripts, dir);
  }
  // Here nothing says which engine a bare name is of, as the one database of DevStack does.
  for (const name of said.databases) {
    warnings.push(`register_db_to_save ${name} saves nothing here: use register_data ${name} URL in its settings`);
  }
  return {
    registered,
    data: [...listedData(draft), ...saidData(said.data), ...moduleData(modules)],
    problems,
    warnings,
  };
}

/** Where a project's configuration lies, if its settings say so. */
export function configOf({ config }: Said, name: string): Pick<Project, 'config'> {
  const places = config.get(name);
  return places === undefined ? {} : { config: [...places] };
}

export interface Said {
  /** By directory. */
  readonly projects: Map<string, string[]>;
  readonly backing: ReadonlySet<string>;
  readonly needs: ReadonlyMap<string, ReadonlySet<string>>;
  readonly services: ReadonlyMap<string, ReadonlySet<string>>;
  /** By project: files and directories. */
  readonly config: ReadonlyMap<string, ReadonlySet<string>>;
  readonly databases: readonly string[];
  /** By name. */
  readonly data: ReadonlyMap<string, SaidData>;
}

export function readNotes(notes: readonly Note[]): Said {
  const projects = new Map<string, string[]>();
  const backing = new Set<string>();
  const needs = new Map<string, Set<string>>();
  const services = new Map<string, Set<string>>();
  const config = new Map<string, Set<string>>();
  const databases: string[] = [];
  const data = new Map<string, SaidData>();
  const add = (map: Map<string, Set<string>>, key: string, value: string): void => {
    const known = map.get(key);
    if (known === undefined) map.set(key, new Set([value]));
    else known.add(value);
  };
  for (const [kind, a = '', b = '', c = ''] of notes) {
    if (kind === 'project') projects.set(b, [...(projects.get(b) ?? []), a]);
    else if (kind === 'backing') backing.add(a);
    else if (kind === 'needs') add(needs, a, b);
    else if (kind === 'service') add(services, a, b);
    else if (kind === 'config') add(config, a, b);
    else if (kind === 'db') databases.push(a);
    else if (kind === 'data') data.set(a, { at: b, ...(c === '' ? {} : { project: c }) });
  }
  return { projects, backing, needs, services, config, databases, data };
}
