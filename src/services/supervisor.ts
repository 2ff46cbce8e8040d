import { closeSync, fstatSync, openSync, realpathSync, rmSync, statSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { unreachable } from '../basics/unreachable.js';
import { appendNote } from '../journal/notes.js';
import { type EndedProcess, endProcesses, isAlive, type ProcessStat, withMark } from '../process/identity.js';
import { type ListeningSocket, socketsOf, stillListening } from '../process/sockets.js';
import { waitUntil } from '../process/wait.js';
import { ServiceError } from './error.js';
import { launch } from './launch.js';
import { lockStart } from './lock.js';
import { checkName, unknownService } from './names.js';
import {
  filesOf,
  listServices,
  makeDirectories,
  markOf,
  processesOf,
  readRecord,
  type Service,
  type ServiceRecord,
  stateOf,
  supervisorOf,
  tail,
  writeRecord,
  writeStopping,
} from './record.js';
import { systemsOf } from './systems.js';

export { type ListedService, listServices, livingServices, type Service, type ServiceState } from './record.js';

export interface StartOptions {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly string[];
  readonly cwd?: string;
  /** On top of our own environment; undefined takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly uid?: number;
  readonly gid?: number;
  /** Key of the step that starts it. */
  readonly step?: string;
  /** Path of the notes file that is told. */
  readonly notes?: string;
}

/** Starts a service that outlives us; returns once its program runs. */
export async function startService(runDir: string, name: string, options: StartOptions): Promise<Service> {
  checkName('service', name);
  if (options.command.length === 0) throw new ServiceError('not-started', `Service ${name} was given no command`);
  makeDirectories(runDir);
  const release = lockStart(filesOf(runDir, name).starting, name);
  try {
    return await start(runDir, name, options);
  } finally {
    release();
  }
}

async function start(runDir: string, name: string, options: StartOptions): Promise<Service> {
  const files = filesOf(runDir, name);
  const before = readRecord(runDir, name);
  const running = before === undefined ? [] : processesOf(runDir, before);
  if (before !== undefined && (running.length > 0 || stateOf(runDir, before).kind === 'running')) {
    const pid = running[0]?.pid ?? before.pid;
    throw new ServiceError('already-running', `Service ${name} is running already, as process ${pid}`);
  }
  const cwd = resolve(options.cwd ?? workingDirectory(runDir));
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ServiceError('not-started', `Service ${name} was not started: there is no directory ${cwd}`);
  }

  const log = openSync(files.log, 'a', 0o600);
  const logOffset = fstatSync(log).size;
  const startedAt = Date.now();
  try {
    if (before !== undefined) {
      writeSync(log, `--- ${new Date(startedAt).toISOString()} service ${name} is started again ---\n`);
    }
    rmSync(files.exit, { force: true });
    const launched = await launch({
      command: [...asUser(options), ...options.command],
      cwd,
      env: environment(runDir, options),
      log,
      exitFile: files.exit,
      mark: markOf(runDir, name),
    });
    switch (launched.kind) {
      case 'running': {
        const { main, supervisor } = launched;
        const service = { name, pid: main.pid, startTime: main.startTime, log: files.log };
        const record: ServiceRecord = {
          ...service,
          supervisor: supervisor.pid,
          supervisorStartTime: supervisor.startTime,
          command: options.command,
          cwd,
          ...(options.step === undefined ? {} : { step: options.step }),
          startedAt,
          logOffset,
        };
        try {
          writeRecord(runDir, record);
        } catch (error) {
          // Nobody would know of it: it must not stay.
          await endProcesses({ find: (among) => processesOf(runDir, record, among), graceMs: 2000 });
          throw error;
        }
        rmSync(files.stopping, { force: true });
        if (options.notes !== undefined) {
          appendNote(options.notes, 'service-started', name, String(main.pid), String(logOffset));
        }
        return service;
      }
      case 'failed': {
        rmSync(files.exit, { force: true });
        const why = tail(files.log, logOffset, 1)[0] ?? 'its command could not be executed';
        throw new ServiceError('not-started', `Service ${name} was not started: ${withoutPlace(why)}`);
      }
      case 'no-supervisor':
        throw new ServiceError('not-started', `Service ${name} was not started: ${launched.reason}`);
      default:
        return unreachable(launched);
    }
  } finally {
    closeSync(log);
  }
}

/** Bash puts the place in `shell/supervise` before what it could not execute; that is no news to anybody. */
const withoutPlace = (line: string): string => line.replace(/^.*\/supervise: line \d+: (exec: )?/, '');

function environment(runDir: string, { env }: StartOptions): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...env,
    GRENADE_RUN_DIR: resolve(runDir),
    // They belong to the step that starts it, and the service outlives that.
    GRENADE_NOTES: undefined,
    GRENADE_STEP: undefined,
  };
}

function asUser({ uid, gid }: StartOptions): readonly string[] {
  if (uid === undefined && gid === undefined) return [];
  const ids = [uid === undefined ? '' : `--reuid=${uid}`, gid === undefined ? '' : `--regid=${gid}`];
  // Groups can only be cleared by who may set them, and must be when the group changes.
  return ['setpriv', ...ids.filter(Boolean), gid === undefined ? '--keep-groups' : '--clear-groups', '--'];
}

