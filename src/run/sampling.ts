import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, type FSWatcher, openSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Event, EventBody } from '../journal/event.js';
import { readJournal } from '../journal/journal.js';
import type { RunState } from '../journal/state.js';
import type { Orders } from '../probes/sampling.js';
import { endSession } from '../process/spawn.js';
import type { RunContext } from './context.js';
import { LinesReader } from './lines-reader.js';
import type { ResolvedProbe } from './probes.js';

/** Where the sampler appends what changed, below the run's directory. */
const CHANGES = 'probes.ndjson';
/** How long the sampler may take to say its last, in milliseconds. */
const GRACE = 3000;

/** The sampler of a run, a process of its own, and what it says. */
export class Sampling {
  readonly #context: RunContext;
  readonly #path: string;
  readonly #child: ChildProcess;
  readonly #exited: Promise<string>;
  readonly #reader: LinesReader;
  readonly #watcher: FSWatcher;
  #ending: Promise<void> | undefined;
  /** Whether the sampler has said that it ended. */
  #said = false;

  /** `broke` is told what went wrong where nobody would catch it: when the kernel calls. */
  constructor(context: RunContext, broke: (error: unknown) => void) {
    const { runDir } = context;
    this.#context = context;
    this.#path = join(runDir, CHANGES);
    closeSync(openSync(this.#path, 'a', 0o600));
    // What an earlier part of the run sampled is in the journal.
    this.#reader = new LinesReader(this.#path, statSync(this.#path).size);
    const guarded = (work: () => void) => (): void => {
      try {
        work();
      } catch (error) {
        broke(error);
      }
    };
    this.#watcher = watch(
      this.#path,
      guarded(() => this.fold()),
    );
    // What is not seen now is read when it is needed.
    this.#watcher.on('error', () => this.#watcher.close());
    const log = openSync(join(runDir, 'sampler.log'), 'a', 0o600);
    const sampler: [string, ...string[]] = [process.execPath, samplerScript()];
    // Programs that probes run see what hooks see.
    const [program, ...args] = context.inside?.command(sampler, runDir) ?? sampler;
    this.#child = spawn(program, args, {
      cwd: runDir,
      env: context.env,
      detached: true,
      stdio: ['pipe', log, log],
    });
    closeSync(log);
    this.#exited = new Promise((resolve) => {
      this.#child.once('error', (error) => resolve(`could not be started: ${error.message}`));
      this.#child.once('exit', (status, signal) =>
        resolve(signal === null ? `ended with exit ${status}` : `was ended by ${signal}`),
      );
    });
    void this.#exited.then((how) => guarded(() => this.#lost(how))());
    const orders: Orders = { changes: this.#path, jobs: context.probes.map((probe) => jobOf(probe, context.state)) };
    // That it is gone is seen by its exit.
    this.#child.stdin?.on('error', () => {}).write(`${JSON.stringify(orders)}\n`);
  }

  /** Folds what the sampler has said so far into the journal. */
  fold(): void {
    for (const line of this.#reader.read()) {
      // Our own program wrote it: a line that is JSON was an Event then.
      const event: Event = JSON.parse(line);
      this.#said ||= event.type === 'sampling-ended';
      this.#context.journal.append(event, event.at);
    }
  }

  /** Ends the sampler, and folds what it said last. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    this.#watcher.close();
    this.#child.stdin?.end();
    const { pid } = this.#child;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => {
      timer = setTimeout(() => resolve('late'), GRACE);
    });
    const how = await Promise.race([this.#exited, late]);
    clearTimeout(timer);
    if (how === 'late' && pid !== undefined) await endSession(pid, 0);
    this.fold();
    this.#closed(how === 'late' ? `did not end within ${GRACE / 1000} s` : how);
  }

  #lost(how: string): void {
    if (this.#ending !== undefined) return;
    this.#ending = Promise.resolve();
    this.#watcher.close();
    this.fold();
    this.#closed(how);
  }

  /** Says when sampling ended, where the sampler could not. */
  #closed(how: string): void {
    if (!this.#said) this.#context.journal.append(lost(this.#path, how));
  }
}

/** That the sampler ended without saying so; up to when it saw anything is the time of its file. */
const lost = (path: string, how: string): EventBody => ({
  type: 'sampling-ended',
  until: Math.floor(statSync(path).mtimeMs),
  reason: `the sampler ${how}`,
  probes: [],
});

/** What the sampler said and a killed runner did not live to fold, and that it ended if it did not say so itself. */
export function sampledUnheard(runDir: string, events: readonly Event[]): EventBody[] {
  const path = join(runDir, CHANGES);
  if (!existsSync(path)) return [];
  const said = [...readJournal(path)];
  // What the sampler says is folded in order; that it was lost, the runner said.
  const heard = events.filter(
    (event) => event.type === 'probe-changed' || (event.type === 'sampling-ended' && event.reason === undefined),
  );
  const unheard = said.slice(heard.length);
  const over = events.some(({ type }) => type === 'sampling-ended') || said.at(-1)?.type === 'sampling-ended';
  return over ? unheard : [...unheard, lost(path, 'was ended with the harness')];
}

function jobOf({ record, target }: ResolvedProbe, state: RunState): Orders['jobs'][number] {
  const tracks = state.probes.get(record.name)?.tracks ?? [];
  return {
    name: record.name,
    target,
    intervalMs: record.intervalMs,
    wasUp: tracks.filter(({ intervals }) => intervals.length > 0).map(({ connection }) => connection),
  };
}

/** `sampler.js` is beside us when built, and in `dist/` when we run from the sources. */
function samplerScript(): string {
  for (const path of ['./sampler.js', '../../dist/sampler.js']) {
    const file = fileURLToPath(new URL(path, import.meta.url));
    if (existsSync(file)) return file;
  }
  throw new Error('Internal error: sampler.js is missing from this installation of Grenade');
}
