import { parseDuration } from '../basics/duration.js';
import { ensureStarted, ensureStopped } from './ensure.js';
import { ServiceError } from './error.js';
import { freePort } from './ports.js';
import { type ReadyLimits, type Watched, waitHttp, waitPort } from './ready.js';
import { readRecord, stateOf } from './record.js';
import { startService, stopService } from './supervisor.js';

// The program behind `shell/functions`: what bash cannot do well. Called as `node shell.js VERB ARG...`; it prints
// what was asked for, or why not, and its status is 0, 1 for an expected failure, 2 for a wrong call.

/** A call that no function of ours makes. */
class Usage extends Error {}

async function main(verb: string | undefined, args: readonly string[]): Promise<number> {
  const runDir = process.env.GRENADE_RUN_DIR ?? '';
  if (runDir === '') throw new ServiceError('unknown-service', NO_RUN);
  switch (verb) {
    case 'port':
      console.log(await freePort(runDir, the(args[0], 'name')));
      return 0;
    case 'service-start': {
      const step = process.env.GRENADE_STEP;
      const service = await startService(runDir, the(args[0], 'name'), {
        command: args.slice(1),
        ...(step ? { step } : {}),
        ...notes(),
      });
      console.log(`service ${service.name} started as process ${service.pid}, logs to ${service.log}`);
      return 0;
    }
    case 'service-stop':
      return stop(runDir, args);
    case 'running': {
      const record = readRecord(runDir, the(args[0], 'name'));
      return record !== undefined && stateOf(runDir, record).kind === 'running' ? 0 : 1;
    }
    case 'ensure-started':
      await ensureStarted(runDir, args, limits());
      return 0;
    case 'ensure-stopped':
      await ensureStopped(runDir, args, limits());
      return 0;
    case 'wait-http':
      await waitHttp(the(args[0], 'url'), limits(), watched(runDir, args[1]));
      return 0;
    case 'wait-port': {
      const port = Number(the(args[0], 'port'));
      if (!Number.isInteger(port) || port < 1 || port > 65_535) {
        throw new ServiceError('not-ready', `${JSON.stringify(args[0])} is no TCP port to wait for`);
      }
      const { limitMs } = limits();
      // For some of it the function has waited by itself.
      const left = { limitMs: Math.max(0, limitMs - Number(args[2] ?? 0)), wholeMs: limitMs };
      await waitPort(port, left, watched(runDir, args[1]));
      return 0;
    }
    default:
      throw new Usage(`there is no verb ${verb}`);
  }
}

const NO_RUN =
  'There is no run to work with: GRENADE_RUN_DIR is not set. `grenade resource PROJECT PHASE` runs a phase by hand';

/** `service-stop [--signal SIGNAL] [--grace SECONDS] NAME...` */
async function stop(runDir: string, args: readonly string[]): Promise<number> {
  const names: string[] = [];
  const options: { signal?: NodeJS.Signals; graceMs?: number } = {};
  const rest = args.values();
  for (const arg of rest) {
    if (arg === '--signal') options.signal = signalOf(the(rest.next().value, 'signal'));
    else if (arg === '--grace') options.graceMs = milliseconds(the(rest.next().value, 'grace'));
    else names.push(arg);
  }
  the(names[0], 'name');
  for (const name of names) await stopService(runDir, name, { ...options, ...notes() });
  return 0;
}

const SIGNALS: readonly NodeJS.Signals[] = [
  'SIGTERM',
  'SIGINT',
  'SIGQUIT',
  'SIGHUP',
  'SIGKILL',
  'SIGUSR1',
  'SIGUSR2',
  'SIGWINCH',
];

function signalOf(text: string): NodeJS.Signals {
  const signal = SIGNALS.find((name) => name === text || name === `SIG${text}`);
  if (signal === undefined) throw new ServiceError('bad-name', `${text} is no signal to stop a service with`);
  return signal;
}

/** `SERVICE_TIMEOUT` is in seconds, as in the original; `2m` and the like are taken too. */
function limits(): ReadyLimits {
  return { limitMs: milliseconds(process.env.SERVICE_TIMEOUT || '120') };
}

function milliseconds(text: string): number {
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDuration(text);
  if (ms === undefined) throw new ServiceError('bad-name', `${JSON.stringify(text)} is no time: write 120 or 2m`);
  return ms;
}

/** The service that must live while something else is waited for, if the function knows of one. */
function watched(runDir: string, name: string | undefined): Watched | undefined {
  return name === undefined || name === '' ? undefined : { runDir, name };
}

function notes(): { readonly notes?: string } {
  const path = process.env.GRENADE_NOTES;
  return path ? { notes: path } : {};
}

function the(value: string | undefined, what: string): string {
  if (value === undefined || value === '') throw new Usage(`a ${what} is missing`);
  return value;
}

const [verb, ...args] = process.argv.slice(2);
// Ended and not left to end: what was asked of a server that never answers would be waited for past the limit.
main(verb, args).then(
  (status) => process.exit(status),
  (error: unknown) => {
    // In the functions' names, not ours: that is what the reader wrote.
    const called = process.env.GRENADE_CALLED || verb;
    if (error instanceof ServiceError) console.error(`${called}: ${error.message}`);
    else if (error instanceof Usage) console.error(`${called}: ${error.message}`);
    // A full disk, a directory that is not ours: where in our code it was met is no news to the reader.
    else if (error instanceof Error && 'syscall' in error) console.error(`${called}: ${error.message}`);
    else console.error(error);
    process.exit(error instanceof Usage ? 2 : 1);
  },
);
