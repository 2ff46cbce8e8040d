import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Event } from '../../src/journal/event.js';
import { readJournal } from '../../src/journal/journal.js';

export const GRENADE = fileURLToPath(new URL('../../bin/grenade.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of Grenade that is running. */
export interface Running {
  readonly child: ChildProcess;
  readonly outcome: Promise<Outcome>;
}

/** A workspace in a directory of its own, and everything that may be left of it ended and removed at the end. */
export class Rig {
  readonly dir: string;
  /** Where hooks meet the test. */
  readonly gates: string;
  readonly #top: string;
  readonly #writers: FileHandle[] = [];

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.#top = realpathSync(mkdtempSync(join(tmpdir(), 'grenade-e2e-')));
    // Services that run as another user must be able to look inside.
    chmodSync(this.#top, 0o755);
    this.dir = join(this.#top, 'workspace');
    this.gates = join(this.#top, 'gates');
    mkdirSync(this.dir);
    mkdirSync(this.gates);
    this.write(files);
  }

  /** Writes files; what begins with `#!` gets its run bit. */
  write(files: Readonly<Record<string, string>>): void {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.dir, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      if (text.startsWith('#!')) chmodSync(path, 0o755);
    }
  }

  start(args: readonly string[], options: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {}): Running {
    const child = spawn(process.execPath, [GRENADE, ...args], {
      cwd: options.cwd ?? this.dir,
      env: { ...process.env, NO_COLOR: '1', GATES: this.gates, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.stderr += text;
    });
    const outcome = new Promise<Outcome>((resolve) => {
      child.once('close', (status, signal) => resolve({ status, signal, ...said }));
    });
    return { child, outcome };
  }

  grenade(...args: readonly string[]): Promise<Outcome> {
    return this.start(args).outcome;
  }

  /** A named pipe: a hook that reads `"$GATES/NAME"` waits until the test opens it. */
  gate(name: string): { readonly open: () => Promise<void>; readonly reached: () => Promise<void> } {
    const path = join(this.gates, name);
    execFileSync('mkfifo', [path]);
    // Opening for writing returns once somebody reads: the hook is there.
    let writer: ReturnType<typeof open> | undefined;
    const reached = async (): Promise<void> => {
      writer ??= open(path, 'w');
      this.#writers.push(await writer);
    };
    return {
      reached,
      open: async () => {
        await reached();
        await (await writer)?.close();
      },
    };
  }

  get latest(): string {
    return realpathSync(join(this.dir, '.grenade', 'latest'));
  }

  read(...path: readonly string[]): string {
    return readFileSync(join(this.dir, ...path), 'utf8');
  }

  journal(): Event[] {
    return [...readJournal(join(this.latest, 'journal.ndjson'))];
  }

  /** Keys of the steps that began, in order. */
  steps(): string[] {
    return this.journal().flatMap((event) => (event.type === 'step-started' ? [event.step] : []));
  }

  /** The log of the first step whose key begins so. */
  log(key: string): string {
    for (const event of this.journal().reverse()) {
      if (event.type === 'step-finished' && event.step.startsWith(key)) {
        return readFileSync(join(this.latest, event.log), 'utf8');
      }
    }
    throw new Error(`no step ${key} has finished`);
  }

  /** Ids of processes that came from this workspace. */
  processes(): number[] {
    return readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const from = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
        return from.includes(`GRENADE_WORKSPACE=${this.dir}`) ? [Number(name)] : [];
      } catch {
        return []; // It ended meanwhile.
      }
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#writers.map((writer) => writer.close()));
    if (existsSync(join(this.dir, '.grenade'))) await this.grenade('clean', '--all');
    const left = this.processes();
    for (const pid of left) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It ended meanwhile.
      }
    }
    rmSync(this.#top, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`grenade clean left processes behind: ${left.join(', ')}`);
  }
}

/** Waits until `check` holds, and fails the test when it does not within ten seconds. */
export async function eventually(what: string, check: () => boolean): Promise<void> {
  for (const until = Date.now() + 10_000; !check(); ) {
    if (Date.now() > until) throw new Error(`${what} did not happen within 10 s`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** All that runs write lies on a disk of its own, for root; what they left there goes before the disk does. */
export function smallDisk(rig: Rig, megabytes: number): AsyncDisposable {
  const data = join(rig.dir, '.grenade');
  mkdirSync(data);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'grenade-test', data]);
  return {
    [Symbol.asyncDispose]: async () => {
      await rig.grenade('clean', '--all');
      execFileSync('umount', [data]);
    },
  };
}

/** Two releases, and projects as files: what most tests start from. */
export const TWO_RELEASES = 'releases:\n  - name: spring\n  - name: autumn\n';

/** A hook in bash of these lines. */
export const bash = (...lines: readonly string[]): string => `#!/usr/bin/env bash\n${lines.join('\n')}\n`;

/** A hook in bash that stops at what fails, and knows Grenade's functions. */
export const withFunctions = (...lines: readonly string[]): string =>
  bash('set -euo pipefail', 'source "$GRENADE_DIR/functions"', ...lines);
