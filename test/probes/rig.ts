import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, type Socket, Server as TcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { type Outage, outagesOf } from '../../src/checks/outages.js';
import type { Event } from '../../src/journal/event.js';
import { foldRun } from '../../src/journal/fold.js';
import { readJournal } from '../../src/journal/journal.js';
import type { RunState } from '../../src/journal/state.js';
import type { Job, Orders } from '../../src/probes/sampling.js';
import { waitUntil } from '../../src/process/wait.js';

const SAMPLER = fileURLToPath(new URL('../../dist/sampler.js', import.meta.url));

/** A directory that is gone when the test is over. */
export function scratch(): string {
  const dir = mkdtempSync(join(tmpdir(), 'grenade-probes-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The sampler, told what to sample, and what it says. */
export class Sampled {
  readonly child: ChildProcess;
  readonly path: string;
  readonly #jobs: readonly Job[];
  readonly #exited: Promise<number | null>;

  constructor(jobs: readonly Job[]) {
    this.#jobs = jobs;
    this.path = join(scratch(), 'changes');
    this.child = spawn(process.execPath, [SAMPLER], { stdio: ['pipe', 'inherit', 'inherit'] });
    this.#exited = new Promise((resolve) => this.child.once('exit', resolve));
    onTestFinished(async () => {
      this.child.kill('SIGKILL');
      await this.#exited;
    });
    const orders: Orders = { changes: this.path, jobs: [...jobs] };
    this.child.stdin?.write(`${JSON.stringify(orders)}\n`);
  }

  get events(): readonly Event[] {
    return existsSync(this.path) ? [...readJournal(this.path)] : [];
  }

  /** The state of a run that had these probes and heard this. */
  get state(): RunState {
    const probes = this.#jobs.map(({ name, target, intervalMs }) => ({
      name,
      kind: target.kind,
      target: '',
      intervalMs,
    }));
    const plan = {
      scenario: 'full stop',
      strict: false,
      releases: { base: 'a', target: 'b' },
      projects: [],
      phases: [],
      steps: [],
    };
    return foldRun([{ at: 0, type: 'planned', ...plan, probes }, ...this.events]);
  }

  outages(name: string): readonly Outage[] {
    const probe = this.state.probes.get(name);
    if (probe === undefined) throw new Error(`there is no probe ${name}`);
    return outagesOf(probe, Date.now());
  }

  /** How long each stretch may have been of which nothing is known over new connections, in milliseconds, those that are over. */
  slept(name: string): readonly number[] {
    const [track] = this.state.probes.get(name)?.tracks ?? [];
    return (track?.intervals ?? []).flatMap(({ status, since, until }) =>
      status === 'unknown' && until !== undefined ? [until[1] - since[0]] : [],
    );
  }

  /** Waits until the last that was said of a probe over this kind of connection is this. */
  async until(name: string, connection: 'new' | 'reused', status: string): Promise<void> {
    const said = (): true | undefined => {
      const tracks = this.state.probes.get(name)?.tracks ?? [];
      const last = tracks.find((track) => track.connection === connection)?.intervals.at(-1);
      return last?.status === status ? true : undefined;
    };
    const result = await waitUntil(said, { limitMs: 15_000, intervalMs: 5 });
    if (!result.ok) throw new Error(`${name} did not become ${status}: ${JSON.stringify(this.events, undefined, 1)}`);
  }

  /** Ends it as the runner does, and waits until it is gone. */
  async end(): Promise<number | null> {
    this.child.stdin?.end();
    return await this.#exited;
  }
}

/** A service of ours that can be away, and knows when it was. */
export class Service {
  readonly #answer: (respond: () => void) => void;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  port = 0;

  constructor(answer: (respond: () => void) => void = (respond) => respond()) {
    this.#answer = answer;
    onTestFinished(() => this.leave());
  }

  async come(): Promise<void> {
    const server = createServer((_request, response) => this.#answer(() => response.end('well')));
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    this.port = port;
  }

  /** Takes no more connections; those that are there stay. */
  refuse(): void {
    // That of HTTP would close those that are idle.
    if (this.#server !== undefined) TcpServer.prototype.close.call(this.#server);
  }

  leave(): void {
    this.refuse();
    for (const socket of this.#sockets) socket.destroy();
  }

  get http(): Job['target'] {
    return { kind: 'http', url: `http://127.0.0.1:${this.port}/` };
  }
}
