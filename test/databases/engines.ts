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

export async function startPostgres(bin: string): Promise<Engine> {
  const top = directory();
  const data = join(top, 'data');
  // It refuses to run as root.
  const unprivileged = root ? { uid: NOBODY, gid: NOBODY } : {};
  const init = ['-D', data, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-locale', '--no-sync'];
  execFileSync(join(bin, 'initdb'), init, { ...unprivileged, stdio: 'pipe', cwd: top });
  const port = await freePort();
  const options = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories=', '-c', 'fsync=off'];
  const server = spawn(join(bin, 'postgres'), ['-D', data, '-p', String(port), ...options], {
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

export async function startMariadb(): Promise<Engine> {
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
    ].concat(['--bind-address=127.0.0.1', `--port=${port}`, '--skip-log-bin']),
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

function directory(): string {
  const top = realpathSync(mkdtempSync(join(tmpdir(), 'grenade-engine-')));
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
