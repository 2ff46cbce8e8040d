import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case, Files } from './case.js';
import { layPrograms } from './programs.js';
import { copyTree, git, type Templates, write } from './templates.js';

/** Whom compared runs belong to: nobody, where they could be given more. */
export const NOBODY: number | undefined = process.getuid?.() === 0 ? 65534 : undefined;

/** Lays a world of its own in `root`, which must not be there. */
export function layWorld(templates: Templates, root: string, test: Case): void {
  mkdirSync(root);
  chmodSync(root, 0o755);
  for (const dir of PLACES) mkdirSync(join(root, dir), { recursive: true });
  layPrograms(root, templates.dir);
  write(root, {
    databases: `${DATABASES.join('\n')}\n`,
    processes: 'USER PID COMMAND\nroot 1 /sbin/init\n',
    gitconfig: gitconfig(root),
  });
  copyTree(join(templates.dir, 'grenade'), join(root, 'ws'));
  if (!test.inTree) rmSync(join(root, 'ws', 'projects'), { recursive: true });
  mkdirSync(join(root, 'ws', 'projects'), { recursive: true });

  const tree = `devstack-${test.devstack}`;
  const openstack = join(root, 'git', 'openstack');
  symlinkSync(join(templates.dir, `${tree}.git`), join(openstack, 'devstack.git'));
  mkdirSync(join(root, 'git', 'novnc'));
  symlinkSync(join(templates.dir, 'generic.git'), join(root, 'git', 'novnc', 'novnc.git'));
  for (const name of GENERIC) symlinkSync(join(templates.dir, 'generic.git'), join(openstack, `${name}.git`));
  for (const name of test.plugins.filter((each) => !GENERIC.includes(each))) {
    symlinkSync(templates.plugin(name), join(openstack, `${name}.git`));
  }
  for (const side of test.trees === 'there' ? ['old', 'new'] : []) {
    const at = join(root, 'stack', side);
    copyTree(join(templates.dir, tree), join(at, 'devstack'));
    mkdirSync(join(at, 'devstack', 'accrc'), { recursive: true });
    execFileSync(join(root, 'bin', 'python3'), ['-m', 'venv', join(at, 'venv')], { env: { PATH: join(root, 'bin') } });
    writeFileSync(join(at, 'devstack', 'local.conf'), localConf(at, test));
    const beside = [...test.plugins, ...(test.devstack === 'real' ? ['tempest'] : [])];
    for (const name of beside) git(at, 'clone', '-q', join(openstack, `${name}.git`), name);
    mkdirSync(join(at, 'tempest', 'etc'), { recursive: true });
  }
  for (const [path, branches] of Object.entries(test.repositories))
    layRepository(root, join(root, 'git', path), branches);
  write(root, test.files);
  writeFileSync(join(root, 'record'), '');
  if (NOBODY === undefined) return;
  writeFileSync(join(root, 'alone'), '');
  for (const name of MACHINE)
    if (existsSync(join('/etc', name))) execFileSync('cp', ['-aL', join('/etc', name), join(root, 'etc')]);
  execFileSync('chown', ['-R', '-h', `${NOBODY}:${NOBODY}`, root]);
}

const PLACES = ['home', 'ours', 'tmp', 'etc', 'units', 'enabled', 'cloud', 'guest', 'git/openstack', 'stack'];

/** What programs of the machine look up in /etc. */
const MACHINE = ['passwd', 'group', 'hosts', 'issue', 'ld.so.cache', 'localtime', 'nsswitch.conf', 'os-release'];

/** What OpenStack's own hooks clone; what is in them does not matter. */
const GENERIC = [
  'os-test-images',
  'requirements',
  'tempest',
  'keystone',
  'placement',
  'swift',
  'glance',
  'neutron',
  'nova',
  'cinder',
  'horizon',
];

/** Databases that the stand-in for mysql has. */
const DATABASES = [
  ...['information_schema', 'keystone', 'glance', 'nova', 'nova-api', 'nova_cell0', 'cinder', 'heat', 'one', 'two'],
  ...['octavia', 'designate', 'barbican', 'manila', 'ironic', 'watcher', 'cyborg', 'aodh', 'cloudkitty', 'zaqar'],
];

/** What says to DevStack how it was brought up. */
function localConf(dest: string, { devstack, localConf: lines }: Case): string {
  return [
    '[[local|localrc]]',
    `DEST=${dest}`,
    `SERVICE_DIR=${dest}/status`,
    'HOST_IP=192.0.2.7',
    'GLOBAL_VENV=True',
    `DEVSTACK_VENV=${dest}/venv`,
    'DATABASE_TYPE=mysql',
    'MYSQL_PASSWORD=a-password',
    'RABBIT_PASSWORD=a-password',
    'SERVICE_PASSWORD=a-password',
    'ADMIN_PASSWORD=a-password',
    ...(devstack === 'real' ? ['enable_service s-proxy s-object s-container s-account'] : []),
    ...lines,
    '',
  ].join('\n');
}

function gitconfig(root: string): string {
  return [
    '[user]\n\tname = Nobody\n\temail = nobody@example.org',
    '[safe]\n\tdirectory = *',
    `[url "file://${root}/git/"]\n\tinsteadOf = https://opendev.org/\n\tinsteadOf = https://github.com/`,
    '[init]\n\tdefaultBranch = master',
    '[protocol "https"]\n\tallow = never',
    '',
  ].join('\n');
}

function layRepository(root: string, path: string, branches: Readonly<Record<string, Files>>): void {
  mkdirSync(path, { recursive: true });
  git(path, 'init', '-q');
  const names = Object.keys(branches);
  for (const name of names) {
    git(path, 'checkout', '-q', '--orphan', name);
    write(root, branches[name] ?? {}, path);
    git(path, 'add', '-A', '-f');
    git(path, 'commit', '-q', '--allow-empty', '-m', name);
    git(path, 'rm', '-rfq', '--ignore-unmatch', '.');
  }
  git(path, 'checkout', '-q', names[0] ?? 'master');
}
