import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Namespaces of its own for a run that root starts: nothing of it outlives it, and it has no network. */
export const ALONE = ['-n', '-p', '-m', '--fork', '--mount-proc', '--kill-child'] as const;

/** Why nothing can be compared on this machine; undefined where it can. */
export function lacking(): string | undefined {
  if (find('python3') === undefined) return 'there is no python3, which what DevStack calls is handed on to';
  if (process.getuid?.() !== 0) return undefined;
  const made = spawnSync(find('unshare') ?? 'unshare', [...ALONE, find('setpriv') ?? 'setpriv', '--version']);
  // Nobody's hooks are run as root where they could reach the machine.
  return made.status === 0 ? undefined : 'root cannot make namespaces here, in which a run could be kept by itself';
}

const STANDINS = fileURLToPath(new URL('standins', import.meta.url));

/**
 * The programs that a compared run finds: real ones that only read, or stay below its root, and stand-ins that record how
 * they were called. Nothing else is on its PATH, so that neither side can touch the machine.
 *
 * @param templates Where the tools lie that a stand-in hands on to.
 */
export function layPrograms(root: string, templates: string): void {
  const bin = join(root, 'bin');
  const real = join(root, 'real');
  for (const dir of [bin, real]) mkdirSync(dir);
  const text = (name: string): string => standIn(name).replaceAll('@ROOT@', root).replaceAll('@TEMPLATES@', templates);
  const put = (name: string, body: string): void => {
    writeFileSync(join(bin, name), text(body));
    chmodSync(join(bin, name), 0o755);
  };
  const link = (dir: string, name: string): void => {
    const path = find(name);
    // What leads through /etc would lead nowhere there.
    if (path !== undefined) symlinkSync(realpathSync(path), join(dir, name));
  };

  for (const name of REAL) link(bin, name);
  for (const name of [...INSIDE, 'git', 'python3']) link(real, name);
  for (const name of INSIDE) put(name, 'inside');
  for (const name of [...SILENT, ...MANAGERS]) put(name, 'silent');
  const python = find('python3') ?? '/usr/bin/python3';
  const version = execFileSync(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
    encoding: 'utf8',
  });
  for (const name of ['python3', `python${version.trim()}`]) put(name, 'python');
  for (const name of readdirSync(STANDINS)) if (!SHARED.has(name)) put(name, name);
  for (const name of ['record.sh', 'record.bash', 'command-of.sh']) writeFileSync(join(root, name), text(name));
  writeFileSync(join(root, 'in-venv'), `${['python', 'python3', 'pip', 'pip3', 'uwsgi', ...MANAGERS].join('\n')}\n`);
  for (const name of ['record', 'mounts']) writeFileSync(join(root, name), '');
}

/** Stand-ins that are not found on PATH, but lie in the `tools/` of a DevStack tree. */
export const TOOLS = ['worlddump.py', 'install_prereqs.sh'] as const;

export const standIn = (name: string): string => readFileSync(join(STANDINS, name), 'utf8');

/** What lies among the stand-ins and is no program by its own name. */
const SHARED: ReadonlySet<string> = new Set([
  'record.sh',
  'record.bash',
  'command-of.sh',
  'silent',
  'inside',
  'python',
  ...TOOLS,
]);

/** Programs of the machine that are harmless to whoever may write below the root alone. */
const REAL = [
  ...['awk', 'gawk', 'mawk', 'base64', 'basename', 'bash', 'cat', 'cmp', 'comm', 'cut', 'date', 'dd', 'df', 'diff'],
  ...['dirname', 'du', 'echo', 'egrep', 'env', 'expr', 'false', 'fgrep', 'file', 'find', 'fold', 'getent', 'getopt'],
  ...[
    'grep',
    'gunzip',
    'gzip',
    'head',
    'hostname',
    'id',
    'join',
    'jq',
    'kill',
    'logname',
    'ls',
    'md5sum',
    'mktemp',
    'nl',
    'node',
  ],
  ...['nproc', 'od', 'paste', 'printenv', 'printf', 'pwd', 'readlink', 'realpath', 'rev', 'rmdir', 'seq'],
  ...['sh', 'sha1sum', 'sha256sum', 'sort', 'split', 'stat', 'stdbuf', 'tac', 'tail', 'tar', 'test', 'timeout', 'tr'],
  ...['true', 'tty', 'uname', 'uniq', 'wc', 'which', 'whoami', 'xargs', 'yes', 'cksum', 'setsid', 'sync', 'truncate'],
];

/** Programs that change files: real below the root, recorded and left out elsewhere. */
const INSIDE = ['chgrp', 'chmod', 'chown', 'cp', 'install', 'ln', 'mkdir', 'mv', 'rm', 'sed', 'tee', 'touch'];

/** Programs that are called, recorded, and do nothing. */
const SILENT = [
  ...['a2dissite', 'a2enmod', 'a2ensite', 'apt-cache', 'apt-get', 'dpkg', 'ebtables', 'iptables', 'ip6tables'],
  ...['killall', 'losetup', 'modprobe', 'ovs-dpctl', 'pip', 'pip3', 'pkill', 'ping', 'rabbitmqctl'],
  ...['reno', 'rsync', 'screen', 'service', 'ss', 'ssh-keygen', 'sysctl', 'umount', 'uwsgi', 'virtualenv', 'wget'],
  ...['mysqladmin', 'psql', 'pg_dump', 'apachectl', 'apache2ctl', 'killall5', 'netstat', 'reboot', 'shutdown'],
  ...['systemd-run', 'journalctl', 'usermod', 'useradd', 'groupadd', 'loginctl', 'virsh', 'nova-status', 'ovn-nbctl'],
  ...['ovn-sbctl', 'nft'],
];

/** What services install to manage themselves, called by path in a virtual environment. */
const MANAGERS = [
  ...['keystone', 'placement', 'nova', 'glance', 'cinder', 'heat', 'designate', 'barbican', 'manila', 'aodh', 'zaqar'],
]
  .map((name) => `${name}-manage`)
  .concat([
    ...['neutron-db-manage', 'ironic-dbsync', 'watcher-db-manage', 'cyborg-dbsync', 'aodh-dbsync'],
    ...['ceilometer-upgrade', 'cloudkitty-dbsync', 'cloudkitty-storage-init', 'octavia-db-manage', 'neutron-status'],
    ...['cinder-status', 'edit-constraints', 'ironic-status', 'manila-status', 'zaqar-sql-db-manage', 'octavia-status'],
    ...['cyborg-status'],
    ...['swift', 'swift-init', 'neutron', 'manila'],
  ]);

/** Where the machine has a program. */
export function find(name: string): string | undefined {
  // A shim in somebody's home is not to be found by everybody.
  const places = (process.env.PATH ?? '').split(delimiter).filter((place) => !place.startsWith('/root'));
  return places.map((place) => join(place, name)).find((path) => existsSync(path));
}
