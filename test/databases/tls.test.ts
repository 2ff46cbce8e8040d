import { execFileSync } from 'node:child_process';
import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type OpenSource, openSource, parseDataSource, planSave } from '../../src/databases/source.js';
import { type Engine, MYSQLS, mysqlRoot, postgresPrograms, selfSigned, startPostgres, titleOf } from './engines.js';

/** The certificate of a server, and of nobody that it knows. */
interface Signed {
  readonly cert: string;
  readonly key: string;
}

const postgres = postgresPrograms();
const ENGINES = [
  {
    name: 'PostgreSQL',
    start:
      postgres === undefined
        ? undefined
        : ({ cert, key }: Signed) =>
            startPostgres(postgres, ['-c', 'ssl=on', '-c', `ssl_cert_file=${cert}`, '-c', `ssl_key_file=${key}`]),
    /** What a URL says besides, for a connection that is encrypted, one to whom that file signs for, and any. */
    encrypted: 'sslmode=require',
    verified: (ca: string) => `sslmode=verify-full&sslrootcert=${ca}`,
    either: ['sslmode=prefer', 'sslmode=allow', 'sslmode=disable'],
  },
  ...MYSQLS.map(({ name, start }) => ({
    name,
    start:
      start === undefined
        ? undefined
        : ({ cert, key }: Signed) => start([`--ssl-cert=${inside(name, cert)}`, `--ssl-key=${inside(name, key)}`]),
    encrypted: 'ssl-mode=REQUIRED',
    verified: (ca: string) => `ssl-mode=VERIFY_CA&ssl-ca=${ca}`,
    either: ['ssl-mode=DISABLED', 'charset=utf8mb4'],
  })),
];
/** A path as the server sees it. */
const inside = (name: string, path: string): string => (name === 'MySQL' ? path.slice(mysqlRoot()?.length) : path);

for (const { name, start, encrypted, verified, either } of ENGINES) {
  describe.skipIf(start === undefined)(`an encrypted connection to ${titleOf(name, start)}`, () => {
    let engine: Engine;
    let server: ReturnType<typeof selfSigned>;
    let other: ReturnType<typeof selfSigned>;
    beforeAll(async () => {
      const root = name === 'MySQL' ? mysqlRoot() : undefined;
      server = selfSigned(root === undefined ? undefined : join(root, 'tmp'));
      other = selfSigned();
      engine = (await start?.(server)) ?? engine;
      engine.sql(
        "create table letters (id int primary key, content text); insert into letters values (1, repeat('x', 50000));",
      );
    }, 60_000);
    afterAll(async () => {
      await engine?.stop();
      for (const { dir } of [server, other]) rmSync(dir, { recursive: true, force: true });
    });
    const sourceOf = (said: string): OpenSource => {
      const parsed = parseDataSource(`${engine.url}?${said}`, '/data');
      if (!parsed.ok || parsed.value.kind === 'resource') throw new Error(parsed.ok ? 'a resource' : parsed.error);
      return parsed.value;
    };
    const read = async (said: string): Promise<number> => {
      const reader = await openSource(sourceOf(said));
      let rows = 0;
      const [table] = reader.tables;
      for await (const { ends } of reader.rows(table?.name ?? '', ['id', 'content'])) rows += ends.length;
      await reader.close();
      return rows;
    };

    test('reads what is there, whoever signed for it', async () => {
      expect(await read(encrypted)).toBe(1);
    });

    test.skipIf(name === 'PostgreSQL')('is had by who is let in by no other', async () => {
      engine.sql("create user 'sealed'@'127.0.0.1' require ssl; grant all on shop.* to 'sealed'@'127.0.0.1';");
      const as = (said: string) =>
        openSource({ kind: 'mysql', url: new URL(`${engine.url.replace('root', 'sealed')}?${said}`) });
      await (await as(encrypted)).close();
      await expect(as('')).rejects.toThrow("MySQL: Access denied for user 'sealed'");
    });

    test('reads from whom the file that is named signs for, and from nobody else', async () => {
      expect(await read(verified(server.cert))).toBe(1);
      await expect(read(verified(other.cert))).rejects.toThrow(/^(?:PostgreSQL|MySQL): .*self-signed certificate/);
      await expect(read(verified('/no/such.pem'))).rejects.toThrow(/^(?:PostgreSQL|MySQL): .*\/no\/such.pem/);
    });

    test.each(either)('may also be none: %s', async (said) => {
      expect(await read(said)).toBe(1);
    });

    test('is how it is saved too', () => {
      const stem = join(server.dir, 'saved');
      for (const said of [encrypted, ...(name === 'MySQL' ? [] : [verified(server.cert)])]) {
        const { command, env, path } = planSave(sourceOf(said), stem);
        execFileSync(command[0], command.slice(1), { env: { ...process.env, ...env }, stdio: 'pipe' });
        expect(statSync(path).size).toBeGreaterThan(50_000);
        rmSync(path);
      }
    });
  });
}

test.each([
  ['postgres://h/d?sslmode=yes', 'sslmode is disable, allow, prefer, require, verify-ca, verify-full, and not yes'],
  ['postgres://h/d?sslmode=verify-ca', 'sslmode=verify-ca goes with sslrootcert=PATH'],
  ['mysql://h/d?sslmode=require', 'sslmode is nothing a mysql:// URL has: it can have ssl-mode, ssl-ca'],
  ['mysql://h/d?ssl-mode=yes', 'ssl-mode is DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY, and not yes'],
  ['mysql://h/d?ssl-mode=verify_ca', 'ssl-mode=VERIFY_CA goes with ssl-ca=PATH'],
  ['mysql://h/d?ssl-mode=REQUIRED&ssl-cert=/c', 'ssl-cert and ssl-key go together'],
])('what no server can mean is refused before: %s', (text, error) => {
  expect(parseDataSource(text, '/data')).toEqual({ ok: false, error: expect.stringContaining(error) });
});

test.skipIf(postgres === undefined)('a server that encrypts nothing is told where that is asked for', async () => {
  const engine = await startPostgres(postgres ?? '');
  try {
    const open = (said: string) => openSource({ kind: 'postgres', url: new URL(`${engine.url}?sslmode=${said}`) });
    await expect(open('require')).rejects.toThrow('PostgreSQL: The server does not support SSL connections');
    await (await open('prefer')).close();
  } finally {
    await engine.stop();
  }
});
