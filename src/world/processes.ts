import { readdirSync, readlinkSync } from 'node:fs';
import { commandLine, environmentVariable, listProcesses, ownLine, type ProcessStat } from '../process/identity.js';
import type { Names } from './names.js';
import { counted, megabytes, systemFile, table } from './text.js';

/** A process as somebody who looks at the machine would want to know it. */
export interface Process extends ProcessStat {
  /** `service worker`, `worker` of one that a hook of that project left, `grenade`, or `-` of one that is not the run's. */
  readonly of: string;
  readonly user: string;
  readonly command: string;
}

/** Every process but the kernel's own, the run's first. */
export function processes(runDir: string, names: Names): readonly Process[] {
  const users = userNames();
  const harness = ownLine();
  return listProcesses()
    .filter(({ pid, parent }) => pid !== 2 && parent !== 2)
    .map((stat) => ({
      ...stat,
      of: harness.has(stat.pid) && stat.pid === process.pid ? 'grenade' : owner(stat.pid, runDir),
      user: userOf(stat.pid, users),
      command: names.in(commandLine(stat.pid)),
    }));
}

/** By the marks that the run's processes carry in their environment, never by name. */
function owner(pid: number, runDir: string): string {
  const service = environmentVariable(pid, 'GRENADE_SERVICE');
  if (service?.startsWith(`${runDir}/`)) return `service ${service.slice(runDir.length + 1)}`;
  if (environmentVariable(pid, 'GRENADE_RUN_DIR') !== runDir) return '-';
  return environmentVariable(pid, 'PROJECT') ?? 'the run';
}

function userNames(): ReadonlyMap<string, string> {
  const lines = (systemFile('/etc/passwd') ?? '').split('\n').map((line) => line.split(':'));
  return new Map(lines.map(([name = '', , id = '']) => [id, name]));
}

function userOf(pid: number, users: ReadonlyMap<string, string>): string {
  const id = /^Uid:\s+\d+\s+(\d+)/m.exec(systemFile(`/proc/${pid}/status`) ?? '')?.[1] ?? '?';
  return users.get(id) ?? id;
}

/** What runs, without what differs from run to run: no ids, times or sizes. */
export const whatRuns = (all: readonly Process[]): string =>
  counted(
    ['OF', 'USER', 'COMMAND'],
    all.map(({ of, user, command }) => [of, user, command]),
  );

/** Each process with its numbers. */
export function byPid(all: readonly Process[]): string {
  const uptime = Number((systemFile('/proc/uptime') ?? '0').split(' ')[0]);
  const rows = [...all]
    .sort((a, b) => a.pid - b.pid)
    .map(({ pid, parent, of, user, state, startTime, command }) => {
      const status = systemFile(`/proc/${pid}/status`) ?? '';
      const field = (name: string): string => new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? '';
      return [
        String(pid),
        String(parent),
        of,
        user,
        state,
        field('Threads'),
        megabytes(Number(field('VmRSS')) * 1024),
        String(openFiles(pid)),
        `${Math.max(0, Math.round(uptime - Number(startTime) / TICKS))} s`,
        command,
      ];
    });
  return table(['PID', 'PARENT', 'OF', 'USER', 'STATE', 'THREADS', 'MEMORY', 'FILES', 'AGE', 'COMMAND'], rows);
}

/** Of the clock that `/proc` counts in; 100 on every Linux that Node runs on. */
const TICKS = 100;

function openFiles(pid: number): number | string {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return '?';
  }
}

/** Which process holds which socket, by the kernel's number of it. */
export function socketOwners(all: readonly Process[]): ReadonlyMap<string, Process> {
  const owners = new Map<string, Process>();
  for (const each of all) {
    try {
      for (const fd of readdirSync(`/proc/${each.pid}/fd`)) {
        const inode = /^socket:\[(\d+)\]$/.exec(linkOf(`/proc/${each.pid}/fd/${fd}`))?.[1];
        if (inode !== undefined && !owners.has(inode)) owners.set(inode, each);
      }
    } catch {
      // It ended meanwhile, or is not ours to look into.
    }
  }
  return owners;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ''; // Closed meanwhile.
  }
}
