import { existsSync, mkdirSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { linkAtomic } from '../basics/files.js';
import { systemsOf } from '../services/systems.js';

/** Directories of a system that exist from its first moment; hooks, services and the shell's functions count on them. */
export const SYSTEM_ROOMS = ['services', 'supervised', 'ports', 'resources', 'data', 'save'];
/** Those of a run besides: it holds the system that is upgraded. */
const ROOMS = ['steps', 'notes', ...SYSTEM_ROOMS];

/** How many runs are kept; older ones go when a new one ends. */
const KEPT = 5;

/** Makes the directory of a new run below `dataRoot` and returns its absolute path. Its name is the run's id. */
export function makeRunDirectory(dataRoot: string, now: Date): string {
  const runs = join(dataRoot, 'runs');
  mkdirSync(runs, { recursive: true });
  const stem = runId(now);
  for (let attempt = 1; ; attempt++) {
    const path = join(runs, attempt === 1 ? stem : `${stem}-${attempt}`);
    if (existsSync(path)) continue;
    mkdirSync(path);
    for (const room of ROOMS) mkdirSync(join(path, room));
    return path;
  }
}

/** Local time, so that people recognize their run: `2026-11-23-131022`. */
function runId(now: Date): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;
}

/** Points `latest` at a run, in one step: it never names nothing. */
export function markLatest(dataRoot: string, runDir: string): void {
  linkAtomic(join(dataRoot, 'latest'), join('runs', basename(runDir)));
}

/** The directory of run `id`, or of the latest run; undefined when there is none. */
export function findRun(dataRoot: string, id?: string): string | undefined {
  let name = id;
  if (name === undefined) {
    try {
      name = basename(readlinkSync(join(dataRoot, 'latest')));
    } catch {
      return undefined;
    }
  }
  // An id names a directory beside the others and nothing else.
  if (name === '' || name !== basename(name) || name.startsWith('.')) return undefined;
  const path = join(dataRoot, 'runs', name);
  return existsSync(join(path, 'journal.ndjson')) ? path : undefined;
}

/** Every run below `dataRoot`, oldest first. */
export function listRuns(dataRoot: string): string[] {
  const runs = join(dataRoot, 'runs');
  if (!existsSync(runs)) return [];
  return readdirSync(runs)
    .map((name) => join(runs, name))
    .sort((a, b) => statSync(a).birthtimeMs - statSync(b).birthtimeMs || (a < b ? -1 : 1));
}

/** Removes all but the newest runs, except those that `busy` says still have something running. */
export function retireRuns(dataRoot: string, busy: (runDir: string) => boolean): void {
  for (const old of listRuns(dataRoot).slice(0, -KEPT)) {
    if (!busy(old)) rmSync(old, { recursive: true, force: true });
  }
}

/**
 * Drops what a run has no more use for: the data of its systems, the hooks' scratch directories, what modules were compiled to, what
 * state was compared by.
 */
export function dropData(runDir: string): void {
  for (const system of systemsOf(runDir)) {
    const saved = join(system, 'save');
    const recorded = existsSync(saved) ? readdirSync(saved).filter((name) => name.endsWith('.recorded')) : [];
    for (const room of ['data', 'overlay', 'scratch', 'modules', ...recorded.map((name) => join('save', name))]) {
      rmSync(join(system, room), { recursive: true, force: true });
    }
  }
}
