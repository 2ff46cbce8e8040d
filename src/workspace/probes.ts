import { dirname } from 'node:path';
import type { Problem } from '../basics/problem.js';
import type { Note } from '../journal/notes.js';
import { type GivenProbe, readProbe } from '../probes/definition.js';
import { placeOfKey } from '../project/blame.js';
import type { Draft } from './draft.js';
import { capital } from './suggest.js';
import type { RegisteredProbe } from './workspace.js';

/** Probes that a module defines. */
export interface ModuleProbes {
  readonly project: string;
  readonly dir: string;
  readonly file: string;
  readonly given: readonly GivenProbe[];
}

/** Where a workspace names probes itself. */
type Configured = Pick<Draft, 'dir' | 'givenProbes' | 'places'>;

/** A probe that somebody wrote, and where. */
interface Written {
  readonly given: GivenProbe;
  readonly dir: string;
  readonly project?: string;
  readonly at: (key: string) => RegisteredProbe['at'];
}

/**
 * All probes of a workspace: those of `grenade.yaml`, then those that projects registered. Those of a project that is
 * not taken along are left out.
 */
export function gatherProbes(
  draft: Configured,
  notes: readonly Note[],
  modules: readonly ModuleProbes[],
  taken: (project: string) => boolean,
): { readonly probes: readonly RegisteredProbe[]; readonly problems: readonly Problem[] } {
  const written = [...inConfig(draft), ...inSettings(notes), ...inModules(modules)].filter(
    ({ project }) => project === undefined || taken(project),
  );
  const probes = new Map<string, RegisteredProbe>();
  const problems: Problem[] = [];
  for (const { given, dir, project, at } of written) {
    const read = readProbe(given);
    if (!read.ok) {
      problems.push(...read.error.map(({ key, message, fix }) => ({ message: capital(message), fix, ...at(key) })));
    } else if (probes.has(given.name)) {
      problems.push({
        message: `There are two probes ${given.name}`,
        fix: 'Give one of them another name.',
        ...at('name'),
      });
    } else {
      probes.set(given.name, { ...read.value, dir, at: at('during'), ...(project === undefined ? {} : { project }) });
    }
  }
  return { probes: [...probes.values()], problems };
}

function inConfig({ dir, givenProbes, places }: Configured): Written[] {
  return givenProbes.map((given, at) => ({
    given,
    dir,
    at: (key) => {
      const { file, line, column } = places.problem(['probes', at, key], '', '');
      return {
        ...(file === undefined ? {} : { file }),
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
      };
    },
  }));
}

function inSettings(notes: readonly Note[]): Written[] {
  return notes.flatMap(
    ([note, file = '', line, project, name = '', kind, target = '', interval, budget, during, ...args]) => {
      if (note !== 'probe') return [];
      const given: GivenProbe = {
        name,
        ...(kind === 'http' ? { http: target } : kind === 'tcp' ? { tcp: target } : { exec: [target, ...args] }),
        ...(interval ? { interval } : {}),
        ...(budget ? { budget } : {}),
        ...(during ? { during: during.split(',').map((phase) => phase.trim()) } : {}),
      };
      const place = { file, ...(Number(line) > 0 ? { line: Number(line) } : {}) };
      return [{ given, dir: dirname(file), at: () => place, ...(project ? { project } : {}) }];
    },
  );
}

function inModules(modules: readonly ModuleProbes[]): Written[] {
  return modules.flatMap(({ project, dir, file, given }) =>
    given.map((each) => ({ given: each, project, dir, at: () => placeOfKey(file, each.name) })),
  );
}
