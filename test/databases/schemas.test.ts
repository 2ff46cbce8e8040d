import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareSchemas } from '../../src/databases/compare-schemas.js';
import type { Defined, Schema } from '../../src/databases/schema.js';
import { parseDataSource, readSchema } from '../../src/databases/source.js';
import { type Difference, weightOf } from '../../src/journal/difference.js';
import { type Engine, MYSQLS, postgresPrograms, startPostgres, titleOf } from './engines.js';

function compare(fresh: readonly Defined[], upgraded: readonly Defined[]): Difference[] {
  const found: Difference[] = [];
  compareSchemas(fresh, upgraded, (difference) => found.push(difference));
  return found;
}

/** A line each: kind, place, column, detail. */
const lines = (found: readonly Difference[]): string[] =>
  found
    .map(({ kind, at, column, detail }) => [kind, at, column, detail].filter((word) => word !== undefined).join(' '))
    .sort();

const text = fc.string({ maxLength: 12 });
const traits = fc.dictionary(fc.constantFrom('type', 'default', 'state'), fc.string({ minLength: 1, maxLength: 8 }));
const table = fc.record({ kind: fc.constant('table' as const), at: text, traits, looks: traits });
const part = (at: string): fc.Arbitrary<Defined> =>
  fc.oneof(
    fc.record({ kind: fc.constant('column' as const), at: fc.constant(at), column: text, traits, looks: traits }),
    fc.record({
      kind: fc.constantFrom('index' as const, 'constraint' as const),
      at: fc.constant(at),
      does: text,
      traits,
      looks: traits,
    }),
  );
/** Tables with what they consist of, each thing once. */
const schema: fc.Arbitrary<Defined[]> = fc
  .uniqueArray(table, { selector: ({ at }) => at, minLength: 1, maxLength: 4 })
  .chain((tables) =>
    fc
      .tuple(
        ...tables.map(({ at }) =>
          fc.uniqueArray(part(at), {
            selector: (each) => JSON.stringify([each.kind, each.column, each.does]),
            maxLength: 5,
          }),
        ),
      )
      .map((parts): Defined[] => [...tables, ...parts.flat()]),
  );

describe('two schemas', () => {
  test('that have the same in any order are the same', () => {
    fc.assert(
      fc.property(
        schema.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        ([one, other]) => {
          expect(compare(one, other)).toEqual([]);
        },
      ),
    );
  });

  test('of which one lacks a thing differ in that thing alone, and the other way round it is only there', () => {
    fc.assert(
      fc.property(schema, fc.nat(), (all, n) => {
        const gone = all[n % all.length];
        if (gone === undefined) return;
        const rest = all.filter((each) => each !== gone && (gone.kind !== 'table' || each.at !== gone.at));
        const [missing, extra] = [compare(all, rest), compare(rest, all)];
        expect(missing.map(({ kind, at, column }) => [kind, at, column])).toEqual([
          [`${gone.kind}-missing`, gone.at, gone.column],
        ]);
        expect(extra.map(({ kind, at, column }) => [kind, at, column])).toEqual([
          [`${gone.kind}-extra`, gone.at, gone.column],
        ]);
      }),
    );
  });

  test('differ by every trait that is another one, and by nothing else that matters', () => {
    fc.assert(
      fc.property(schema, fc.nat(), fc.boolean(), (all, n, seen) => {
        const one = all[n % all.length];
        if (one === undefined) return;
        const changed: Defined = seen
          ? { ...one, looks: { ...one.looks, name: 'another name' } }
          : { ...one, traits: { ...one.traits, type: 'another type' } };
        const found = compare(
          all,
          all.map((each) => (each === one ? changed : each)),
        );
        expect(found).toHaveLength(1);
        expect(found.map(weightOf)).toEqual([seen ? 'addition' : 'drift']);
        if (!seen)
          expect(found[0]?.detail).toBe(
            `type another type (fresh: ${one.traits?.type?.replaceAll(/\s+/g, ' ') ?? 'none'})`,
          );
      }),
    );
  });

  test('may have two indexes that do the same: each of them counts', () => {
    const index: Defined = { kind: 'index', at: 't', does: 'INDEX (a)' };
    const only: Defined = { kind: 'table', at: 't' };
    expect(lines(compare([only, index, index], [only, index]))).toEqual(['index-missing t INDEX (a)']);
    expect(compare([only, index, index], [only, index, index])).toEqual([]);
  });

  test('may have columns in another order, which only looks different, whatever columns only one has', () => {
    const columns = (...order: string[]): Defined[] => [
      { kind: 'table', at: 't', order },
      ...order.map((column): Defined => ({ kind: 'column', at: 't', column })),
    ];
    expect(lines(compare(columns('a', 'b', 'c'), columns('a', 'x', 'c', 'b')))).toEqual([
      'column-extra t x',
      'looks-differ others',
    ]);
    expect(lines(compare(columns('a', 'b', 'c'), columns('a', 'c')))).toEqual(['column-missing t b']);
  });
});

