import { unescapeCopy } from './lines.js';
import {
  BUCKET,
  type Cell,
  type Column,
  DIGEST,
  LONGEST_VALUE,
  type Reader,
  type RowsWanted,
  SourceError,
  type Sums,
  type Table,
} from './reader.js';
import type { Save } from './save.js';

/** One database by `pg_dump`; its password goes through the environment, where `ps` does not show it. */
export function postgresDump(url: URL, path: string): Save {
  const bare = new URL(url);
  bare.password = '';
  bare.searchParams.delete('password');
  const password = url.searchParams.get('password') ?? decodeURIComponent(url.password);
  return {
    command: ['pg_dump', `--dbname=${bare.href}`, `--file=${path}`, '--no-password'],
    env: password === '' ? {} : { PGPASSWORD: password },
    path,
  };
}

/**
 * How values become text, the same in every session and release; what must never end or hide anything; and how sums
 * are made, of which the planner cannot know that they have few groups.
 */
const SESSION = `
  set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set bytea_output = 'hex';
  set extra_float_digits = 3; set lc_monetary = 'C'; set xmloption = 'content'; set search_path = pg_catalog;
  set row_security = off; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;
  set lock_timeout = '60s'; set client_encoding = 'UTF8'; set jit = off; set enable_sort = off; set work_mem = '32MB';
  begin isolation level repeatable read read only`;

/** Opens a database at one moment: a repeatable, read-only transaction. */
export async function openPostgres(url: URL): Promise<Reader> {
  const [{ default: pg }, { to: copyTo }] = await Promise.all([import('pg'), import('pg-copy-streams')]);
  const client = new pg.Client({
    connectionString: url.href,
    connectionTimeoutMillis: 30_000,
    application_name: 'grenade',
    types: { getTypeParser: () => (value: unknown) => value },
  });
  // A connection that breaks is told by the query that waits for it.
  client.on('error', () => {});
  const ask = async (text: string): Promise<Cell[][]> => {
    try {
      return (await client.query<Cell[]>({ text, rowMode: 'array' })).rows;
    } catch (error) {
      throw new SourceError(`PostgreSQL: ${said(error)}`);
    }
  };
  try {
    await client.connect();
    await client.query(SESSION);
  } catch (error) {
    await client.end().catch(() => {});
    throw new SourceError(`PostgreSQL: ${said(error)}`);
  }
  const encoded = (await ask('show server_encoding'))[0]?.[0] === 'UTF8';
  const fast = encoded && (await hasKnownHash(ask));
  const hashed = (text: string): string => `md5(${encoded ? text : `convert_to(${text}, 'UTF8')`})`;
  /** So many hexadecimal digits of a text's hash, the first of them a 1: as a number, and as text. */
  const number = (text: string, digits: number): string =>
    fast
      ? `(hashtextextended(${text}, 0) & ${16n ** BigInt(digits - 1) - 1n} | ${16n ** BigInt(digits - 1)})`
      : `('x1' || left(${hashed(text)}, ${digits - 1}))::bit(${digits * 4})::bigint`;
  const digits = (text: string, count: number): string =>
    fast ? `to_hex(${number(text, count)})` : `'1' || left(${hashed(text)}, ${count - 1})`;
  const catalog = await readCatalog(ask);
  const tables = catalog.map(({ table }) => table);
  const expressions = new Map(catalog.map(({ table, ...rest }) => [table.name, rest]));

  /** The query of `RowsWanted`: bucket, digest, and the row as the text of a composite value. */
  const select = (name: string, { columns, key, buckets }: RowsWanted, once: '' | 'offset 0'): string => {
    const known = expressions.get(name);
    if (known === undefined) throw new Error(`Internal error: no table ${name}`);
    const row = (names: readonly string[]): string => `row(${names.map((each) => known.cell(each)).join(', ')})::text`;
    const bucket = digits(key.length === 0 ? 'r' : 'k', BUCKET);
    const [only = '', ...more] = key;
    const own = key.length === 0 ? '' : `, ${more.length === 0 ? `${known.cell(only)}::text` : row(key)} as k`;
    const rows = `select ${row(columns)} as r${own} from ${known.from} t ${once}`;
    const listed =
      buckets === undefined ? '' : ` where ${bucket} in (${[...buckets].map((each) => `'${each}'`).join(', ')})`;
    return `select ${bucket} as b, ${once === '' ? number('r', DIGEST) : digits('r', DIGEST)} as d, r from (${rows}) x${listed}`;
  };

  return {
    hash: fast ? 'hashtextextended' : 'md5',
    tables,
    async sums(table, wanted) {
      const sums: [string, { rows: number; sum: string }][] = [];
      const rows = await ask(`select b, count(*), sum(d) from (${select(table, wanted, '')}) y group by b`);
      for (const [bucket, count, sum] of rows) sums.push([bucket ?? '', { rows: Number(count), sum: sum ?? '0' }]);
      return new Map(sums) satisfies Sums;
    },
    async *rows(table, wanted) {
      const stream = client.query(
        copyTo(`copy (select b || d || r from (${select(table, wanted, ONCE)}) y) to stdout`),
      );
      try {
        for await (const chunk of stream) yield chunk;
      } catch (error) {
        throw new SourceError(`PostgreSQL, reading ${table}: ${said(error)}`);
      }
    },
    close: () => client.end().catch(() => {}),
  };
}

