import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process, told from every later one that gets the same number. */
export interface ProcessId {
  readonly pid: number;
  /** Field 22 of `/proc/PID/stat`: clock ticks since boot. */
  readonly startTime: string;
}

/** What `/proc/PID/stat` tells. */
export interface ProcessStat extends ProcessId {
  /** One letter: R, S, D, T, Z, … */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
}

/** The process that has this number now, if there is one; also a zombie. */
export function identify(pid: number): ProcessStat | undefined {
  const text = read(`/proc/${pid}/stat`)?.toString('latin1');
  if (text === undefined) return undefined;
  // The command's name stands in parentheses and may hold any byte, parentheses and spaces too.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  const startTime = fields[19];
  if (state === undefined || startTime === undefined) return undefined;
  return { pid, startTime, state, parent: Number(parent), group: Number(group), session: Number(session) };
}

/** Whether it still runs. A zombie has ended: only its status is left. */
export function isAlive(id: ProcessId): boolean {
  const now = identify(id.pid);
  return now !== undefined && now.startTime === id.startTime && !hasEnded(now);
}

/** Every process that has not ended. */
export function listProcesses(): readonly ProcessStat[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => identify(Number(name)))
    .filter((stat) => stat !== undefined)
    .filter((stat) => !hasEnded(stat));
}

/** Processes started with this variable in their environment, as long as they let it stand. */
export function withMark(
  variable: string,
  matches: (value: string) => boolean,
  among: readonly ProcessStat[] = listProcesses(),
): readonly ProcessStat[] {
  return among.filter((stat) => {
    const value = environmentVariable(stat.pid, variable);
    return value !== undefined && matches(value);
  });
}

/** The value a variable had when the process was started; undefined also when we may not look. */
export function environmentVariable(pid: number, variable: string): string | undefined {
  const environment = read(`/proc/${pid}/environ`);
  if (environment === undefined) return undefined;
  const start = Buffer.from(`${variable}=`);
  for (let from = 0; from < environment.length; ) {
    const zero = environment.indexOf(0, from);
    const end = zero === -1 ? environment.length : zero;
    if (environment.subarray(from, from + start.length).equals(start)) {
      return environment.subarray(from + start.length, end).toString();
    }
    from = end + 1;
  }
  return undefined;
}

/** Command line for people; the name in brackets where there is none, as `ps` has it. */
export function commandLine(pid: number): string {
  const words = read(`/proc/${pid}/cmdline`)?.toString().split('\0').slice(0, -1).join(' ');
  if (words) return words;
  return `[${read(`/proc/${pid}/comm`)?.toString().trim() ?? `process ${pid}`}]`;
}

/** Ourselves and every process we descend from: never to be signalled, whatever they carry in their environment. */
export function ownLine(): ReadonlySet<number> {
  const line = new Set<number>([1]);
  for (let pid = process.pid; pid > 1 && !line.has(pid); ) {
    line.add(pid);
    pid = identify(pid)?.parent ?? 0;
  }
  return line;
}

function hasEnded(stat: ProcessStat): boolean {
  return stat.state === 'Z' || stat.state === 'X' || stat.state === 'x';
}

/** A file of /proc; undefined when the process is gone or not ours to look at. */
function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

export interface EndOptions {
  /** Which of these processes shall end. Asked again until there is none: what is ending may still start others. */
  readonly find: (among: readonly ProcessStat[]) => readonly ProcessStat[];
  /** What asks them to end; SIGTERM by default. */
  readonly signal?: NodeJS.Signals;
  /** How long they have before SIGKILL. */
  readonly graceMs: number;
  /** Aborted when nobody wants to wait any longer: the grace is over. */
  readonly hurry?: AbortSignal | undefined;
}

export interface EndedProcess extends ProcessId {
  readonly command: string;
}

/** How long a process may take to vanish after SIGKILL: one that hangs in the kernel does not. */
const KILL_MS = 5000;
const FIND_EVERY_MS = 200;

/**
 * Asks processes to end, kills those that have not after the grace, and waits until all are gone. What still has a
 * parent among them is left to that parent until the parent is gone: servers end their own workers in order, and
 * a signal to both would look like a crash to them. Each signal is sent only to the very process that was found.
 */
export async function endProcesses({ find, signal = 'SIGTERM', graceMs, hurry }: EndOptions): Promise<{
  readonly ended: readonly EndedProcess[];
  readonly survivors: readonly EndedProcess[];
}> {
  const untouchable = ownLine();
  const tracked = new Map<string, EndedProcess>();
  const asked = new Set<string>();
  // A signal that only the program at the head may understand is for that one; the rest gets the usual one after it.
  let leaders: readonly ProcessId[] | undefined;
  let request = signal;
  const began = performance.now();
  let foundAt = Number.NEGATIVE_INFINITY;

  for (let pause = 2; ; pause = Math.min(20, pause * 2)) {
    const now = performance.now();
    let alive = [...tracked.values()].filter(isAlive);
    if (alive.length === 0 || now - foundAt > FIND_EVERY_MS) {
      foundAt = now;
      let found = find(listProcesses());
      // What forks and ends while we go through /proc leaves a child that was not on the list.
      if (alive.length === 0 && found.length === 0) found = find(listProcesses());
      for (const stat of found) {
        if (untouchable.has(stat.pid) || tracked.has(keyOf(stat))) continue;
        tracked.set(keyOf(stat), { pid: stat.pid, startTime: stat.startTime, command: commandLine(stat.pid) });
      }
      alive = [...tracked.values()].filter(isAlive);
    }
    if (alive.length === 0) return { ended: [...tracked.values()], survivors: [] };

    const waited = now - began;
    if (waited > graceMs + KILL_MS) {
      return { ended: [...tracked.values()].filter((id) => !isAlive(id)), survivors: alive };
    }
    if (waited > graceMs || hurry?.aborted) for (const id of alive) send(id, 'SIGKILL');
    else {
      leaders ??= heads(alive).filter((stat) => stat.pid === stat.group);
      if (request !== 'SIGTERM' && !leaders.some(isAlive)) {
        request = 'SIGTERM';
        asked.clear();
      }
      for (const id of heads(alive).filter((id) => !asked.has(keyOf(id)))) {
        asked.add(keyOf(id));
        send(id, request);
        send(id, 'SIGCONT'); // One that is stopped would not get to know.
      }
    }
    await sleep(pause);
  }
}

/** Those whose parent is not among them, with the rest of their process groups. */
function heads(alive: readonly ProcessId[]): readonly ProcessStat[] {
  const stats = alive.map((id) => identify(id.pid)).filter((stat) => stat !== undefined);
  const pids = new Set(stats.map((stat) => stat.pid));
  const groups = new Set(stats.filter((stat) => !pids.has(stat.parent)).map((stat) => stat.group));
  // Leaders first: one that sees a worker end before it is asked itself takes that for a crash.
  return stats
    .filter((stat) => groups.has(stat.group))
    .sort((a, b) => Number(b.pid === b.group) - Number(a.pid === a.group));
}

/** Signals this very process; false when it is gone, or not ours to signal. */
function send(id: ProcessId, signal: NodeJS.Signals): boolean {
  if (!isAlive(id)) return false;
  try {
    return process.kill(id.pid, signal);
  } catch {
    return false;
  }
}

const keyOf = (id: ProcessId): string => `${id.pid} ${id.startTime}`;
