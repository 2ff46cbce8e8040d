import { existsSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Problem } from '../../basics/problem.js';
import { err, ok, type Result } from '../../basics/result.js';
import type { Note } from '../../journal/notes.js';
import { classicHooks } from '../../project/classic-hooks.js';
import { MODULES, SCRIPTS } from '../../project/hook-files.js';
import type { Project } from '../../project/project.js';
import { readScripts, type ScriptDirectory } from '../../project/scripts.js';
import { readData, saidData } from '../data.js';
import { Places } from '../places.js';
import { gatherProbes } from '../probes.js';
import { refusals } from '../refusals.js';
import { configOf, readNotes } from '../registered.js';
import { meant } from '../suggest.js';
import type { RegisteredData, RegisteredProbe } from '../workspace.js';
import type { ClassicDraft } from './draft.js';

interface Registered {
  readonly projects: readonly Project[];
  readonly data: readonly RegisteredData[];
  readonly probes: readonly RegisteredProbe[];
  readonly warnings: readonly string[];
}

/** The projects that settings put into UPGRADE_PROJECTS, in that order, with the hooks that a classic run calls. */
export async function classicProjects(
  draft: ClassicDraft,
  notes: readonly Note[],
): Promise<Result<Registered, Problem[]>> {
  const said = readNotes(notes);
  const problems: Problem[] = [];
  const warnings: string[] = [];
  const known = new Map<string, Project>();
  const all: Project[] = [];
  for (const [kind, name = '', dir = ''] of notes) {
    if (kind !== 'upgrade') continue;
    const problem = cannotBe(draft, name, dir);
    if (problem !== undefined) {
      problems.push(problem);
      continue;
    }
    let project = known.get(name);
    if (project === undefined) {
      const scripts = existsSync(dir) ? readScripts(dir, draft.cwd) : NOWHERE;
      const hooks = classicHooks(dir, scripts);
      project = {
        name,
        dir,
        backing: false,
        needs: [...(said.needs.get(name) ?? [])],
        services: [...(said.services.get(name) ?? [])],
        ...configOf(said, name),
        hooks,
      };
      known.set(name, project);
      const started = new Set(
        [...hooks.values()].flatMap(({ command, source }) => (command[0] === source ? [] : source)),
      );
      for (const { message, file = dir, rule } of await refusals(scripts)) {
        // What the system cannot execute, bash runs here.
        if (rule === 'cannot-execute' && started.has(file)) continue;
        warnings.push(`${shown(draft, file)}: ${message}`);
      }
      if (!existsSync(join(dir, 'upgrade.sh'))) {
        warnings.push(`${name} has no upgrade.sh in ${shown(draft, dir)}, so its upgrade will fail`);
      }
      if (said.backing.has(name)) {
        warnings.push(`${name} is shut down with the others: a classic run has no backing projects`);
      }
    }
    // Registered twice, it has two turns: each is a project of its own in the plan.
    all.push(all.includes(project) ? { ...project } : project);
  }
  const names = [...known.keys()];
  for (const name of draft.selected ?? []) {
    if (!known.has(name)) {
      problems.push({ message: `--projects ${name}: there is no such project`, fix: meant(name, names, 'projects') });
    }
  }
  const data = readData(saidData(said.data), draft.dir, problems);
  const { selected, dir, file } = draft;
  const taken = (name: string): boolean => selected === undefined || selected.includes(name);
  const probes = gatherProbes({ dir, givenProbes: [], places: new Places(file) }, notes, [], taken);
  problems.push(...probes.problems);
  if (problems.length > 0) return err(problems);
  return ok({
    projects: all.filter(({ name }) => taken(name)),
    data,
    probes: probes.probes,
    warnings,
  });
}

/** A directory that is not there: PLUGIN_DIR may be set by hand. */
const NOWHERE: ScriptDirectory = { hooks: new Map(), interpreters: [], bash: [], problems: [] };

function cannotBe({ file }: ClassicDraft, name: string, dir: string): Problem | undefined {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    return {
      message: `\`${name}\` cannot be the name of a project`,
      fix: 'Name it with letters, digits and . _ - and begin with a letter or a digit.',
      file,
    };
  }
  if (dir !== '') return undefined;
  return {
    message: `UPGRADE_PROJECTS names ${name}, which no settings registered, so that its shutdown would end the run`,
    fix: `Let a settings file call register_project_for_upgrade ${name}, or take it out of UPGRADE_PROJECTS.`,
    file,
  };
}

/** Directories that look like projects, and of which nothing is run, because no settings say so. */
export function unregistered(draft: ClassicDraft, notes: readonly Note[]): string[] {
  const run = new Set(notes.flatMap(([kind, , dir = '']) => (kind === 'upgrade' ? [dir] : [])));
  const projects = join(draft.dir, 'projects');
  return directories(projects).flatMap((name) => {
    const dir = join(projects, name);
    if (run.has(dir)) return [];
    const files = new Set(readdirSync(dir));
    if (files.has('settings')) {
      return [`projects/${name}/settings registers no project, so nothing in projects/${name}/ is run`];
    }
    const hooked =
      [...SCRIPTS.keys()].some((stem) => files.has(`${stem}.sh`)) || MODULES.some((each) => files.has(each));
    return hooked ? [`projects/${name}/ has no settings, so nothing in it is run`] : [];
  });
}

function directories(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return []; // Only external plugins, then.
  }
}

const shown = ({ dir }: ClassicDraft, path: string): string => {
  const way = relative(dir, path);
  return way.startsWith('..') ? path : way;
};