/**
 * Whether the engine's fast hash is the one we know. It has been the same since PostgreSQL 11, and nobody promises it:
 * md5 stands in where it is not, at three times the cost.
 */
async function hasKnownHash(ask: (text: string) => Promise<Cell[][]>): Promise<boolean> {
  const [there] = await ask("select to_regprocedure('pg_catalog.hashtextextended(text, bigint)') is not null");
  if (there?.[0] !== 't') return false;
  const [known] = await ask("select hashtextextended('Grenade', 0)");
  return known?.[0] === '-7102221658141987590';
}

/** Keeps the planner from making a row's text twice, where it is both hashed and wanted. */
const ONCE = 'offset 0';

const said = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  // A refused connection may be several, one an address, with no message of their own.
  const code = 'code' in error ? String(error.code) : '';
  return error.message === '' ? code : error.message;
};

interface Known {
  readonly table: Table;
  /** The quoted name. */
  readonly from: string;
  /** A column's value in `t`, not longer than a line may be. */
  readonly cell: (column: string) => string;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Tables and views with their columns, keys, indexes and constraints; none of the system's or of extensions. */
async function readCatalog(ask: (text: string) => Promise<Cell[][]>): Promise<Known[]> {
  const relations = await ask(`
    select c.oid, n.nspname, c.relname, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and c.relpersistence <> 't'
       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by n.nspname collate "C", c.relname collate "C"`);
  const columns = groupBy(
    await ask(`
      select a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
             a.attgenerated, t.typlen, t.typname
        from pg_attribute a join pg_type t on t.oid = a.atttypid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attnum > 0 and not a.attisdropped
       order by a.attname collate "C"`),
  );
  const indexes = groupBy(
    await ask(`
      select i.indrelid, c.relname, pg_get_indexdef(i.indexrelid), i.indisprimary,
             i.indisunique and i.indpred is null and i.indexprs is null and i.indisvalid,
             (select json_agg(a.attname order by k.n) from unnest(i.indkey::int2[]) with ordinality k(attnum, n)
                join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum where k.n <= i.indnkeyatts),
             (select bool_and(a.attnotnull) from unnest(i.indkey::int2[]) with ordinality k(attnum, n)
                join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum where k.n <= i.indnkeyatts)
        from pg_index i join pg_class c on c.oid = i.indexrelid
       order by i.indisprimary desc, i.indnatts, c.relname collate "C"`),
  );
  const constraints = groupBy(
    await ask(`
      select conrelid, conname, pg_get_constraintdef(oid) from pg_constraint
       where contype in ('c', 'f', 'x') and conrelid <> 0 order by conname collate "C"`),
  );

  return relations.map(([oid, schema, name, kind]): Known => {
    const own = columns.get(oid ?? '') ?? [];
    const view = kind === 'v' || kind === 'm';
    const ours = indexes.get(oid ?? '') ?? [];
    const unique = ours.find(([, , , , plain, , full]) => plain === 't' && full === 't');
    const cells = new Map(own.map(([, column, , , , , length, type]) => [column, cellOf(column ?? '', length, type)]));
    return {
      from: `${quoted(schema ?? '')}.${quoted(name ?? '')}`,
      cell: (column) => cells.get(column) ?? 'null',
      table: {
        name: `${schema}.${name}`,
        view,
        columns: own.map(
          ([, column, type, notNull, expression, generated]): Column => ({
            name: column ?? '',
            type: type ?? '',
            nullable: notNull !== 't',
            default: generated === '' ? (expression ?? null) : `generated: ${expression}`,
          }),
        ),
        key: view ? [] : namesIn(unique?.[5]),
        definitions: [
          ...ours.map(([, index, text]) => ({
            kind: 'index' as const,
            name: index ?? '',
            text: (text ?? '').replace(/^(CREATE (?:UNIQUE )?INDEX) (?:"(?:[^"]|"")*"|\S+) ON/, '$1 ON'),
          })),
          ...(constraints.get(oid ?? '') ?? []).map(([, constraint, text]) => ({
            kind: 'constraint' as const,
            name: constraint ?? '',
            text: text ?? '',
          })),
        ],
      },
    };
  });
}

function namesIn(json: Cell | undefined): string[] {
  const names: unknown = json === undefined || json === null ? [] : JSON.parse(json);
  return Array.isArray(names) ? names.map(String) : [];
}

/** Types of any length whose values are short all the same. */
const SHORT = new Set(['numeric', 'inet', 'cidr', 'varbit']);

function cellOf(column: string, length: Cell | undefined, type: Cell | undefined): string {
  const value = `t.${quoted(column)}`;
  if (length !== '-1' || SHORT.has(type ?? '')) return value;
  const cut = (from: string, text: string): string =>
    `case when octet_length(${from}) > ${LONGEST_VALUE} then '<' || octet_length(${from}) || ' bytes, md5 ' || md5(${from}) || '>' else ${text} end`;
  if (type === 'bytea') return cut(value, `${value}::text`);
  // Their length is known without reading them.
  if (type === 'text' || type === 'varchar' || type === 'bpchar') return cut(value, `${value}::text`);
  return `(select ${cut('v', 'v')} from (select ${value}::text as v offset 0) s)`;
}

function groupBy(rows: readonly Cell[][]): Map<string, Cell[][]> {
  const groups = new Map<string, Cell[][]>();
  for (const row of rows) {
    const group = groups.get(row[0] ?? '');
    if (group === undefined) groups.set(row[0] ?? '', [row]);
    else group.push(row);
  }
  return groups;
}

/** The values of a composite's text, `(1,"a, b",)`, as COPY wrote it. */
export function postgresCells(line: string): Cell[] {
  const text = line.includes('\\') ? unescapeCopy(line) : line;
  const cells: Cell[] = [];
  let at = 1;
  while (at < text.length) {
    if (text[at] !== '"') {
      let end = text.indexOf(',', at);
      if (end === -1) end = text.length - 1;
      cells.push(end === at ? null : text.slice(at, end));
      at = end + 1;
    } else {
      let value = '';
      for (at++; at < text.length; at++) {
        const char = text[at];
        if (char === '\\' || (char === '"' && text[at + 1] === '"')) value += text[++at];
        else if (char === '"') break;
        else value += char;
      }
      cells.push(value);
      at += 2;
    }
    // A comma right before the bracket: the last value is NULL.
    if (at === text.length - 1 && text[at - 1] === ',') cells.push(null);
    if (at >= text.length - 1) break;
  }
  return cells;
}
