import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Note, parseNotes } from '../../src/journal/notes.js';
import { endEverything } from '../../src/services/supervisor.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A run's directory, and the shell face beside a `dist/` with the one program that it needs. */
export class Rig {
  readonly dir = realpathSync(mkdtempSync(join(tmpdir(), 'grenade-test-')));
  readonly runDir = join(this.dir, 'run');
  readonly notes = join(this.dir, 'notes');
  readonly #installed = join(this.dir, 'installed');

  /** Copies `shell/` and bundles the program behind it. */
  installShell(): string {
    const shell = join(this.#installed, 'shell');
    cpSync(join(root, 'shell'), shell, { recursive: true });
    const esbuild = join(root, 'node_modules/.bin/esbuild');
    const options = ['--bundle', '--platform=node', '--format=esm', '--splitting', '--packages=external'];
    execFileSync(
      esbuild,
      ['src/services/shell.ts', ...options, `--outdir=${this.#installed}/dist`, '--log-level=error'],
      {
        cwd: root,
      },
    );
    writeFileSync(join(this.#installed, 'package.json'), '{"type":"module"}');
    symlinkSync(join(root, 'node_modules'), join(this.#installed, 'node_modules'));
    return shell;
  }

  file(name: string, content: string, mode = 0o644): string {
    const path = join(this.dir, name);
    writeFileSync(path, content, { mode });
    return path;
  }

  environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    const { GRENADE_STEP: _, ...inherited } = process.env;
    return {
      ...inherited,
      GRENADE_DIR: join(this.#installed, 'shell'),
      GRENADE_RUN_DIR: this.runDir,
      GRENADE_NOTES: this.notes,
      ...extra,
    };
  }

  /** Runs a script of bash that has `functions` at hand as `$GRENADE_DIR/functions`. */
  bash(script: string, extra: Readonly<Record<string, string>> = {}) {
    rmSync(this.notes, { force: true });
    const path = this.file('script.sh', script);
    const done = spawnSync('bash', [path], { cwd: this.dir, env: this.environment(extra), encoding: 'utf8' });
    return {
      status: done.status,
      signal: done.signal,
      stdout: done.stdout,
      stderr: done.stderr,
      notes: this.readNotes(),
    };
  }

  /** The same, without waiting for it. */
  bashBeside(script: string) {
    const child = spawn('bash', ['-c', script], { cwd: this.dir, env: this.environment(), stdio: 'pipe' });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
    const ended = new Promise<{ status: number | null; output: string }>((resolve) => {
      child.once('close', (status) => resolve({ status, output }));
    });
    return { pid: child.pid ?? 0, ended };
  }

  readNotes(): readonly Note[] {
    try {
      return parseNotes(readFileSync(this.notes, 'utf8'));
    } catch {
      return [];
    }
  }

  /** Ends what the test left running, and removes its files. */
  async clean(): Promise<void> {
    await endEverything(this.runDir);
    rmSync(this.dir, { recursive: true, force: true });
  }
}