/** A hook's scratch directory is gone after it: a service that was started there works in the system's data. */
function workingDirectory(runDir: string): string {
  const data = join(resolve(runDir), 'data');
  let here: string;
  try {
    here = process.cwd();
  } catch {
    return data; // The hook removed the directory that it is in.
  }
  // The kernel knows directories by their real names only, and the workspace may lie behind a link.
  const scratch = join(realpathSync(runDir), 'scratch');
  return here === scratch || here.startsWith(`${scratch}/`) ? data : here;
}

export interface ServiceStopOptions {
  /** SIGTERM by default. */
  readonly signal?: NodeJS.Signals;
  /** Before SIGKILL; 10 seconds by default. */
  readonly graceMs?: number;
  /** Aborted when nobody wants to wait any longer: SIGKILL at once. */
  readonly hurry?: AbortSignal | undefined;
  /** Path of the notes file that is told. */
  readonly notes?: string;
}

/**
 * Ends a service, its whole process group and what went its own way, and returns when all of it is gone and nothing
 * listens any more where it listened. One that has ended is no error; one that was never started is.
 */
export async function stopService(runDir: string, name: string, options: ServiceStopOptions = {}): Promise<void> {
  const record = readRecord(runDir, name);
  if (record === undefined) throw await unknownService(runDir, name);
  // Who died unasked stays so in the record, also when what it left behind is ended here.
  const asked = stateOf(runDir, record).kind === 'running';
  if (asked) {
    writeStopping(runDir, record, 'asked');
    if (options.notes !== undefined) {
      const logged = statSync(record.log, { throwIfNoEntry: false })?.size ?? record.logOffset;
      appendNote(options.notes, 'service-stopping', name, String(logged));
    }
  }
  const { graceMs = 10_000, signal, hurry } = options;
  const sockets = new Map<string, ListeningSocket>();
  const find = (among: readonly ProcessStat[]): readonly ProcessStat[] => {
    const found = processesOf(runDir, record, among);
    for (const socket of socketsOf(found.map(({ pid }) => pid))) sockets.set(socket.inode, socket);
    return found;
  };
  const { survivors } = await endProcesses({ find, graceMs, hurry, ...(signal === undefined ? {} : { signal }) });
  if (survivors.length > 0) {
    const who = survivors.map(({ pid, command }) => `process ${pid} (${command})`).join(', ');
    throw new ServiceError('still-running', `Service ${name} did not end, not even by SIGKILL: ${who} is still there`);
  }
  await waitUntil(() => (isAlive(supervisorOf(record)) ? undefined : true), { limitMs: 2000, intervalMs: 2 });
  const closed = await waitUntil(() => (stillListening([...sockets.values()]).length === 0 ? true : undefined), {
    limitMs: graceMs,
    intervalMs: 10,
  });
  if (!closed.ok) {
    const ports = [...new Set(stillListening([...sockets.values()]).map(({ port }) => port))].join(', ');
    throw new ServiceError(
      'port-still-open',
      `Service ${name} is gone, and some other process still listens on its port ${ports}: it was handed the socket`,
    );
  }
  if (asked) writeStopping(runDir, record, 'gone');
}

/** Something that was ended by record or by mark. */
export interface Ended {
  /** The service's name, or the command line of a process that is none. */
  readonly name: string;
  readonly pid: number;
  readonly service: boolean;
}

/**
 * Ends all services, the last started first, and then whatever else a run left behind. Needs nothing but the run's
 * directory: the harness may have been killed. What cannot be ended is left out of what is returned. `hurry` is aborted
 * when nobody wants to wait any longer.
 */
export async function endEverything(runDir: string, hurry?: AbortSignal): Promise<readonly Ended[]> {
  const ended: Ended[] = [];
  for (const system of systemsOf(runDir)) ended.push(...(await endSystem(system, hurry)));
  return ended;
}

async function endSystem(runDir: string, hurry: AbortSignal | undefined): Promise<readonly Ended[]> {
  const ended: Ended[] = [];
  for (const { name, pid } of livingOldestFirst(runDir).reverse()) {
    try {
      await stopService(runDir, name, { hurry });
      ended.push({ name, pid, service: true });
    } catch (error) {
      // One that resists must not keep the others up.
      if (!(error instanceof ServiceError)) throw error;
    }
  }
  const own = resolve(runDir);
  const rest = await endProcesses({
    find: (among) => withMark('GRENADE_RUN_DIR', (value) => value !== '' && resolve(value) === own, among),
    graceMs: 2000,
    hurry,
  });
  return [
    ...ended,
    ...rest.ended.filter(isNoSupervisor).map(({ pid, command }) => ({ name: command, pid, service: false })),
  ];
}

/** Services of which any process is left. */
function livingOldestFirst(runDir: string): ServiceRecord[] {
  return listServices(runDir).filter(
    (service) => service.state.kind === 'running' || processesOf(runDir, service).length > 0,
  );
}

const isNoSupervisor = ({ command }: EndedProcess): boolean => !command.includes('/shell/supervise ');

/** Absolute path of a service's log; it exists once the service was started. */
export function serviceLog(runDir: string, name: string): string {
  checkName('service', name);
  return filesOf(runDir, name).log;
}