async function schemaOf(url: string): Promise<Schema> {
  const source = parseDataSource(url, '/');
  if (!source.ok || source.value.kind === 'resource') throw new Error(`no source: ${url}`);
  const read = await readSchema(source.value);
  if (read === undefined) throw new Error('it has no schema');
  return read;
}

describe.skipIf(postgresPrograms() === undefined)('two databases of PostgreSQL', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startPostgres(postgresPrograms() ?? '');
  }, 60_000);
  afterAll(async () => {
    await engine?.stop();
  });

  const SHOP = `
    create type mood as enum ('good', 'bad');
    create table customers (id int generated by default as identity primary key, name text not null unique);
    create table orders (id serial primary key, customer int not null references customers, note text default 'none',
      total numeric(10, 2) not null default 0 check (total >= 0), made timestamptz default now(), mood mood);
    create index on orders (customer, made desc) where note is not null;
    create view big as select * from orders where total > 100;
    create function double(n int) returns int language sql immutable as 'select 2 * n';
    create function stamp() returns trigger language plpgsql as 'begin new.made := now(); return new; end';
    create trigger stamped before update on orders for each row execute function stamp();
    create sequence tickets;
    create sequence codes;
    create table letters (code text primary key default 'l' || nextval('codes'));
    insert into letters default values;
    insert into customers (name) values ('ann');
    insert into orders (customer) values (1), (1);`;

  async function differences(fresh: string, upgraded: string): Promise<Difference[]> {
    const names = ['fresh', 'upgraded'];
    for (const [at, statements] of [fresh, upgraded].entries()) {
      engine.sql(`drop database if exists ${names[at]};\n`);
      engine.sql(`create database ${names[at]};\n\\connect ${names[at]}\n${statements}`);
    }
    const [one, two] = await Promise.all(names.map((name) => schemaOf(engine.url.replace(/postgres$/, name))));
    expect(one?.identity).not.toBe(two?.identity);
    return compare(one?.defined ?? [], two?.defined ?? []);
  }

  test('that were made alike are the same, and each is itself', async () => {
    expect(await differences(SHOP, SHOP)).toEqual([]);
    const [one, two] = [await schemaOf(engine.url), await schemaOf(engine.url)];
    expect(one.identity).toMatch(/^\d+ \d+$/);
    expect(one.identity).toBe(two.identity);
  });

  const PLANTED: readonly (readonly [what: string, statements: string, expected: RegExp])[] = [
    [
      'a lost index',
      'drop index orders_customer_made_idx',
      /^index-missing public.orders CREATE INDEX ON public.orders/,
    ],
    [
      'a changed default',
      "alter table orders alter note set default ''",
      /^column-differs public.orders note default ''::text \(fresh: 'none'::text\)$/,
    ],
    [
      'a wider type',
      'drop view big; alter table orders alter total type numeric(12, 2); create view big as select * from orders where total > 100',
      /^column-differs public.orders total type numeric\(12,2\) \(fresh: numeric\(10,2\)\)$/,
    ],
    [
      'a column that may be NULL',
      'alter table orders alter customer drop not null',
      /^column-differs public.orders customer nullable yes \(fresh: no\)$/,
    ],
    [
      'a lost check',
      'alter table orders drop constraint orders_total_check',
      /^constraint-missing public.orders CHECK/,
    ],
    [
      'a check that what was there need not pass',
      'alter table orders drop constraint orders_total_check; alter table orders add check (total >= 0) not valid',
      /^constraint-differs public.orders state not validated \(fresh: none\)$/,
    ],
    [
      'a lost foreign key',
      'alter table orders drop constraint orders_customer_fkey',
      /^constraint-missing public.orders FOREIGN KEY/,
    ],
    [
      'a unique constraint that is only an index',
      'alter table customers drop constraint customers_name_key; create unique index on customers (name)',
      /^index-missing public.customers UNIQUE \(name\)$/,
    ],
    ['a lost trigger', 'drop trigger stamped on orders', /^trigger-missing public.orders CREATE TRIGGER BEFORE UPDATE/],
    [
      'a disabled trigger',
      'alter table orders disable trigger stamped',
      /^trigger-differs public.orders state disabled/,
    ],
    [
      'a lost value of a type',
      "alter type mood rename value 'bad' to 'ill'",
      /^type-differs public.mood values good, ill \(fresh: good, bad\)$/,
    ],
    [
      'another view',
      'create or replace view big as select * from orders where total > 99',
      /^view-differs public.big selects /,
    ],
    [
      'another function',
      "create or replace function double(n int) returns int language sql immutable as 'select n + n'",
      /^function-differs public.double\(n integer\) body/,
    ],
    [
      'a sequence behind its column',
      'insert into orders (id, customer) values (77, 1)',
      /^sequence-differs public.orders id next 3, and its column holds 77 already \(fresh: above what its column holds\)$/,
    ],
    ['a lost table', 'drop table orders cascade', /^table-missing public.orders$/],
  ];

  // Each in a schema of its own, so that two databases do for all.
  test('show what was planted', async () => {
    const make = (with_: boolean): string =>
      PLANTED.map(
        ([, statements], at) => `create schema s${at}; set search_path = s${at};${SHOP};${with_ ? statements : ''};`,
      ).join('\n');
    const found = lines((await differences(make(false), make(true))).filter((each) => weightOf(each) === 'drift'));
    for (const [at, [what, , expected]] of PLANTED.entries()) {
      const own = found
        .filter((line) => line.includes(` s${at}.`))
        .map((line) => line.replaceAll(`s${at}.`, 'public.'));
      expect(own, what).toContainEqual(expect.stringMatching(expected));
    }
  });

  test('tell what changes nothing apart', async () => {
    const found = await differences(
      SHOP,
      `${SHOP};
       alter index orders_customer_made_idx rename to by_customer;
       alter table orders rename constraint orders_total_check to positive;
       alter sequence orders_id_seq rename to numbers;
       comment on table orders is 'what people want'; comment on column orders.note is 'free text';
       alter table orders add constraint again check (true); alter table orders drop constraint again;
       create table left_behind (a int primary key, b text)`,
    );
    expect(found.filter((each) => weightOf(each) !== 'addition')).toEqual([]);
    expect(lines(found)).toEqual(['looks-differ others', 'table-extra public.left_behind']);
    expect(found.find(({ kind }) => kind === 'looks-differ')?.count).toBe(5);
  });
});

