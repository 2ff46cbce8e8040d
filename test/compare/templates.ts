import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Files } from './case.js';
import { standIn, TOOLS } from './programs.js';
import type { Sources } from './sources.js';

const SMALL = fileURLToPath(new URL('devstack', import.meta.url));

/** Where worlds lie: not below /tmp, for each has a /tmp of its own. */
export const PLACE = '/var/tmp';

/** What all worlds of one comparison are copied from, in a temporary directory. */
export class Templates {
  readonly dir = realpathSync(mkdtempSync(join(PLACE, 'grenade-compare-')));

  constructor(readonly sources: Sources) {
    chmodSync(this.dir, 0o755);
    const copy = (from: string, to: string): void => {
      copyTree(from, join(this.dir, to));
      for (const name of LEFT_OUT) rmSync(join(this.dir, to, name), { recursive: true, force: true });
    };
    copy(sources.grenade, 'grenade');
    copy(sources.devstack, 'devstack-real');
    copy(SMALL, 'devstack-small');
    write(this.dir, {
      'devstack-real/stack.sh': '#!/bin/bash\n[[ ! -e ../../../fail-stack ]]\n',
      // All that dsconf asks of this library is its own version.
      'tools/pbr/__init__.py': '',
      'tools/pbr/version.py': PBR_VERSION,
      'generic/setup.cfg': '[metadata]\nname = generic\n',
      'generic/requirements.txt': '',
      // What is installed or sourced from checkouts of neutron and nova.
      'generic/devstack/lib/octavia': '',
      'generic/etc/neutron/rootwrap.conf': '',
      'generic/etc/neutron/rootwrap.d/l3.filters': '',
      'generic/tools/nova-manage.bash_completion': '',
      'generic/upper-constraints.txt': '',
      'generic/global-requirements.txt': requirements(sources),
    });
    for (const tree of ['devstack-real', 'devstack-small']) {
      for (const name of TOOLS) write(this.dir, { [`${tree}/tools/${name}`]: { text: standIn(name), mode: 0o755 } });
    }
    if (sources.tools !== undefined) copy(join(sources.tools, 'devstack'), 'tools/devstack');
    for (const name of ['devstack-real', 'devstack-small', 'generic']) this.#repository(name);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  /** The tree of a real plugin at its checkout's commit, as a repository to clone from. */
  plugin(name: string): string {
    const path = join(this.dir, `${name}.git`);
    if (!existsSync(path)) {
      if (this.sources.plugins === undefined) throw new Error(`--plugins DIR has to say where ${name} is`);
      git(this.dir, 'clone', '-q', '--bare', join(this.sources.plugins, name), path);
    }
    return path;
  }

  #repository(name: string): void {
    const work = join(this.dir, `${name}.work`);
    mkdirSync(work);
    git(work, 'init', '-q');
    copyTree(join(this.dir, name), work);
    git(work, 'checkout', '-q', '-b', 'master');
    git(work, 'add', '-A', '-f');
    git(work, 'commit', '-q', '-m', 'begin');
    git(work, 'branch', 'stable/2025.2');
    git(this.dir, 'clone', '-q', '--bare', work, `${name}.git`);
    rmSync(work, { recursive: true });
  }
}

const LEFT_OUT = ['.git', 'doc', 'tests', 'playbooks', 'roles', '.zuul.yaml', 'releasenotes', 'samples', 'data'];

const PBR_VERSION = [
  'class VersionInfo:',
  '    def __init__(self, name):',
  '        pass',
  '    def version_string(self):',
  '        return "0"',
  '',
].join('\n');

/** What OpenStack's hooks look up before they install it: what they name, and what a variable names for them. */
function requirements({ devstack, plugins }: Sources): string {
  const asked = spawnSync(
    'grep',
    [
      '-rhoE',
      '(pip_install_gr(_extras)?|from_global_requirements) +"?[A-Za-z][A-Za-z0-9_.-]+',
      devstack,
      plugins ?? devstack,
    ],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  ).stdout;
  const names = asked.split('\n').map((line) => line.replace(/^.*[ "]/, ''));
  return [...new Set([...names, 'PyMySQL', 'etcd3gw'])].map((name) => (name === '' ? '' : `${name}>=0`)).join('\n');
}

/** Writes files below `to`. */
export function write(root: string, files: Files, to = root): void {
  for (const [name, file] of Object.entries(files)) {
    const path = join(to, name);
    const { text, mode } =
      typeof file === 'string' ? { text: file, mode: file.startsWith('#!') ? 0o755 : 0o644 } : file;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text.replaceAll('@ROOT@', root));
    chmodSync(path, mode);
  }
}

export function copyTree(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  execFileSync('cp', ['-a', `${from}/.`, to]);
}

/** git, whose commits have the same ids whenever they are made. */
export function git(cwd: string, ...args: string[]): string {
  const who = { NAME: 'Nobody', EMAIL: 'nobody@example.org', DATE: '2026-01-01T00:00:00Z' };
  const env = Object.fromEntries(
    Object.entries(who).flatMap(([key, value]) => [
      [`GIT_AUTHOR_${key}`, value],
      [`GIT_COMMITTER_${key}`, value],
    ]),
  );
  return execFileSync('git', ['-c', 'init.defaultBranch=nothing', '-c', 'safe.directory=*', ...args], {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
