import { COPY, copyRows, leave, takeOver } from './postgres-rows.js';
import { type Ask, type Cell, type Column, LONGEST_VALUE, type Reader, SourceError, type Table } from './reader.js';
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

/** How values become text, the same in every session and release; and what must never end or hide anything. */
const SESSION = `
  set timezone = 'UTC'; set datestyle = 'ISO, YMD'; set intervalstyle = 'postgres'; set bytea_output = 'hex';
  set extra_float_digits = 3; set lc_monetary = 'C'; set xmloption = 'content'; set search_path = pg_catalog;
  set row_security = off; set statement_timeout = 0; set idle_in_transaction_session_timeout = 0;
  set lock_timeout = '60s'; set client_encoding = 'UTF8'; set jit = off;
  begin isolation level repeatable read read only`;

/** What is wrong with what its URL says of encryption, in one sentence; undefined when nothing is. */
export function faultOfSsl({ searchParams }: URL): string | undefined {
  const mode = searchParams.get('sslmode');
  if (mode === null) return undefined;
  if (!MODES.includes(mode)) return `sslmode is ${MODES.join(', ')}, and not ${mode}`;
  return mode === 'verify-ca' && !searchParams.has('sslrootcert')
    ? 'sslmode=verify-ca goes with sslrootcert=PATH, a file of PEM'
    : undefined;
}

const MODES: readonly string[] = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'];

/** A connection in which values become text as they should, at one moment: a repeatable, read-only transaction. */
export async function connectPostgres(url: URL) {
  const mode = url.searchParams.get('sslmode');
  if (mode !== 'prefer' && mode !== 'allow') return connectBy(url, mode);
  const [first, second] = mode === 'prefer' ? (['require', 'disable'] as const) : (['disable', 'require'] as const);
  return connectBy(url, first).catch(() => connectBy(url, second));
}

async function connectBy(url: URL, mode: string | null) {
  const { default: pg } = await import('pg');
  // What `sslmode` says is taken as libpq takes it, and so `pg_dump`.
  const own = new URL(url);
  own.searchParams.set('uselibpqcompat', 'true');
  // In its path pg leaves these as they are written.
  own.pathname = own.pathname.replace(/%(?:2F|3A|3B|40|26|3D|2B|24|2C)/gi, decodeURIComponent);
  if (mode !== null) own.searchParams.set('sslmode', mode);
  let client: InstanceType<typeof pg.Client>;
  try {
    client = new pg.Client({
      connectionString: own.href,
      connectionTimeoutMillis: 30_000,
      application_name: 'grenade',
      types: { getTypeParser: () => (value: unknown) => value },
    });
  } catch (error) {
    throw new SourceError(`PostgreSQL: ${said(error)}`);
  }
  // A connection that breaks is told by the query that waits for it.
  client.on('error', () => {});
  const ask: Ask = async (text) => {
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
  return { client, ask, close: (): Promise<void> => client.end().catch(() => {}) };
}

/** Opens a database for reading. */
export async function openPostgres(url: URL): Promise<Reader> {
  const { client, ask, close } = await connectPostgres(url);
  let catalog: Known[];
  let connection: Awaited<ReturnType<typeof takeOver>>;
  try {
    catalog = await readCatalog(ask);
    // From here on rows are read as they come over the wire, and nothing else.
    connection = await takeOver(client);
  } catch (error) {
    await close();
    throw error;
  }
  const expressions = new Map(catalog.map(({ table, ...rest }) => [table.name, rest]));

  return {
    tables: catalog.map(({ table }) => table),
    format: COPY,
    async *rows(table, columns) {
      const known = expressions.get(table);
      if (known === undefined) throw new Error(`Internal error: no table ${table}`);
      const selected = columns.map(known.cell).join(', ');
      try {
        yield* copyRows(connection, `copy (select ${selected} from ${known.from} t) to stdout`);
      } catch (error) {
        throw new SourceError(`PostgreSQL, reading ${table}: ${said(error)}`);
      }
    },
    close: () => leave(connection),
  };
}

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
  /** A column's value in `t`, not longer than a row may be. */
  readonly cell: (column: string) => string;
}

/** A name as SQL takes it. */
export const quoted = (name: Cell | undefined): string => `"${(name ?? '').replaceAll('"', '""')}"`;

/** A part of a table's name as people write it: quoted where a dot in it could be the one that comes after it. */
const told = (name: Cell | undefined): string => (name?.includes('.') ? quoted(name) : (name ?? ''));

/** Tables and views with their columns, keys, indexes and constraints; none of the system's or of extensions. */
async function readCatalog(ask: Ask): Promise<Known[]> {
  const relations = await ask(`
    select c.oid, n.nspname, c.relname, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition and c.relpersistence <> 't'
       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
     order by n.nspname collate "C", c.relname collate "C"`);
  const columns = groupBy(
    await ask(`
      select a.attrelid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
             a.attgenerated, t.typlen, t.typname, a.atttypmod
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
    const cells = new Map(
      own.map(([, column, , , , , length, type, most]) => [column, cellOf(column ?? '', length, type, Number(most))]),
    );
    return {
      from: `${quoted(schema)}.${quoted(name)}`,
      cell: (column) => cells.get(column) ?? 'null',
      table: {
        name: `${told(schema)}.${told(name)}`,
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

/** What `json_agg` made of names. */
export function namesIn(json: Cell | undefined): string[] {
  const names: unknown = json === undefined || json === null ? [] : JSON.parse(json);
  return Array.isArray(names) ? names.map(String) : [];
}

/** Types of any length whose values are short all the same. */
const SHORT = new Set(['numeric', 'inet', 'cidr', 'varbit']);

/** What is selected of a column. `most` is its type's own limit, in characters and four more, or -1. */
function cellOf(column: string, length: Cell | undefined, type: Cell | undefined, most: number): string {
  const value = `t.${quoted(column)}`;
  if (length !== '-1' || SHORT.has(type ?? '')) return value;
  const cut = (from: string): string =>
    `case when octet_length(${from}) > ${LONGEST_VALUE} then '<' || octet_length(${from}) || ' bytes, md5 ' || md5(${from}) || '>' else ${from}::text end`;
  // Their length is known without reading them.
  if (type === 'bytea' || type === 'text') return cut(value);
  if (type === 'varchar' || type === 'bpchar') return 4 * (most - 4) <= LONGEST_VALUE && most >= 4 ? value : cut(value);
  return `(select ${cut('v')} from (select ${value}::text as v offset 0) s)`;
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
