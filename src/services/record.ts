import {
  closeSync,
  existsSync,
  fstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { linkAtomic, writeFileAtomic } from '../basics/files.js';
import { isAlive, listProcesses, type ProcessId, type ProcessStat, withMark } from '../process/identity.js';

/** A supervised service: its main process, known by id and start time, and where its output goes. */
export interface Service extends ProcessId {
  readonly name: string;
  /** Absolute path. */
  readonly log: string;
}

/** What `supervised/NAME.json` keeps. */
export interface ServiceRecord extends Service {
  readonly supervisor: number;
  readonly supervisorStartTime: string;
  readonly command: readonly string[];
  readonly cwd: string;
  /** Key of the step that started it, if one did. */
  readonly step?: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** Where in its log this start begins; what stands before it is of an earlier one. */
  readonly logOffset: number;
}

/**
 * ```
 *  service_start ──► running ──► died                  ended unasked
 *                       │
 *        service_stop   └──────► stopped               nothing of it is left
 * ```
 * A daemon whose main process went away with status 0 and left others behind is still running, and so is one that
 * was asked to stop as long as anything of it is left.
 */
export type ServiceState =
  | { readonly kind: 'running' }
  | { readonly kind: 'stopped'; readonly status: number | undefined }
  | { readonly kind: 'died'; readonly status: number | undefined };

export type ListedService = ServiceRecord & { readonly state: ServiceState };

/** A service's files in a run's directory. */
export function filesOf(runDir: string, name: string) {
  const supervised = join(resolve(runDir), 'supervised');
  return {
    json: join(supervised, `${name}.json`),
    exit: join(supervised, `${name}.exit`),
    stopping: join(supervised, `${name}.stopping`),
    starting: join(supervised, `${name}.starting`),
    log: join(resolve(runDir), 'services', `${name}.log`),
  };
}

/** What `GRENADE_SERVICE` holds in everything a service starts. */
export const markOf = (runDir: string, name: string): string => join(resolve(runDir), name);

export function writeRecord(runDir: string, record: ServiceRecord): void {
  const { log: _, ...kept } = record;
  writeFileAtomic(filesOf(runDir, record.name).json, `${JSON.stringify(kept)}\n`);
}

export function readRecord(runDir: string, name: string): ServiceRecord | undefined {
  const files = filesOf(runDir, name);
  const text = readText(files.json);
  if (text === undefined) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof data !== 'object' || data === null) return undefined;
  const field = (key: string): unknown => Reflect.get(data, key);
  const number = (key: string): number => Number(field(key) ?? 0);
  const string = (key: string): string => String(field(key) ?? '');
  const command = field('command');
  const step = field('step');
  return {
    name,
    pid: number('pid'),
    startTime: string('startTime'),
    log: files.log,
    supervisor: number('supervisor'),
    supervisorStartTime: string('supervisorStartTime'),
    command: Array.isArray(command) ? command.map(String) : [],
    cwd: string('cwd'),
    ...(typeof step === 'string' ? { step } : {}),
    startedAt: number('startedAt'),
    logOffset: number('logOffset'),
  };
}

/** Every service that was started in this run, oldest first, with what has become of it. */
export function listServices(runDir: string): readonly ListedService[] {
  return serviceNames(runDir)
    .map((name) => readRecord(runDir, name))
    .filter((record) => record !== undefined)
    .sort((a, b) => a.startedAt - b.startedAt)
    .map((record) => ({ ...record, state: stateOf(runDir, record) }));
}

export function serviceNames(runDir: string): readonly string[] {
  const directory = join(resolve(runDir), 'supervised');
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.slice(0, -'.json'.length));
}

/** Services of which anything still runs, also where their main process ended by itself and left others behind. */
export function livingServices(runDir: string): readonly Service[] {
  return listServices(runDir).flatMap((service) => {
    const { name, log } = service;
    if (isAlive(service)) return [{ name, pid: service.pid, startTime: service.startTime, log }];
    const left = leftOf(runDir, service)[0];
    return left === undefined ? [] : [{ name, pid: left.pid, startTime: left.startTime, log }];
  });
}

