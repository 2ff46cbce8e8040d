import { resolve } from 'node:path';
import type { Stray } from '../journal/event.js';
import { commandLine, environmentVariable, listProcesses, ownLine, withMark } from '../process/identity.js';
import { listServices, processesOf, supervisorOf } from './record.js';
import { livingInRun, systemsOf } from './systems.js';

/** What a run's end leaves, as its last event says it. */
export function whatIsLeft(runDir: string): { readonly up: boolean; readonly strays?: readonly Stray[] } {
  const strays = systemsOf(runDir).flatMap(straysOf);
  const up = strays.length > 0 || livingInRun(runDir).length > 0;
  return strays.length === 0 ? { up } : { up, strays };
}

/** Processes that a run's hooks started by other means than `service_start`; of a tree of them only the topmost. */
function straysOf(runDir: string): readonly Stray[] {
  const own = resolve(runDir);
  const among = listProcesses();
  const marked = withMark('GRENADE_RUN_DIR', (value) => value !== '' && resolve(value) === own, among);
  if (marked.length === 0) return [];
  const known = new Set(ownLine());
  for (const service of listServices(runDir)) {
    known.add(supervisorOf(service).pid);
    for (const { pid } of processesOf(runDir, service, among)) known.add(pid);
  }
  const strays = marked.filter(({ pid }) => !known.has(pid));
  const pids = new Set(strays.map(({ pid }) => pid));
  return strays
    .filter(({ parent }) => !pids.has(parent))
    .map(({ pid }) => {
      const project = environmentVariable(pid, 'PROJECT');
      return { pid, command: commandLine(pid), ...(project === undefined ? {} : { project }) };
    });
}
