import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A database server of a test's own, on loopback, in a directory of its own. */
export interface Engine {
  readonly url: string;
  /** Runs statements; those that take longer, as one that waits for a lock may, fail. */
  sql(text: string, limitMs?: number): void;
  stop(): Promise<void>;
}

const NOBODY = 65534;
const LIMIT_MS = 20_000;
const root = process.getuid?.() === 0;

/** Debian's newest PostgreSQL, or undefined where there is none. */
export function postgresPrograms(): string | undefined {
  const versions = '/usr/lib/postgresql';
  const found = existsSync(versions) ? readdirSync(versions).sort((a, b) => Number(b) - Number(a)) : [];
  return found.map((version) => join(versions, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

export const hasMariadb = (): boolean =>
  ['/usr/sbin/mariadbd', '/usr/bin/mariadb-install-db', '/usr/bin/mariadb'].every((path) => existsSync(path));

/**
 * A certificate that nobody signed but itself, for localhost and 127.0.0.1, and its key, as files that only those may read
 * who run a server here; in a directory to be removed.
 */
export function selfSigned(where = tmpdir()): { readonly dir: string; readonly cert: string; readonly key: string } {
  const dir = directory(where);
  const [cert, key] = [join(dir, 'cert.pem'), join(dir, 'key.pem')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  const files = ['-keyout', key, '-out', cert, '-days', '2'];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', ...files, ...subject], { stdio: 'pipe' });
  chmodSync(key, 0o600);
  if (root) for (const path of [cert, key]) chownSync(path, NOBODY, NOBODY);
  return { dir, cert, key };
}

export async function startPostgres(bin: string, more: readonly string[] = []): Promise<Engine> {
  const top = directory();
  const data = join(top, 'data');
  // It refuses to run as root.
  const unprivileged = root ? { uid: NOBODY, gid: NOBODY } : {};
  const init = ['-D', data, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'];
  execFileSync(join(bin, 'initdb'), init, { ...unprivileged, stdio: 'pipe', cwd: top });
  const port = await freePort();
  const options = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'];
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...options, ...more], {
    ...unprivileged,
    stdio: 'ignore',
    cwd: top,
  });
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const sql = (text: string, timeout = LIMIT_MS): void => {
    execFileSync(join(bin, 'psql'), ['-q', '-v', 'ON_ERROR_STOP=1', url], { input: text, stdio: 'pipe', timeout });
  };
  return ready({ url, sql, stop: () => stop(server, 'SIGINT', top) }, server);
}

export async function startMariadb(more: readonly string[] = []): Promise<Engine> {
  const top = directory();
  const data = join(top, 'data');
  const user = root ? ['--user=root'] : [];
  const init = ['--no-defaults', ...user, `--datadir=${data}`, '--auth-root-authentication-method=normal'];
  execFileSync('mariadb-install-db', [...init, '--skip-test-db'], { stdio: 'pipe' });
  const port = await freePort();
  const server = spawn(
    '/usr/sbin/mariadbd',
    [
      '--no-defaults',
      ...user,
      `--datadir=${data}`,
      `--socket=${join(top, 's')}`,
      `--pid-file=${join(top, 'pid')}`,
    ].concat(['--bind-address=127.0.0.1', `--port=${port}`, '--skip-log-bin', ...more]),
    { stdio: 'ignore' },
  );
  const client = ['-h127.0.0.1', `-P${port}`, '-uroot', '--default-character-set=utf8mb4'];
  const run = (text: string, timeout: number, database: readonly string[]): void => {
    execFileSync('mariadb', [...client, ...database], { input: text, stdio: 'pipe', timeout });
  };
  const url = `mysql://root@127.0.0.1:${port}/shop`;
  const sql = (text: string, timeout = LIMIT_MS): void => run(text, timeout, ['shop']);
  const engine = { url, sql, stop: () => stop(server, 'SIGTERM', top) };
  return ready({ ...engine, sql: () => run('create database if not exists shop', LIMIT_MS, []) }, server).then(
    () => engine,
  );
}

/**
 * The root of a system that has MySQL's own server and client, named by `MYSQL_ROOT`: Debian's stable release has none.
 * CONTRIBUTING.md says how to make one.
 */
export function mysqlRoot(): string | undefined {
  const { MYSQL_ROOT } = process.env;
  return MYSQL_ROOT !== undefined && existsSync(join(MYSQL_ROOT, 'usr/sbin/mysqld')) ? MYSQL_ROOT : undefined;
}

export async function startMysql(root: string, more: readonly string[] = []): Promise<Engine> {
  const top = directory(join(root, 'tmp'));
  const inside = top.slice(realpathSync(root).length);
  const into = ['--userspec=65534:65534', root];
  const options = ['/usr/sbin/mysqld', '--no-defaults', `--datadir=${inside}/data`, '--secure-file-priv=NULL'];
  execFileSync('chroot', [...into, ...options, '--initialize-insecure'], { stdio: 'pipe' });
  const port = await freePort();
  const files = [`--socket=${inside}/s`, `--pid-file=${inside}/pid`, '--mysqlx=OFF', '--skip-log-bin', ...more];
  const server = spawn('chroot', [...into, ...options, ...files, '--bind-address=127.0.0.1', `--port=${port}`], {
    stdio: 'ignore',
  });
  const client = ['mysql', '-h127.0.0.1', `-P${port}`, '-uroot', '--default-character-set=utf8mb4'];
  const run = (text: string, timeout: number, database: readonly string[]): void => {
    execFileSync('chroot', [root, ...client, ...database], { input: text, stdio: 'pipe', timeout });
  };
  const engine = {
    url: `mysql://root@127.0.0.1:${port}/shop`,
    sql: (text: string, timeout = LIMIT_MS): void => run(text, timeout, ['shop']),
    stop: () => stop(server, 'SIGTERM', top),
  };
  return ready({ ...engine, sql: () => run('create database if not exists shop', LIMIT_MS, []) }, server).then(
    () => engine,
  );
}

/** Both families of MySQL; there is no `start` of one that is not on this machine. */
export const MYSQLS: readonly {
  readonly name: string;
  readonly start: ((more?: readonly string[]) => Promise<Engine>) | undefined;
}[] = [
  { name: 'MariaDB', start: hasMariadb() ? startMariadb : undefined },
  {
    name: 'MySQL',
    start: ((root) => (root === undefined ? undefined : (more) => startMysql(root, more)))(mysqlRoot()),
  },
];

/** What its tests are called: those that do not run must not look as if they did. */
export const titleOf = (name: string, start: unknown): string =>
  `${name}${start === undefined ? ' (NOT RUN: it is not on this machine)' : ''}`;

function directory(where = tmpdir()): string {
  const top = realpathSync(mkdtempSync(join(where, 'grenade-engine-')));
  chmodSync(top, 0o755);
  mkdirSync(join(top, 'data'));
  if (root) for (const path of [top, join(top, 'data')]) chownSync(path, NOBODY, NOBODY);
  return top;
}

/** Waits until it answers, and no longer than half a minute. */
async function ready(engine: Engine, server: ChildProcess): Promise<Engine> {
  for (const until = Date.now() + 30_000; ; ) {
    try {
      engine.sql('select 1;');
      return engine;
    } catch (error) {
      if (Date.now() > until || server.exitCode !== null) {
        await engine.stop();
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

async function stop(server: ChildProcess, signal: NodeJS.Signals, top: string): Promise<void> {
  if (server.exitCode === null && server.signalCode === null) {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }
  rmSync(top, { recursive: true, force: true });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