export function stateOf(runDir: string, record: ServiceRecord): ServiceState {
  if (isAlive(record)) return { kind: 'running' };
  const status = exitStatus(runDir, record.name);
  // It has just ended: its supervisor is about to say how.
  if (status === undefined && isAlive(supervisorOf(record))) return { kind: 'running' };
  const stopping = readStopping(runDir, record);
  if (stopping === 'gone') return { kind: 'stopped', status };
  if (stopping === 'asked')
    return leftOf(runDir, record).length > 0 ? { kind: 'running' } : { kind: 'stopped', status };
  if (status === 0 && leftOf(runDir, record).length > 0) return { kind: 'running' };
  return { kind: 'died', status };
}

export const supervisorOf = (record: ServiceRecord): ProcessId => ({
  pid: record.supervisor,
  startTime: record.supervisorStartTime,
});

/** The main process's exit status as a shell has it; undefined as long as its supervisor has not written it. */
export function exitStatus(runDir: string, name: string): number | undefined {
  const text = readText(filesOf(runDir, name).exit)?.trim();
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

/**
 * `NAME.stopping` says which process was asked, since a service of that name may have been started again meanwhile. It is
 * a symbolic link that leads nowhere: that takes no room, and services have to be ended on a disk that is full too.
 */
export function writeStopping(runDir: string, record: ServiceRecord, state: 'asked' | 'gone'): void {
  linkAtomic(filesOf(runDir, record.name).stopping, `${record.pid} ${record.startTime} ${state}`);
}

function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function readStopping(runDir: string, record: ServiceRecord): 'asked' | 'gone' | undefined {
  const [pid, startTime, state] = readLink(filesOf(runDir, record.name).stopping)?.split(' ') ?? [];
  if (pid !== String(record.pid) || startTime !== record.startTime) return undefined;
  return state === 'gone' ? 'gone' : 'asked';
}

/**
 * All processes of a service, the supervisor excepted: its process group, its session, and whatever carries its mark,
 * which is how daemons that went their own way are found.
 */
export function processesOf(
  runDir: string,
  record: ServiceRecord,
  among: readonly ProcessStat[] = listProcesses(),
): readonly ProcessStat[] {
  const marked = new Set(leftOf(runDir, record, among).map(({ pid }) => pid));
  // A group or session keeps its number only as long as we know who leads it.
  const mainLives = isAlive(record);
  const supervisorLives = isAlive(supervisorOf(record));
  return among.filter(
    ({ pid, group, session }) =>
      pid !== record.supervisor &&
      (marked.has(pid) || (mainLives && group === record.pid) || (supervisorLives && session === record.supervisor)),
  );
}

/**
 * Processes that carry the service's mark. Nobody is found only when two looks find nobody: one that forks and ends
 * while we go through `/proc`, as daemons do, leaves a child that is not on the list.
 */
function leftOf(runDir: string, record: ServiceRecord, among?: readonly ProcessStat[]): readonly ProcessStat[] {
  const mark = markOf(runDir, record.name);
  const look = () => withMark('GRENADE_SERVICE', (value) => value === mark, among);
  const found = look();
  return found.length === 0 && among === undefined ? look() : found;
}

/** The last lines a service wrote since it was last started. */
export function lastLines(record: ServiceRecord, count = 10): readonly string[] {
  return tail(record.log, record.logOffset, count);
}

/** The last lines of a file from an offset on. Only its end is read: a log may be larger than what fits in memory. */
export function tail(path: string, from: number, count: number): readonly string[] {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return [];
  }
  try {
    const { size } = fstatSync(fd);
    const start = Math.max(from, size - TAIL_BYTES);
    const bytes = Buffer.alloc(Math.max(0, size - start));
    const lines = bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, start)).split('\n');
    if (lines.at(-1) === '') lines.pop();
    return lines.slice(-count);
  } finally {
    closeSync(fd);
  }
}

const TAIL_BYTES = 64 * 1024;

/** Directories that a run's services need. */
export function makeDirectories(runDir: string): void {
  for (const name of ['supervised', 'services']) mkdirSync(join(resolve(runDir), name), { recursive: true });
}

export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
