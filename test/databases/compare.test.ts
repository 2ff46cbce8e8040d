import { chmodSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type OpenSource, openSource, parseDataSource } from '../../src/databases/source.js';
import { type Engine, MYSQLS, postgresPrograms, startPostgres, titleOf } from './engines.js';
import { compare, keep } from './kept.js';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'grenade-compare-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const _never = new AbortController().signal;

describe('a directory', () => {
  let root: string;
  beforeEach(() => {
    root = join(top, 'files');
    for (const [path, text] of Object.entries({
      'a/one.txt': 'first',
      'a/two.txt': 'second',
      'b/three.bin': 'third',
      'b/meta': '{"contentType":"text/plain","colour":"green","owner":"ann"}',
    })) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    cpSync(root, join(top, 'copy'), { recursive: true });
  });

  test('that nobody touched is as it was', async () => {
    await keep({ kind: 'directory', path: root }, top);
    expect((await compare({ kind: 'directory', path: root }, top)).lines).toEqual([]);
  });

  test('tells what is gone, changed, new, moved and rewritten', async () => {
    await keep({ kind: 'directory', path: root }, top);
    rmSync(join(root, 'a/one.txt'));
    chmodSync(join(root, 'a/two.txt'), 0o600);
    renameSync(join(root, 'b/three.bin'), join(root, 'b/third.moved'));
    rmSync(join(root, 'b/meta'));
    writeFileSync(join(root, 'b/meta.json'), '{"content-type":"text/plain","x-colour":"green","x-owner":"ann"}');
    mkdirSync(join(root, 'c'));
    expect((await compare({ kind: 'directory', path: root }, top)).lines).toEqual([
      'files-changed a/two.txt 1 mode 644 → 600',
      'files-gone a/one.txt 1 5 bytes',
      'files-moved b/three.bin 1 → b/third.moved',
      'files-new c 1 a directory',
      'files-rewritten b/meta 1 → b/meta.json',
    ]);
  });
});

/** What both engines must tell alike; `t` is what a table is called. */
const SHOP = `
  create table orders (id int primary key, customer int not null, status varchar(20) default 'new', pin varchar(20),
                       note text, placed timestamp null);
  create table log (line varchar(100));
  create table settings (name varchar(40) primary key, value varchar(40));
  create table sessions (id int primary key, seen int);
  insert into orders values (1, 7, 'paid', '1111', 'it''s a "note", (with) all', '2026-01-01 10:00:00'),
    (2, 8, null, '2222', '', null), (3, 9, 'sent', '3333', 'sesame', null), (4, 9, 'sent', '4444', 'four', null);
  insert into log values ('one'), ('one'), ('two'), (null);
  insert into settings values ('colour', 'green'), ('size', 'large');
  insert into sessions values (1, 5);`;

const engines: { name: string; start: (() => Promise<Engine>) | undefined; table: (name: string) => string }[] = [
  {
    name: 'PostgreSQL',
    start: ((bin) => (bin === undefined ? undefined : () => startPostgres(bin)))(postgresPrograms()),
    table: (name) => `public.${name}`,
  },
  ...MYSQLS.map((each) => ({ ...each, table: (name: string) => name })),
];

