import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compareDirectories } from '../../src/databases/compare-directories.js';
import { type OpenSource, openSource, readSchema } from '../../src/databases/source.js';
import { type Engine, MYSQLS, postgresPrograms, startPostgres, titleOf } from './engines.js';
import { compare, keep } from './kept.js';

const never = new AbortController().signal;
let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'grenade-odd-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

describe('a directory', () => {
  /** A name that is no UTF-8, and as people are told it. */
  const odd = (name: string): Buffer => Buffer.from(`${top}/files/${name}`, 'latin1');

  test('of pipes, sockets, links in circles and names that are no text is told file by file', async () => {
    const root = join(top, 'files');
    mkdirSync(root);
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket'), resolve));
    for (const [from, to] of [
      ['.', 'here'],
      ['two', 'one'],
      ['one', 'two'],
      ['nowhere', 'dangling'],
    ] as const) {
      symlinkSync(from, join(root, to));
    }
    for (const name of ['caf\xe9', 'na\xefve', 'd\xe9j\xe0\\xe9']) writeFileSync(odd(name), name);
    mkdirSync(odd('\xff dir'));
    writeFileSync(odd('\xff dir/inside'), 'inside');
    const source = { kind: 'directory', path: root } as const;
    try {
      await keep(source, top);
      expect((await compare(source, top)).lines).toEqual([]);
      writeFileSync(odd('caf\xe9'), 'other');
      renameSync(odd('na\xefve'), odd('na\xeff'));
      rmSync(odd('d\xe9j\xe0\\xe9'));
      rmSync(odd('\xff dir/inside'));
      rmSync(join(root, 'pipe'));
      expect((await compare(source, top)).lines).toEqual([
        'files-changed caf\\xe9 1 content, 5 bytes → 5 bytes',
        'files-gone \\xff dir/inside 1 6 bytes',
        'files-gone d\\xe9j\\xe0\\xe9 1 10 bytes',
        'files-gone pipe 1 a other',
        'files-moved na\\xefve 1 → na\\xeff',
        'files-new \\xff dir 1 a directory',
      ]);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });

  test('of such names can be held beside another', async () => {
    const found: string[] = [];
    for (const [side, text] of [
      ['fresh', 'a = 1'],
      ['here', 'a = 2'],
    ] as const) {
      mkdirSync(join(top, side));
      writeFileSync(Buffer.from(`${top}/${side}/caf\xe9.conf`, 'latin1'), text);
    }
    const side = (name: string) => ({ root: join(top, name), plain: (text: string) => text });
    await compareDirectories(side('fresh'), side('here'), { wanted: () => true, stop: never }, ({ kind, at }) =>
      found.push(`${kind} ${at}`),
    );
    expect(found).toEqual(['file-differs caf\\xe9.conf']);
  });

  test('of files that shrink and go while they are read is what they were by then', async () => {
    const root = join(top, 'files');
    mkdirSync(root);
    for (const name of ['a', 'b', 'c']) writeFileSync(join(root, name), Buffer.alloc(2_000_000, name));
    const reader = await openSource({ kind: 'directory', path: root });
    const rows: string[] = [];
    for await (const { bytes } of reader.rows('files', [])) {
      rows.push(bytes.toString());
      if (rows.length === 1) {
        truncateSync(join(root, 'b'), 10);
        rmSync(join(root, 'c'));
      }
    }
    expect(rows.map((row) => JSON.parse(row)[2])).toEqual(['a', 'b']);
  });

  test('that is none, or that nobody may read, is a clear word', async () => {
    writeFileSync(join(top, 'file'), '');
    for (const [path, words] of [
      ['file', 'not a directory'],
      ['none', 'no such file or directory'],
    ] as const) {
      await expect(openSource({ kind: 'directory', path: join(top, path) })).rejects.toThrow(words);
    }
  });
});

const bin = postgresPrograms();
const ENGINES = [
  { name: 'PostgreSQL', start: bin === undefined ? undefined : () => startPostgres(bin), quote: '"' },
  ...MYSQLS.map(({ name, start }) => ({ name, start: start && (() => start()), quote: '`' })),
];
for (const { name, start, quote } of ENGINES) {
  describe.skipIf(start === undefined)(`a database of ${titleOf(name, start)}`, () => {
    let engine: Engine;
    const postgres = name === 'PostgreSQL';
    beforeAll(async () => {
      engine = (await start?.()) ?? engine;
    }, 60_000);
    afterAll(() => engine?.stop());
    const q = (text: string): string => quote + text.replaceAll(quote, quote + quote) + quote;
    /** A database with such a name, made and filled. */
    const made = (database: string, statements: string): OpenSource => {
      engine.sql(`create database ${q(database)};\n`);
      engine.sql(postgres ? `\\connect ${q(database)}\n${statements}` : `use ${q(database)};\n${statements}`);
      const url = new URL(engine.url);
      url.pathname = `/${encodeURIComponent(database)}`;
      return { kind: postgres ? 'postgres' : 'mysql', url };
    };

    test('with no table, and tables with no row, are as they were', async () => {
      const source = made('empty', '');
      await keep(source, top);
      expect((await compare(source, top)).lines).toEqual([]);
      expect((await readSchema(source))?.defined.filter(({ kind }) => kind === 'table')).toEqual([]);
      const rowless = made(
        'rowless',
        `create table t (id int primary key, a text); ${postgres ? 'create table n ();' : ''}`,
      );
      await keep(rowless, top);
      expect((await compare(rowless, top)).lines).toEqual([]);
    });

    test('of names with quotes, spaces, dots and letters of any kind is read by them', async () => {
      const odd = `o'dd "näme" \`x\` ${postgres ? '/%' : '%'}`;
      const [table, column] = [q(`tä.ble "1" \``), q(`c ol'umn "ü" \``)];
      const source = made(
        odd,
        `create table ${table} (${column} int primary key, ${q('select')} varchar(20));
         insert into ${table} values (1, 'one'), (2, 'two'); create index ${q("by 'it'")} on ${table} (${q('select')});`,
      );
      await keep(source, top);
      expect((await compare(source, top)).lines).toEqual([]);
      await readSchema(source);
      engine.sql(
        `${postgres ? `\\connect ${q(odd)}\n` : `use ${q(odd)};\n`}delete from ${table} where ${column} = 2; update ${table} set ${q('select')} = 'eins';`,
      );
      expect((await compare(source, top)).lines).toEqual([
        expect.stringMatching(/^rows-changed .*tä.ble .* select 1$/),
        expect.stringMatching(/^rows-gone .*tä.ble .* 1$/),
      ]);
    });

    test('with partitions is read as its tables are', async () => {
      const source = made(
        'parts',
        postgres
          ? `create table p (id int, v text, primary key (id)) partition by range (id);
             create table p1 partition of p for values from (0) to (10); create table p2 partition of p default;
             insert into p values (1, 'a'), (100, 'b');`
          : `create table p (id int primary key, v text) partition by range (id)
               (partition p1 values less than (10), partition p2 values less than maxvalue);
             insert into p values (1, 'a'), (100, 'b');`,
      );
      await keep(source, top);
      expect((await compare(source, top)).lines).toEqual([]);
      engine.sql(`${postgres ? '\\connect parts\n' : 'use parts;\n'}delete from p where id = 100;`);
      expect((await compare(source, top)).lines).toEqual([`rows-gone ${postgres ? 'public.' : ''}p 1`]);
    });

    test('with values of many megabytes is read in little memory', async () => {
      const source = made(
        'large',
        postgres
          ? "create table b (id int primary key, v text, w bytea, j jsonb); insert into b select 1, repeat('x', 150000000), convert_to(repeat('y', 100000000), 'utf8'), to_jsonb(repeat('z', 30000000));"
          : "create table b (id int primary key, v longtext, w longblob); insert into b values (1, repeat('x', 12000000), repeat('y', 12000000));",
      );
      await keep(source, top);
      expect((await compare(source, top)).lines).toEqual([]);
      engine.sql(`${postgres ? '\\connect large\n' : 'use large;\n'}update b set v = concat(v, 'y');`, 60_000);
      expect((await compare(source, top)).lines).toEqual([`rows-changed ${postgres ? 'public.' : ''}b v 1`]);
    }, 60_000);
  });
}

test.skipIf(bin === undefined)(
  'two tables of PostgreSQL whose names look alike are two',
  async () => {
    const engine = await startPostgres(bin ?? '');
    try {
      engine.sql(`create schema "a.b"; create schema a; create table "a.b".c (id int primary key);
      create table a."b.c" (id int primary key); insert into "a.b".c values (1); insert into a."b.c" values (1);`);
      const source = { kind: 'postgres', url: new URL(engine.url) } as const;
      await keep(source, top);
      engine.sql('delete from "a.b".c;');
      expect((await compare(source, top)).lines).toEqual(['rows-gone "a.b".c 1']);
      engine.sql('insert into "a.b".c values (1); delete from a."b.c";');
      expect((await compare(source, top)).lines).toEqual(['rows-gone a."b.c" 1']);
    } finally {
      await engine.stop();
    }
  },
  60_000,
);
