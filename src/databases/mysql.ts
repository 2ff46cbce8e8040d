import { Duplex } from 'node:stream';
import { PACKETS, queryRows } from './mysql-rows.js';
import { dumpArguments, sslOptions } from './mysql-tls.js';
import {
  type Ask,
  type Cell,
  type Column,
  type Definition,
  LONGEST_VALUE,
  type Reader,
  SourceError,
  type Table,
} from './reader.js';
import type { Save } from './save.js';

/** One database by `mysqldump`; its password goes through the environment, where `ps` does not show it. */
export function mysqlDump(url: URL, path: string): Save {
  return {
    command: [
      'mysqldump',
      `--host=${url.hostname || '127.0.0.1'}`,
      `--port=${url.port || '3306'}`,
      `--user=${decodeURIComponent(url.username) || 'root'}`,
      ...dumpArguments(url),
      '--skip-lock-tables',
      `--result-file=${path}`,
      '--',
      decodeURIComponent(url.pathname.slice(1)),
    ],
    env: url.password === '' ? {} : { MYSQL_PWD: decodeURIComponent(url.password) },
    path,
  };
}

/** How values become text, the same in every session and release. */
const SESSION = [
  "set session sql_mode = '', time_zone = '+00:00', lock_wait_timeout = 60, group_concat_max_len = 1048576",
  'set names utf8mb4',
  'set session transaction isolation level repeatable read',
  'start transaction with consistent snapshot, read only',
];

/** A connection in which values become text as they should, at one moment: a consistent, read-only transaction. */
export async function connectMysql(url: URL) {
  const { default: mysql } = await import('mysql2');
  const ssl = sslOptions(url);
  const connection = mysql.createConnection({
    host: url.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: Number(url.port || '3306'),
    ...(ssl === undefined ? {} : { ssl }),
    // MySQL takes a query for something else than the plain text that `queryRows` sends, once this was agreed upon.
    flags: ['-CLIENT_QUERY_ATTRIBUTES'],
    user: decodeURIComponent(url.username) || 'root',
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: 'utf8mb4',
    connectTimeout: 30_000,
    supportBigNumbers: true,
    bigNumberStrings: true,
    dateStrings: true,
  });
  // A connection that breaks is told by the query that waits for it.
  connection.on('error', () => {});
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      if (streamOf(connection).destroyed) resolve();
      else connection.end(() => resolve());
    });
  const ask: Ask = (sql) =>
    new Promise((resolve, reject) => {
      connection.query({ sql, rowsAsArray: true, typeCast: (field) => field.string() }, (error, rows) => {
        if (error !== null) reject(new SourceError(`MySQL: ${error.message}`));
        else resolve(Array.isArray(rows) ? rows.map((row) => (Array.isArray(row) ? row.map(cellText) : [])) : []);
      });
    });

  const destroy = (): void => connection.destroy();
  try {
    for (const statement of SESSION) await ask(statement);
  } catch (error) {
    destroy();
    throw error;
  }
  return { socket: streamOf(connection), ask, close, destroy };
}

/** What it talks over by now: encrypted, it is another one than it began with. */
function streamOf(connection: object): Duplex {
  const stream: unknown = Reflect.get(connection, 'stream');
  if (!(stream instanceof Duplex)) throw new Error('Internal error: a connection of mysql2 has no stream');
  return stream;
}

