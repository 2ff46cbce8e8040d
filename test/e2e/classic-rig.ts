import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Rig, type Running } from './rig.js';

/** A classic workspace beside a STACK_ROOT with two small DevStacks that only write down what is asked of them. */
export class ClassicRig extends Rig {
  /** STACK_ROOT. */
  readonly stack: string;
  readonly #bin: string;

  constructor(files: Readonly<Record<string, string>> = {}, localrc = '', trees: readonly string[] = ['old', 'new']) {
    super();
    this.stack = join(dirname(this.dir), 'stack');
    this.#bin = join(dirname(this.dir), 'bin');
    this.write({ localrc: `STACK_ROOT=${this.stack}\n${EXTERNAL}${localrc}`, ...files });
    for (const tree of trees) cpSync(DEVSTACK, join(this.stack, tree, 'devstack'), { recursive: true });
    for (const [name, body] of Object.entries(PROGRAMS)) {
      lay(join(this.#bin, name), `#!/bin/bash\n${TOLD}\n${body}`);
    }
    mkdirSync(this.stack, { recursive: true });
    writeFileSync(this.#told, '');
  }

  get #told(): string {
    return join(dirname(this.dir), 'told');
  }

  /** What hooks, stand-ins and trees wrote down, a line each. */
  get told(): string[] {
    return readFileSync(this.#told, 'utf8').trimEnd().split('\n');
  }

  /** The same, without what stand-ins for programs wrote down. */
  get calls(): string[] {
    return this.told.filter((line) => !line.startsWith('+ '));
  }

  /** Where repositories can be cloned from, as GIT_BASE has it. */
  get git(): string {
    return join(dirname(this.dir), 'git');
  }

  /** Writes files into a directory beside the workspace, and returns its path. */
  lay(name: string, files: Readonly<Record<string, string>>): string {
    const dir = join(dirname(this.dir), 'laid', name);
    for (const [path, text] of Object.entries(files)) lay(join(dir, path), text);
    return dir;
  }

  /** Makes a repository of what is in `from`, the same on each branch, and returns GIT_BASE. */
  repository(name: string, from: string, branches: readonly [string, ...string[]]): string {
    const dir = join(this.git, 'openstack', name);
    cpSync(from, dir, { recursive: true });
    const git = (...args: readonly string[]): void => {
      const who = ['-c', 'user.name=Somebody', '-c', 'user.email=somebody@example.org'];
      execFileSync('git', [...who, ...args], { cwd: dir, stdio: 'ignore' });
    };
    git('init', '--initial-branch', branches[0]);
    git('add', '--all');
    git('commit', '--message', 'begin');
    for (const branch of branches.slice(1)) git('branch', branch);
    return this.git;
  }

  override start(args: readonly string[]): Running {
    return super.start(args, { env: { PATH: `${this.#bin}:${process.env.PATH}`, TOLD: this.#told } });
  }
}

/** The settings of a run in which somebody else brought the base up, and nothing of tempest is there. */
const EXTERNAL = 'GRENADE_USE_EXTERNAL_DEVSTACK=True\nRUN_SMOKE=False\nENABLE_TEMPEST=False\n';

const TOLD = 'echo "+ $(basename "$0") $*" >>"$TOLD"';

const PROGRAMS: Readonly<Record<string, string>> = {
  sudo: 'exec "$@"',
  rsync: '',
  tox: '',
  'iptables-save': 'echo a table',
  ebtables: '',
  rabbitmqctl: '',
  chown: '',
};

/** A project whose hooks write down how they were called. */
export const project = (name: string, more: Readonly<Record<string, string>> = {}): Record<string, string> => {
  const dir = `projects/${name}`;
  const plain = name.replace(/^\d+_/, '');
  return {
    [`${dir}/settings`]: `register_project_for_upgrade ${plain}\n`,
    [`${dir}/resources.sh`]: `#!/bin/bash\n${tell(plain)}\n`,
    [`${dir}/shutdown.sh`]: `#!/bin/bash\n${tell(`${plain} shutdown`)}\n`,
    [`${dir}/upgrade.sh`]: `#!/bin/bash\n${tell(`${plain} upgrade`)}\n`,
    ...Object.fromEntries(Object.entries(more).map(([file, text]) => [`${dir}/${file}`, text])),
  };
};

/** A line of bash that writes down what it was called with, and which DevStack it was given. */
export const tell = (what: string): string =>
  `echo "${what} $* (\${TOP_DIR%/devstack})" | sed "s,$STACK_ROOT/,,; s, (, (,; s,  *(, (," >>"$TOLD"`;

function lay(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (text.startsWith('#!')) chmodSync(path, 0o755);
}

/** As much of a DevStack as Grenade asks for. */
export const DEVSTACK = fileURLToPath(new URL('devstack', import.meta.url));
