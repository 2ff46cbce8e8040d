import { type FSWatcher, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../journal/failure.js';
import { serviceLog, serviceName } from '../journal/fold-services.js';
import { isAlive } from '../process/identity.js';
import { waitUntil } from '../process/wait.js';
import type { ListedService } from '../services/record.js';
import { listServices } from '../services/supervisor.js';
import type { RunContext } from './context.js';

/** How often to look when the kernel does not say that something changed, in milliseconds. */
const LOOK_EVERY = 1000;

/**
 * Notices services of a system that end: enters each exit into the journal, and says of which ones nobody had asked it.
 * A service that its own project takes down with its own tools, in `shutdown` or `upgrade`, ended as it should.
 */
export class ServiceWatch {
  readonly #context: RunContext;
  readonly #died: (failure: Failure) => void;
  readonly #broke: (error: unknown) => void;
  readonly #seen = new Set<string>();
  readonly #supervised: string;
  readonly #of: { readonly system?: 'twin' };
  #written = 0n;
  /** Those that were running when we last looked. */
  #up: readonly ListedService[] = [];
  readonly #watcher: FSWatcher;
  readonly #timer: NodeJS.Timeout;

  /** `broke` is told what went wrong where nobody would catch it: in a timer, or when the kernel calls. */
  constructor(context: RunContext, died: (failure: Failure) => void, broke: (error: unknown) => void) {
    this.#context = context;
    this.#died = died;
    this.#broke = broke;
    this.#supervised = join(context.system, 'supervised');
    this.#of = context.system === context.runDir ? {} : { system: 'twin' };
    this.#watcher = watch(this.#supervised, () => this.#called());
    // Without a watch the timer still looks.
    this.#watcher.on('error', () => this.#watcher.close());
    this.#timer = setInterval(() => this.#called(), LOOK_EVERY);
  }

  /** Looks if anything has ended since; called where a step's end must not overtake the news. */
  async lookAgain(): Promise<void> {
    this.#lookIfWritten();
    // Whoever ended since is looked at whatever the time of the directory says: two changes within a tick of the kernel's
    // clock have the same, and a supervisor first writes beside the file that it then puts in place.
    if (this.#up.every(isAlive)) return;
    await waitUntil(() => (this.#up.some(isAboutToSay) ? undefined : true), { limitMs: LOOK_EVERY, intervalMs: 1 });
    this.look();
  }

  #lookIfWritten(): void {
    const { mtimeNs } = statSync(this.#supervised, { bigint: true });
    if (mtimeNs === this.#written) return;
    this.#written = mtimeNs;
    this.look();
  }

  look(): void {
    const services = listServices(this.#context.system);
    this.#up = services.filter(({ state }) => state.kind === 'running');
    for (const service of services) {
      if (service.state.kind === 'running') continue;
      const incarnation = `${service.name} ${service.pid} ${service.startTime}`;
      if (this.#seen.has(incarnation)) continue;
      this.#seen.add(incarnation);
      // An earlier part of the run may have seen it end, and said whether that was as it should be.
      const known = this.#context.state.services.get(serviceName({ service: service.name, ...this.#of }));
      if (known?.status.kind === 'ended' && known.pid === service.pid) continue;
      const expected = service.state.kind === 'stopped' || this.#takenDownByItsProject(service.step);
      const status = service.state.status;
      this.#context.journal.append({
        type: 'service-exited',
        service: service.name,
        ...this.#of,
        pid: service.pid,
        status: status ?? -1,
        expected,
      });
      if (!expected) {
        this.#died({
          kind: 'service-died',
          service: service.name,
          status,
          log: serviceLog(serviceName({ service: service.name, ...this.#of })),
        });
      }
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.#watcher.close();
  }

  #called(): void {
    try {
      this.look();
    } catch (error) {
      this.#broke(error);
    }
  }

  #takenDownByItsProject(startedBy: string | undefined): boolean {
    const owner = projectOf(startedBy);
    return [...this.#context.state.running].some(({ record: { action } }) => {
      return (
        action.kind === 'hook' && action.project === owner && (action.hook === 'shutdown' || action.hook === 'upgrade')
      );
    });
  }
}

/** Whether its main process has ended, and the supervisor has yet to write down how. */
function isAboutToSay(service: ListedService): boolean {
  const supervisor = { pid: service.supervisor, startTime: service.supervisorStartTime };
  return !isAlive(service) && isAlive(supervisor);
}

/** The project in a step's key, `s3rver/start:base@spring`. */
function projectOf(step: string | undefined): string | undefined {
  const slash = step?.indexOf('/') ?? -1;
  return slash === -1 ? undefined : step?.slice(0, slash);
}
