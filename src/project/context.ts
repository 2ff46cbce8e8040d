import { parseDuration } from '../basics/duration.js';
import { err, ok, type Result } from '../basics/result.js';
import { appendNote } from '../journal/notes.js';
import type { Side } from '../journal/record.js';
import { readResource, saveResource } from '../resources/store.js';
import { ensureStarted, ensureStopped } from '../services/ensure.js';
import { freePort } from '../services/ports.js';
import { waitHttp, waitPort, waitReady } from '../services/ready.js';
import { serviceLog, startService, stopService } from '../services/supervisor.js';
import { exec } from './exec.js';
import type { HookContext, ResourceStore, Services, WaitOptions } from './hook-context.js';
import { until } from './until.js';

/** What a hook's environment says. */
export interface Surroundings {
  readonly project: string;
  readonly side: Side;
  readonly notes: string;
  readonly step: string | undefined;
  readonly release: { readonly name: string; readonly dir: string };
  readonly previousRelease?: { readonly name: string; readonly dir: string };
  readonly dirs: HookContext['dirs'];
  /** How long waits for services last, in milliseconds. */
  readonly limitMs: number;
}

/** Reads the environment that the runner gives a hook; the error names what is missing from it. */
export function readSurroundings(env: NodeJS.ProcessEnv): Result<Surroundings, readonly string[]> {
  const missing: string[] = [];
  const the = (name: string): string => {
    const value = env[name];
    if (value !== undefined && value !== '') return value;
    missing.push(name);
    return '';
  };
  const side = the('GRENADE_SIDE');
  if (side !== '' && side !== 'base' && side !== 'target') missing.push('GRENADE_SIDE (base or target)');
  const previous = env.PREVIOUS_RELEASE;
  const timeout = env.SERVICE_TIMEOUT || '120';
  const surroundings: Surroundings = {
    project: the('PROJECT'),
    side: side === 'target' ? 'target' : 'base',
    notes: the('GRENADE_NOTES'),
    step: env.GRENADE_STEP,
    release: { name: the('RELEASE'), dir: the('RELEASE_DIR') },
    ...(previous ? { previousRelease: { name: previous, dir: the('PREVIOUS_RELEASE_DIR') } } : {}),
    dirs: {
      data: the('DATA_DIR'),
      project: the('PROJECT_DIR'),
      scratch: process.cwd(),
      logs: the('LOGDIR'),
      save: the('SAVE_DIR'),
      run: the('GRENADE_RUN_DIR'),
    },
    limitMs: /^\d+(\.\d+)?$/.test(timeout) ? Number(timeout) * 1000 : (parseDuration(timeout) ?? 120_000),
  };
  return missing.length > 0 ? err(missing) : ok(surroundings);
}

/** Calls that were made and have not come back, in the words of who made them. */
export type Pending = Set<{ readonly call: string }>;

/** Makes what a hook is given. */
export function makeContext(around: Surroundings, signal: AbortSignal, pending: Pending): HookContext {
  const { project, notes, dirs } = around;
  // Async throughout, so that what is thrown far below still knows the user's line that awaits it.
  const tracked = async <T>(call: string, work: () => T | Promise<T>): Promise<T> => {
    const one = { call };
    pending.add(one);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      pending.delete(one);
    }
  };
  const limits = (options: WaitOptions = {}) => ({ limitMs: options.limitMs ?? around.limitMs, signal });
  const say = (kind: 'summary' | 'warned', text: string): void => {
    process.stdout.write(`${text}\n`);
    appendNote(notes, kind, text);
  };
  return {
    services: makeServices(around, tracked, limits),
    resources: makeResources(around, tracked),
    ports: { get: (name) => tracked(`ports.get('${name}')`, () => freePort(dirs.run, name)) },
    release: around.release,
    ...(around.previousRelease === undefined ? {} : { previousRelease: around.previousRelease }),
    side: around.side,
    dirs,
    env: process.env,
    project,
    signal,
    exec: (command, options = {}) => tracked(`exec(['${command[0] ?? ''}', …])`, () => exec(command, options, signal)),
    log: (text) => void process.stdout.write(`${text}\n`),
    summary: (text) => say('summary', text),
    warn: (text) => say('warned', text),
    waitForHttp: async (url, options) => await waitHttp(url, limits(options)),
    waitForPort: async (port, options) => await waitPort(port, limits(options)),
    until: async (check, options) => await until(check, options, limits(options)),
  };
}

type Tracked = <T>(call: string, work: () => T | Promise<T>) => Promise<T>;
type Limits = (options?: WaitOptions) => { readonly limitMs: number; readonly signal: AbortSignal };

function makeServices({ dirs: { run }, notes, step }: Surroundings, tracked: Tracked, limits: Limits): Services {
  return {
    start: (name, { ready, limitMs, ...options }) =>
      tracked(`services.start('${name}')`, async () => {
        const service = await startService(run, name, { ...options, notes, ...(step === undefined ? {} : { step }) });
        if (ready !== undefined) {
          await waitReady(run, name, ready, limits(limitMs === undefined ? {} : { limitMs }));
        }
        return { name: service.name, pid: service.pid, log: service.log };
      }),
    stop: (name, options = {}) =>
      tracked(`services.stop('${name}')`, () => stopService(run, name, { ...options, notes })),
    ensureStarted: (...names) => tracked('services.ensureStarted', () => ensureStarted(run, names, limits())),
    ensureStopped: (...names) => tracked('services.ensureStopped', () => ensureStopped(run, names, limits())),
    log: (name) => serviceLog(run, name),
  };
}

function makeResources({ project, notes, dirs }: Surroundings, tracked: Tracked): ResourceStore {
  const read = (first: string, second: string | undefined): Buffer => {
    const [of, key] = second === undefined ? [project, first] : [first, second];
    const value = readResource(dirs.run, of, key);
    if (!value.ok) throw new Error(value.error.message);
    return value.value;
  };
  const text = (bytes: Buffer, call: string): string => {
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Error(`${call} found bytes that are not UTF-8: use resources.getBytes`);
    }
  };
  return {
    save: (key, value) =>
      tracked(`resources.save('${key}')`, () => {
        const saved = saveResource(dirs.run, project, key, value);
        if (!saved.ok) throw new Error(saved.error.message);
        appendNote(notes, 'saved', project, key);
      }),
    get: async (first: string, second?: string) => text(read(first, second), `resources.get('${second ?? first}')`),
    getBytes: async (first: string, second?: string) => read(first, second),
  };
}
