import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OpenSource, openSource, readSchema } from '../../src/databases/source.js';
import { type Engine, MYSQLS, titleOf } from './engines.js';
import { compare, keep } from './kept.js';

const _never = new AbortController().signal;
let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'grenade-mysql-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

for (const { name, start } of MYSQLS) {
  describe.skipIf(start === undefined)(`what only a database of this family has: ${titleOf(name, start)}`, () => {
    let engine: Engine;
    let source: OpenSource;
    beforeAll(async () => {
      if (start === undefined) return;
      engine = await start();
      source = { kind: 'mysql', url: new URL(engine.url) };
    }, 60_000);
    afterAll(() => engine?.stop());
    afterEach(() => engine.sql('drop table if exists things, plain; drop view if exists seen;'));

    /** Two rows with every kind of type. */
    const THINGS = `create table things (id bigint unsigned auto_increment primary key, doc json, flags bit(10) default b'101',
        mood enum('good', 'bad') default 'good', tags set('a', 'b', 'c'), f float, d double, n decimal(30, 10) default 0.5,
        day date default '2026-01-01', at datetime(6), stamp timestamp(3) default current_timestamp(3), t time(2), y year default 2020,
        bin binary(4), vb varbinary(20), big longblob, place point, word varchar(20) collate utf8mb4_bin default '',
        twice decimal(32, 10) as (n * 2) stored, shown int as (year(day) + 1) virtual, hidden int default 7 invisible);
      insert into things (doc, tags, f, d, n, at, t, bin, vb, big, place, word)
        values ('{"b": 1, "a": [null, true, "ü"]}', 'a,c', 0.1, 1e300, 12345678901234567890.0123456789, '2026-01-02 03:04:05.678901',
          '-12:34:56.78', x'00ff', x'fffe00', repeat('x', 100000), point(1, 2), 'Ünal'),
        (null, null, null, null, null, null, null, null, null, null, null, null);`;

    test('is the same as long as nobody touches it', async () => {
      engine.sql(`${THINGS} create view seen as select id, word from things;`);
      await keep(source, top);
      expect((await compare(source, top)).lines).toEqual([]);
    });

    test('differs by every value that is another one', async () => {
      engine.sql(THINGS);
      await keep(source, top);
      engine.sql(`update things set doc = json_set(doc, '$.b', 2), flags = b'111', mood = 'bad', tags = 'a', f = 0.2, d = 2e300,
        n = 12345678901234567890.0123456790, at = '2026-01-02 03:04:05.678902', t = '-12:34:56.79', bin = x'00fe',
        vb = x'fffe', big = concat(repeat('x', 99999), 'y'), place = point(1, 3), word = 'ünal', hidden = 8 where id = 1;`);
      const columns = ['at', 'big', 'bin', 'd', 'doc', 'f', 'flags', 'hidden', 'mood', 'n', 'place', 't', 'tags'];
      expect((await compare(source, top)).lines).toEqual(
        [...columns, 'twice', 'vb', 'word'].map((column) => `rows-changed things ${column} 1`),
      );
    });

    test('has defaults that are texts, numbers, expressions, empty, or none', async () => {
      engine.sql(`create table plain (a varchar(9) default '', b varchar(9), c int default 1, d varchar(9) default 'x',
        e datetime default current_timestamp, f varchar(40) default (concat('x', 'y')));`);
      await keep(source, top);
      const before = await readSchema(source);
      const said = (column: string): string | undefined =>
        before?.defined.find((each) => each.column === column)?.traits?.default;
      expect(['a', 'b', 'c', 'd'].map(said)).toEqual(["''", undefined, '1', "'x'"]);
      expect([said('e')?.toLowerCase(), said('f')]).toEqual([
        expect.stringMatching(/^current_timestamp/),
        expect.stringMatching(/^concat\(/),
      ]);
      engine.sql("alter table plain alter a drop default, alter b set default '', alter c set default 2;");
      expect((await compare(source, top)).lines).toEqual([
        "column-changed plain a 1 default '' → NULL",
        "column-changed plain b 1 default NULL → ''",
        'column-changed plain c 1 default 1 → 2',
      ]);
    });

    test.runIf(name === 'MySQL')('has indexes over expressions, told by what they are over', async () => {
      engine.sql(
        'create table plain (a int not null, b varchar(20), unique key u ((a + 1))); insert into plain values (1, 2);',
      );
      await keep(source, top);
      engine.sql('alter table plain drop key u, add unique key u ((a + 2));');
      expect((await compare(source, top)).lines).toEqual([
        expect.stringMatching(/^index-gone plain 1 UNIQUE INDEX \(\(.*1.*\)\)$/),
        expect.stringMatching(/^index-new plain 1 UNIQUE INDEX \(\(.*2.*\)\)$/),
      ]);
    });

    test('lets in who has a password, by whatever means it is asked for', async () => {
      const how = name === 'MySQL' ? 'identified with caching_sha2_password by' : 'identified by';
      engine.sql(`create user 'reader'@'127.0.0.1' ${how} 'p@ss wörd'; grant all on shop.* to 'reader'@'127.0.0.1';
        create table plain (a int primary key); insert into plain values (1);`);
      const url = new URL(engine.url);
      url.username = 'reader';
      url.password = encodeURIComponent('p@ss wörd');
      await keep({ kind: 'mysql', url }, top);
      engine.sql('delete from plain;');
      expect((await compare({ kind: 'mysql', url }, top)).lines).toEqual(['rows-gone plain 1']);
      url.password = 'wrong';
      await expect(openSource({ kind: 'mysql', url })).rejects.toThrow(/MySQL: Access denied for user 'reader'/);
    });
  });
}
