import { resolve } from 'node:path';
import type { Stray } from '../journal/event.js';
import {
  commandLine,
  endProcesses,
  environmentVariable,
  listProcesses,
  ownLine,
  type ProcessStat,
  withMark,
} from '../process/identity.js';
import { listServices, processesOf, supervisorOf } from './record.js';
import { livingInRun, systemsOf } from './systems.js';

/** What a run's end leaves, as its last event says it. */
export function whatIsLeft(runDir: string): { readonly up: boolean; readonly strays?: readonly Stray[] } {
  const strays = systemsOf(runDir).flatMap(straysOf);
  const up = strays.length > 0 || livingInRun(runDir).length > 0;
  return strays.length === 0 ? { up } : { up, strays };
}

/** Ends what a step's program put into a session of its own by other means than `service_start`. */
export async function endStraysOf(runDir: string, step: string, graceMs: number): Promise<void> {
  await endProcesses({
    find: (among) => withMark('GRENADE_STEP', (value) => value === step, straying(runDir, among)),
    graceMs,
  });
}

/** Processes that a run's hooks started by other means than `service_start`; of a tree of them only the topmost. */
function straysOf(runDir: string): readonly Stray[] {
  const strays = straying(runDir, listProcesses());
  const pids = new Set(strays.map(({ pid }) => pid));
  return strays
    .filter(({ parent }) => !pids.has(parent))
    .map(({ pid }) => {
      const project = environmentVariable(pid, 'PROJECT');
      return { pid, command: commandLine(pid), ...(project === undefined ? {} : { project }) };
    });
}

/** Of these processes those of a run that are no service's, and not ourselves. */
function straying(runDir: string, among: readonly ProcessStat[]): readonly ProcessStat[] {
  const own = resolve(runDir);
  const marked = withMark('GRENADE_RUN_DIR', (value) => value !== '' && resolve(value) === own, among);
  if (marked.length === 0) return [];
  const known = new Set(ownLine());
  for (const service of listServices(runDir)) {
    known.add(supervisorOf(service).pid);
    for (const { pid } of processesOf(runDir, service, among)) known.add(pid);
  }
  return marked.filter(({ pid }) => !known.has(pid));
}