for (const { name, start } of MYSQLS)
  describe.skipIf(start === undefined)(`two databases of ${titleOf(name, start)}`, () => {
    let engine: Engine;
    beforeAll(async () => {
      if (start !== undefined) engine = await start();
    }, 60_000);
    afterAll(async () => {
      await engine?.stop();
    });

    const SHOP = `
    create table customers (id int auto_increment primary key, name varchar(40) not null, unique (name));
    create table orders (id int auto_increment primary key, customer int not null, note varchar(80) default 'none',
      total decimal(10, 2) not null default 0, foreign key (customer) references customers (id), constraint positive check (total >= 0),
      key by_total (total));
    create table notes (a int) engine=InnoDB;
    create view big as select id, total from orders where total > 100;
    create trigger tidy before insert on orders for each row set new.note = trim(new.note);
    create function doubled(n int) returns int deterministic return 2 * n;`;

    async function differences(fresh: string, upgraded: string): Promise<Difference[]> {
      const names = ['fresh', 'upgraded'];
      for (const [at, statements] of [fresh, upgraded].entries()) {
        engine.sql(
          `drop database if exists ${names[at]}; create database ${names[at]}; use ${names[at]}; ${statements};`,
        );
      }
      const [one, two] = await Promise.all(names.map((name) => schemaOf(engine.url.replace(/shop$/, name))));
      expect(one?.identity).not.toBe(two?.identity);
      return compare(one?.defined ?? [], two?.defined ?? []);
    }

    test('that were made alike are the same, whatever they are called', async () => {
      expect(await differences(SHOP, SHOP)).toEqual([]);
    });

    test.each([
      ['a lost index', 'alter table orders drop key by_total', /^index-missing orders INDEX \(total\)$/],
      [
        'a changed default',
        "alter table orders alter note set default ''",
        /^column-differs orders note default '' \(fresh: 'none'\)$/,
      ],
      [
        'a wider type',
        'alter table orders modify total decimal(12, 2) not null default 0',
        /^column-differs orders total type decimal\(12,2\)/,
      ],
      [
        'a lost foreign key',
        'alter table orders drop foreign key orders_ibfk_1',
        /^constraint-missing orders FOREIGN KEY/,
      ],
      ['a lost check', 'alter table orders drop constraint positive', /^constraint-missing orders CHECK/],
      ['a table too many', 'create table plain (a int)', /^table-extra plain$/],
      ['another engine', 'alter table notes engine=MyISAM', /^table-differs notes engine MyISAM \(fresh: InnoDB\)/],
      [
        'another collation',
        'alter table customers modify name varchar(40) collate utf8mb4_bin not null',
        /^column-differs customers name collation utf8mb4_bin/,
      ],
      ['a lost trigger', 'drop trigger tidy', /^trigger-missing orders BEFORE INSERT/],
      [
        'another function',
        'drop function doubled; create function doubled(n int) returns int deterministic return n + n',
        /^function-differs doubled \(function\) body/,
      ],
    ])('show %s', async (_, statements, expected) => {
      const found = await differences(SHOP, `${SHOP} ${statements}`);
      expect(lines(found)).toContainEqual(expect.stringMatching(expected));
    });
  });