/** Opens a database of MySQL or MariaDB at one moment (of tables that have transactions). */
export async function openMysql(url: URL): Promise<Reader> {
  const { socket, ask, close, destroy } = await connectMysql(url);
  let catalog: readonly Known[];
  try {
    catalog = await readCatalog(ask);
  } catch (error) {
    destroy();
    throw error;
  }
  const known = new Map(catalog.map((each) => [each.table.name, each]));

  // From here on rows are read as they come over the wire, and nothing else.
  socket.removeAllListeners('data');
  return {
    tables: catalog.map(({ table }) => table),
    format: PACKETS,
    async *rows(table, columns) {
      const cell = known.get(table)?.cell;
      if (cell === undefined) throw new Error(`Internal error: no table ${table}`);
      try {
        yield* queryRows(socket, `select ${columns.map(cell).join(', ')} from ${quoted(table)} t`);
      } catch (error) {
        throw new SourceError(`MySQL, reading ${table}: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    close,
  };
}

const cellText = (value: unknown): Cell => (value === null || value === undefined ? null : String(value));
const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

interface Known {
  readonly table: Table;
  /** A column's value in `t`, not longer than a row may be. */
  readonly cell: (column: string) => string;
}

/**
 * A column's default and what else is said of it, as both families mean it. MariaDB writes defaults as SQL has them;
 * MySQL writes a text bare, so that `''` looks like nothing, and says of an expression that it is one.
 */
export const DEFAULT = `
  case when version() like '%MariaDB%' or column_default is null or extra like '%DEFAULT_GENERATED%'
            or numeric_precision is not null or column_default like 'CURRENT_TIMESTAMP%'
       then column_default else quote(column_default) end`;
export const EXTRA = "trim(replace(extra, 'DEFAULT_GENERATED', ''))";

/** What an index is over: a column, or an expression, which MySQL has and tells since 8.0.13. */
export async function indexedColumn(ask: Ask): Promise<string> {
  const told = await ask(`
    select column_name from information_schema.columns
     where table_schema = 'information_schema' and table_name = 'STATISTICS' and column_name = 'EXPRESSION'`);
  return told.length === 0 ? 'column_name' : "coalesce(column_name, concat('(', expression, ')'))";
}

/** Tables and views with their columns, keys, indexes and foreign keys. */
async function readCatalog(ask: Ask): Promise<Known[]> {
  const tables = await ask(`
    select table_name, table_type from information_schema.tables
     where table_schema = database() and table_type in ('BASE TABLE', 'VIEW') order by binary table_name`);
  const columns = await ask(`
    select table_name, column_name, column_type, is_nullable, ${DEFAULT}, data_type, collation_name, ${EXTRA},
           character_octet_length
      from information_schema.columns where table_schema = database() order by binary column_name`);
  const indexed = await ask(`
    select table_name, index_name, non_unique, ${await indexedColumn(ask)}, nullable, sub_part, column_name is null
      from information_schema.statistics where table_schema = database() order by index_name <> 'PRIMARY', binary index_name, seq_in_index`);
  const foreign = await ask(`
    select k.table_name, k.constraint_name, group_concat(k.column_name order by k.ordinal_position),
           k.referenced_table_name, group_concat(k.referenced_column_name order by k.ordinal_position), r.delete_rule
      from information_schema.key_column_usage k
      join information_schema.referential_constraints r
        on r.constraint_schema = k.constraint_schema and r.constraint_name = k.constraint_name and r.table_name = k.table_name
     where k.table_schema = database() and k.referenced_table_name is not null
     group by k.table_name, k.constraint_name, k.referenced_table_name, r.delete_rule order by k.constraint_name`);

  return tables.map(([name, type]): Known => {
    const own = columns.filter(([table]) => table === name);
    const cells = new Map(
      own.map(([, column, , , , kind, , , most]) => [column, cellOf(column ?? '', kind ?? '', most ?? null)]),
    );
    const indexes = [...groupIndexes(indexed.filter(([table]) => table === name))];
    const unique = indexes.find(([, index]) => index.unique && index.whole);
    return {
      cell: (column) => cells.get(column) ?? 'null',
      table: {
        name: name ?? '',
        view: type === 'VIEW',
        columns: own.map(
          ([, column, kind, nullable, otherwise, , collation, extra]): Column => ({
            name: column ?? '',
            type: `${plainType(kind ?? '')}${collation === null ? '' : ` ${collation}`}`,
            nullable: nullable === 'YES',
            default: defaultOf(otherwise ?? null, nullable === 'YES', extra ?? ''),
          }),
        ),
        key: type === 'VIEW' ? [] : (unique?.[1].columns ?? []),
        definitions: [
          ...indexes.map(
            ([index, { unique: one, text }]): Definition => ({
              kind: 'index',
              name: index,
              text: `${index === 'PRIMARY' ? 'PRIMARY KEY' : one ? 'UNIQUE INDEX' : 'INDEX'} (${text.join(', ')})`,
            }),
          ),
          ...foreign
            .filter(([table]) => table === name)
            .map(
              ([, constraint, from, other, to, onDelete]): Definition => ({
                kind: 'constraint',
                name: constraint ?? '',
                text: `FOREIGN KEY (${from}) REFERENCES ${other} (${to}) ON DELETE ${onDelete}`,
              }),
            ),
        ],
      },
    };
  });
}

interface Index {
  readonly unique: boolean;
  /** Whether it tells all rows apart: no column that may be NULL, none only in part, and no expression. */
  whole: boolean;
  readonly columns: string[];
  readonly text: string[];
}

function groupIndexes(rows: readonly Cell[][]): Map<string, Index> {
  const indexes = new Map<string, Index>();
  for (const [, name, nonUnique, column, nullable, part, computed] of rows) {
    const index = indexes.get(name ?? '') ?? { unique: nonUnique === '0', whole: true, columns: [], text: [] };
    indexes.set(name ?? '', index);
    if (nullable === 'YES' || (part ?? null) !== null || computed === '1') index.whole = false;
    index.columns.push(column ?? '');
    index.text.push((part ?? null) === null ? (column ?? '') : `${column}(${part})`);
  }
  return indexes;
}

/** The width that integers are shown with, which some releases tell and others do not, is no part of a type. */
const plainType = (type: string): string => type.replace(/^((?:tiny|small|medium|big)?int)\(\d+\)/, '$1');

/** MariaDB writes what MySQL leaves out: NULL for a column that may be NULL. */
function defaultOf(text: Cell, nullable: boolean, extra: string): Cell {
  const value = text === null && nullable ? 'NULL' : text;
  return extra === '' ? value : `${value ?? ''} ${extra}`.trim();
}

/** What is selected of a column. `most` is the longest that a text or bytes may be, if its type is one. */
function cellOf(column: string, type: string, most: Cell): string {
  const value = `t.${quoted(column)}`;
  // As a double: what is shown of a float is rounded.
  if (type === 'float') return `${value} + 0e0`;
  if (type === 'bit') return `${value} + 0`;
  const short = most === null ? !LONG.test(type) : Number(most) <= LONGEST_VALUE;
  if (short) return value;
  // All text is sent as UTF-8; here it is mixed with a text of ours before.
  const whole = /text$|char$/.test(type) ? `convert(${value} using utf8mb4)` : value;
  return `if(length(${value}) > ${LONGEST_VALUE}, concat('<', length(${value}), ' bytes, sha256 ', sha2(${value}, 256), '>'), ${whole})`;
}

/** Types of values of any length of which the engine may not say how long they are. */
const LONG = /^(?:json|geometry|point|linestring|polygon|multi\w+|geometrycollection|geomcollection|vector)$/;