for (const { name, start, table } of engines) {
  describe.skipIf(start === undefined)(titleOf(name, start), () => {
    let engine: Engine;
    let source: OpenSource;
    beforeAll(async () => {
      if (start === undefined) return;
      engine = await start();
      const parsed = parseDataSource(engine.url, '/data');
      if (!parsed.ok || parsed.value.kind === 'resource') throw new Error('no source');
      source = parsed.value;
    }, 60_000);
    afterAll(() => engine?.stop());
    beforeEach(() => engine.sql(SHOP));
    afterEach(() => engine.sql('drop table if exists orders, log, settings, sessions, options;'));

    test('finds nothing where nothing changed, whatever the values', async () => {
      await keep(source, top);
      expect((await compare(source, top)).lines).toEqual([]);
    });

    test('tells rows that are gone, changed, new, and known by another key', async () => {
      await keep(source, top);
      engine.sql(`delete from orders where id = 1; update orders set status = 'lost', pin = '9999' where id = 2;
        update orders set id = 40 where id = 4; insert into orders (id, customer) values (5, 1);
        delete from log where line = 'two'; insert into log values ('one');`);
      const { lines, found } = await compare(source, top);
      expect(lines).toEqual([
        `rows-changed ${table('orders')} pin 1`,
        `rows-changed ${table('orders')} status 1`,
        `rows-gone ${table('log')} 1`,
        `rows-gone ${table('orders')} 1`,
        `rows-new ${table('log')} 1`,
        `rows-new ${table('orders')} 1`,
        `rows-rekeyed ${table('orders')} 1`,
      ]);
      const examples = found.flatMap((each) => each.examples);
      expect(examples).toContain('id 2: NULL → lost');
      expect(examples).toContain('id 2: *** → ***');
      expect(examples.join()).not.toMatch(/2222|9999|4444|sesame/);
      expect(examples.find((each) => each.startsWith('id 4 → id 40'))).toBeDefined();
    });

    test('says what the engine says when a table cannot be read, and leaves nothing behind', async () => {
      const reader = await openSource(source);
      engine.sql('alter table sessions drop column seen;');
      const rows = async (): Promise<void> => {
        for await (const _ of reader.rows(table('sessions'), ['id', 'seen']));
      };
      await expect(rows().finally(() => reader.close())).rejects.toThrow(/reading \S*sessions: .*seen/);
      // Whoever stops reading in the middle keeps no lock: the table can be dropped.
      engine.sql(`create table options (id int primary key, content varchar(1000));
          insert into options values (1, repeat('x', 1000));
          ${Array.from({ length: 14 }, (_, at) => `insert into options select id + ${2 ** at}, content from options;`).join('\n')}`);
      const other = await openSource(source);
      for await (const _ of other.rows(table('options'), ['id', 'content'])) break;
      await other.close();
      engine.sql('drop table options;');
    });

    test('takes no row for one that is gone only because it says as little', async () => {
      engine.sql(`create table options (id int primary key, flag varchar(9), about varchar(40));
          insert into options values (1, 'on', null), (2, 'on', null), (3, 'off', null), (4, 'off', null), (5, null, null),
            (6, 'on', 'the only one'), (7, 'on', 'one of two'), (8, 'on', 'one of two'), (9, 'on', 'two'), (10, 'on', 'two');`);
      await keep(source, top);
      engine.sql(`delete from options where id in (1, 5, 6, 7, 8, 9, 10);
          insert into options values (11, 'on', null), (15, null, null), (16, 'on', 'the only one'),
            (17, 'on', 'one of two'), (19, 'on', 'two'), (20, 'on', 'two');`);
      const { lines, found } = await compare(source, top);
      // Known again: 6, 9 and 10. Not: 1, for 2 has the same; 5, which says nothing; 7 and 8, of which one is lost.
      expect(lines).toEqual([
        `rows-gone ${table('options')} 4`,
        `rows-new ${table('options')} 3`,
        `rows-rekeyed ${table('options')} 3`,
      ]);
      expect(found.flatMap(({ kind, examples }) => (kind === 'rows-rekeyed' ? examples : [])).join()).toContain(
        'id 6 → id 16',
      );
    });

    test('tells values that are long, hold what separates values, or are no text', async () => {
      const bytes = name !== 'PostgreSQL' ? 'blob' : 'bytea';
      const hex = (digits: string): string => (name !== 'PostgreSQL' ? `x'${digits}'` : `'\\x${digits}'`);
      engine.sql(`create table options (id int primary key, content text, bytes ${bytes}, sort varchar(40) not null);
          insert into options values (1, repeat('long ', 4000), ${hex('00ff0afe')}, 'as it was'),
            (2, '\\\\N', ${hex('0a')}, 'NULL'), (3, null, null, ''), (4, 'a\tb\nc,"d" \\\\', ${hex('fb')}, 'Ünal'),
            (5, repeat('long ', 4000), ${hex('ff'.repeat(9000))}, 'as it was');`);
      await keep(source, top);
      expect((await compare(source, top)).lines).toEqual([]);
      engine.sql(`update options set bytes = ${hex('00ff0aff')} where id = 1; update options set sort = 'Ärger' where id = 4;
          update options set content = concat(repeat('long ', 3999), 'Long ') where id = 5;
          update options set content = null where id = 2;`);
      const { lines, found } = await compare(source, top);
      expect(lines).toEqual([
        `rows-changed ${table('options')} bytes 1`,
        `rows-changed ${table('options')} content 2`,
        `rows-changed ${table('options')} sort 1`,
      ]);
      const examples = found.flatMap((each) => each.examples).join('\n');
      expect(examples).toMatch(/id 1: (?:0x|\\x)00ff0afe → (?:0x|\\x)00ff0aff/);
      expect(examples).toContain('id 4: Ünal → Ärger');
      expect(examples).toMatch(/id 5: <20000 bytes, (?:md5|sha256) \w+\.\.\. → <20000 bytes, (?:md5|sha256) \w+/);
      expect(examples).toMatch(/id 2: \\+N → NULL/);
    });

    test('takes no value for another one that only a new type writes in other letters', async () => {
      const postgres = name === 'PostgreSQL';
      engine.sql(`create table options (id int primary key, price numeric(6, 2), flag boolean, seen timestamp null, number int);
        insert into options values (1, 1.50, true, '2026-01-01 10:00:00', 7), (2, 2.25, false, '2026-01-02 10:00:00', 8);`);
      await keep(source, top);
      const types = [
        ['price', 'numeric(9, 4)', 'price'],
        ['flag', postgres ? 'int' : 'varchar(5)', 'flag::int'],
        ['seen', postgres ? 'timestamptz' : 'datetime', "seen at time zone 'UTC'"],
        ['number', 'varchar(9)', 'number'],
      ].map(([column, type, using]) =>
        postgres ? `alter ${column} type ${type} using ${using}` : `modify ${column} ${type}`,
      );
      engine.sql(`alter table options ${types.join(', ')};`);
      const changed = (lines: readonly string[]): string[] =>
        lines.filter((line) => !line.startsWith('column-changed'));
      expect(changed((await compare(source, top)).lines)).toEqual([]);
      engine.sql(`update options set price = 2.2501, number = '08', seen = '2026-01-02 10:00:01' where id = 2;
        update options set flag = 0 where id = 1;`);
      // A number is a number, however many zeros it is written with.
      expect(changed((await compare(source, top)).lines)).toEqual(
        ['flag', 'price', 'seen'].map((column) => `rows-changed ${table('options')} ${column} 1`),
      );
    });

    test('reads a view where a table was, and says so', async () => {
      await keep(source, top);
      engine.sql(`alter table sessions rename to options; create view sessions as select id, seen from options;
        update options set seen = 6;`);
      try {
        expect((await compare(source, top)).lines).toEqual([
          `rows-changed ${table('sessions')} seen 1`,
          `table-changed ${table('sessions')} 1 a table → a view`,
          `table-new ${table('options')} 1`,
        ]);
      } finally {
        engine.sql('drop view sessions;');
      }
    });

    test('reads the same whatever the server takes for its time and its place', async () => {
      const postgres = name === 'PostgreSQL';
      engine.sql(`create table options (id int primary key, at ${postgres ? 'timestamptz' : 'timestamp'}, day date);
        insert into options values (1, '2026-01-01 10:00:00', '2026-02-01');`);
      await keep(source, top);
      const elsewhere = (zone: string, style: string): string =>
        postgres
          ? `alter database postgres set timezone = '${zone}'; alter database postgres set datestyle = '${style}';`
          : `set global time_zone = '${zone === 'UTC' ? '+00:00' : '+09:00'}';`;
      engine.sql(elsewhere('Asia/Tokyo', 'German, DMY'));
      try {
        expect((await compare(source, top)).lines).toEqual([]);
      } finally {
        engine.sql(elsewhere('UTC', 'ISO, MDY'));
      }
    });

    test.runIf(name === 'PostgreSQL')('reads nothing of a table whose policies hide rows from it', async () => {
      engine.sql(`create role clerk login; grant select on all tables in schema public to clerk;
        alter table orders enable row level security; create policy own on orders using (customer = 7);`);
      const url = new URL(engine.url);
      url.username = 'clerk';
      await expect(keep({ kind: 'postgres', url }, top)).rejects.toThrow(
        /^PostgreSQL, reading public.orders: .*row-level security/,
      );
      engine.sql('drop owned by clerk; drop role clerk;');
    });

    test('tells tables, columns, defaults and indexes', async () => {
      engine.sql('create index by_customer on orders (customer); alter table settings add extra int;');
      await keep(source, top);
      engine.sql(`drop table sessions; create table options (id int primary key);
        alter table orders alter column status set default 'open'; alter table orders drop column note;
        drop index by_customer${name !== 'PostgreSQL' ? ' on orders' : ''};
        alter table settings ${name !== 'PostgreSQL' ? 'change value content varchar(40)' : 'rename value to content'};
        alter table settings drop column extra;`);
      const quote =
        name !== 'PostgreSQL' ? ["'new'", "'open'"] : ["'new'::character varying", "'open'::character varying"];
      const index = name !== 'PostgreSQL' ? 'INDEX (customer)' : 'CREATE INDEX ON public.orders USING btree (customer)';
      expect((await compare(source, top)).lines).toEqual([
        `column-changed ${table('orders')} status 1 default ${quote[0]} → ${quote[1]}`,
        `column-gone ${table('orders')} note 4`,
        `column-gone ${table('settings')} extra 0`,
        `column-renamed ${table('settings')} value 2 value → content`,
        `index-gone ${table('orders')} 1 ${index}`,
        `table-gone ${table('sessions')} 1`,
        `table-new ${table('options')} 1`,
      ]);
    });
  });
}
