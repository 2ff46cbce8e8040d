import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Note, parseNotes } from '../../src/journal/notes.js';

const root = fileURLToPath(new URL('../../', import.meta.url));

export interface HookEnd {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly log: string;
  readonly notes: readonly Note[];
}

/** An installation of the programs that run modules, and a workspace with one project, in a directory of their own. */
export class ModuleRig {
  readonly top: string;
  readonly project: string;
  readonly run: string;
  readonly host: string;
  #hooks = 0;

  constructor() {
    this.top = realpathSync(mkdtempSync(join(tmpdir(), 'grenade-module-')));
    const installed = join(this.top, 'installed');
    const entries = ['host=src/project/host.ts', 'index=src/index.ts', 'module=src/project/module.ts'];
    const options = ['--bundle', '--splitting', '--platform=node', '--format=esm', '--packages=external'];
    mkdirSync(installed);
    symlinkSync(join(root, 'node_modules'), join(installed, 'node_modules'));
    symlinkSync(join(root, 'shell'), join(installed, 'shell'));
    writeFileSync(join(installed, 'package.json'), '{ "type": "module" }');
    const esbuild = join(root, 'node_modules/.bin/esbuild');
    execFileSync(esbuild, [...entries, ...options, `--outdir=${installed}/dist`, '--log-level=error'], { cwd: root });
    this.host = join(installed, 'dist/host.js');
    this.project = join(this.top, 'workspace/projects/10_web');
    this.run = join(this.top, 'workspace/.grenade/runs/1');
    for (const name of ['steps', 'services', 'supervised', 'ports', 'resources', 'notes', 'data', 'save', 'scratch']) {
      mkdirSync(join(this.run, name), { recursive: true });
    }
    mkdirSync(this.project, { recursive: true });
  }

  /** Writes a file of the project, and returns its path. */
  write(name: string, text: string): string {
    const path = join(this.project, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return path;
  }

  /** The adapter as it is built, beside the host that it starts. */
  async adapter(): Promise<typeof import('../../src/project/module.js')> {
    return await import(join(dirname(this.host), 'module.js'));
  }

  environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    return {
      ...process.env,
      GRENADE_RUN_DIR: this.run,
      GRENADE_NOTES: join(this.run, 'notes', String(this.#hooks)),
      GRENADE_STEP: 'web/start:base@spring',
      GRENADE_SIDE: 'base',
      PROJECT: 'web',
      PROJECT_DIR: this.project,
      RELEASE: 'spring',
      RELEASE_DIR: join(this.top, 'workspace/.grenade/releases/web/spring'),
      DATA_DIR: join(this.run, 'data'),
      SAVE_DIR: join(this.run, 'save'),
      LOGDIR: join(this.run, 'steps'),
      SERVICE_TIMEOUT: '5',
      ...more,
    };
  }

  /** Runs a hook as the runner does; `during` is given the process while it runs. */
  async hook(
    file: string,
    hook: string,
    options: { env?: Record<string, string>; during?: (pid: number, log: () => string) => Promise<void> } = {},
  ): Promise<HookEnd> {
    this.#hooks += 1;
    const log = join(this.run, 'steps', `${this.#hooks}.log`);
    const env = this.environment(options.env);
    const fd = openSync(log, 'a');
    const child = spawn(process.execPath, [this.host, 'run', file, hook], {
      cwd: join(this.run, 'scratch'),
      env,
      detached: true,
      stdio: ['ignore', fd, fd],
    });
    closeSync(fd);
    const ended = new Promise<{ status: number | null; signal: NodeJS.Signals | null }>((resolve) => {
      child.once('exit', (status, signal) => resolve({ status, signal }));
    });
    await options.during?.(child.pid ?? 0, () => readFileSync(log, 'utf8'));
    const end = await ended;
    const notes = env.GRENADE_NOTES ?? '';
    return {
      ...end,
      log: readFileSync(log, 'utf8'),
      notes: existsSync(notes) ? parseNotes(readFileSync(notes, 'utf8')) : [],
    };
  }

  remove(): void {
    rmSync(this.top, { recursive: true, force: true });
  }
}
