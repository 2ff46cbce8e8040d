import {
  BUCKET,
  type Cell,
  type Column,
  type Definition,
  DIGEST,
  LONGEST_VALUE,
  type Reader,
  type RowsWanted,
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
  "set session sql_mode = '', time_zone = '+00:00', lock_wait_timeout = 60",
  'set names utf8mb4',
  'set session transaction isolation level repeatable read',
  'start transaction with consistent snapshot, read only',
];

/** Opens a database of MySQL or MariaDB at one moment: a consistent, read-only transaction (of tables that have them). */
export async function openMysql(url: URL): Promise<Reader> {
  const { default: mysql } = await import('mysql2');
  const connection = mysql.createConnection({
    host: url.hostname || '127.0.0.1',
    port: Number(url.port || '3306'),
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
      connection.end(() => resolve());
    });
  const ask = (sql: string): Promise<Cell[][]> =>
    new Promise((resolve, reject) => {
      connection.query({ sql, rowsAsArray: true, typeCast: (field) => field.string() }, (error, rows) => {
        if (error !== null) reject(new SourceError(`MySQL: ${error.message}`));
        else resolve(Array.isArray(rows) ? rows.map((row) => (Array.isArray(row) ? row.map(cellText) : [])) : []);
      });
    });

  let catalog: readonly Known[];
  try {
    for (const statement of SESSION) await ask(statement);
    catalog = await readCatalog(ask);
  } catch (error) {
    connection.destroy();
    throw error;
  }
  const known = new Map(catalog.map((each) => [each.table.name, each]));

  /** The query of `RowsWanted`: bucket, digest, and the row's values one after the other. */
  const select = (name: string, { columns, key, buckets }: RowsWanted): string => {
    const { cell } = known.get(name) ?? { cell: () => 'null' };
    const row = (names: readonly string[]): string => `concat_ws(',', ${names.map(cell).join(', ')})`;
    const line = row(columns);
    const bucket = `concat('1', left(md5(${key.length === 0 ? line : row(key)}), ${BUCKET - 1}))`;
    const listed =
      buckets === undefined ? '' : ` where ${bucket} in (${[...buckets].map((each) => `'${each}'`).join(', ')})`;
    return `select ${bucket} as b, concat('1', left(md5(${line}), ${DIGEST - 1})) as d, ${line} as r from ${quoted(name)} t${listed}`;
  };

  return {
    hash: 'md5',
    tables: catalog.map(({ table }) => table),
    async sums(table, wanted) {
      const sum = 'cast(sum(cast(conv(d, 16, 10) as unsigned)) as char)';
      const rows = await ask(`select b, count(*), ${sum} from (${select(table, wanted)}) y group by b`);
      return new Map(rows.map(([bucket, count, total]) => [bucket ?? '', { rows: Number(count), sum: total ?? '0' }]));
    },
    async *rows(table, wanted) {
      const stream = connection
        .query({ sql: `select concat(b, d, r) from (${select(table, wanted)}) y`, rowsAsArray: true, typeCast: false })
        .stream({ highWaterMark: 512 });
      try {
        let held: Buffer[] = [];
        let size = 0;
        for await (const [value] of stream) {
          // Longer than the server lets a value be.
          if (!Buffer.isBuffer(value)) throw new Error('a row is longer than max_allowed_packet');
          held.push(value.includes(10) ? oneLine(value) : value, NEWLINE);
          size += value.length;
          if (size < 65_536) continue;
          yield Buffer.concat(held);
          held = [];
          size = 0;
        }
        if (held.length > 0) yield Buffer.concat(held);
      } catch (error) {
        throw new SourceError(`MySQL, reading ${table}: ${error instanceof Error ? error.message : String(error)}`);
      }
    },
    close,
  };
}

const NEWLINE = Buffer.from('\n');
/** Backslashes in values are doubled already: this can be told from them. */
const oneLine = (value: Buffer): Buffer => Buffer.from(value.toString('latin1').replaceAll('\n', '\\n'), 'latin1');

const cellText = (value: unknown): Cell => (value === null || value === undefined ? null : String(value));
const quoted = (name: string): string => `\`${name.replaceAll('`', '``')}\``;

interface Known {
  readonly table: Table;
  /** A column's value in `t` as a literal, not longer than a line may be. */
  readonly cell: (column: string) => string;
}

/** Tables and views with their columns, keys, indexes and foreign keys. */
async function readCatalog(ask: (sql: string) => Promise<Cell[][]>): Promise<Known[]> {
  const tables = await ask(`
    select table_name, table_type from information_schema.tables
     where table_schema = database() and table_type in ('BASE TABLE', 'VIEW') order by binary table_name`);
  const columns = await ask(`
    select table_name, column_name, column_type, is_nullable, column_default, data_type, collation_name, extra
      from information_schema.columns where table_schema = database() order by binary column_name`);
  const indexed = await ask(`
    select table_name, index_name, non_unique, column_name, nullable, sub_part from information_schema.statistics
     where table_schema = database() order by index_name <> 'PRIMARY', binary index_name, seq_in_index`);
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
    const cells = new Map(own.map(([, column, , , , kind]) => [column, cellOf(column ?? '', kind ?? '')]));
    const indexes = [...groupIndexes(indexed.filter(([table]) => table === name))];
    const unique = indexes.find(([, index]) => index.unique && index.whole);
    return {
      cell: (column) => cells.get(column) ?? "'NULL'",
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
  /** Whether it tells all rows apart: no column that may be NULL, and none only in part. */
  whole: boolean;
  readonly columns: string[];
  readonly text: string[];
}

function groupIndexes(rows: readonly Cell[][]): Map<string, Index> {
  const indexes = new Map<string, Index>();
  for (const [, name, nonUnique, column, nullable, part] of rows) {
    const index = indexes.get(name ?? '') ?? { unique: nonUnique === '0', whole: true, columns: [], text: [] };
    indexes.set(name ?? '', index);
    if (nullable === 'YES' || (part ?? null) !== null || (column ?? null) === null) index.whole = false;
    index.columns.push(column ?? '');
    index.text.push((part ?? null) === null ? (column ?? 'an expression') : `${column}(${part})`);
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

const TEXT = /^(?:char|varchar|tinytext|text|mediumtext|longtext|enum|set|json|inet4|inet6|uuid)$/;
const BYTES =
  /^(?:binary|varbinary|tinyblob|blob|mediumblob|longblob|geometry|point|linestring|polygon|multi\w+|geometrycollection|geomcollection)$/;

function cellOf(column: string, type: string): string {
  const value = `t.${quoted(column)}`;
  const cut = (limit: number, text: string): string =>
    `if(length(${value}) > ${limit}, quote(concat('<', length(${value}), ' bytes, md5 ', md5(${value}), '>')), ${text})`;
  if (BYTES.test(type)) return `ifnull(${cut(LONGEST_VALUE / 2, `concat('0x', hex(${value}))`)}, 'NULL')`;
  if (TEXT.test(type)) {
    const text = `quote(convert(${value} using utf8mb4))`;
    return /text$|^json$|^varchar$/.test(type) ? `ifnull(${cut(LONGEST_VALUE, text)}, 'NULL')` : text;
  }
  // As a double: what is shown of a float is rounded.
  if (type === 'float') return `ifnull(${value} + 0e0, 'NULL')`;
  if (type === 'bit') return `ifnull(${value} + 0, 'NULL')`;
  return `ifnull(${value}, 'NULL')`;
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', '0': '\0', Z: '\u001a' };

/** The values of a line: literals as QUOTE writes them, or bare. */
export function mysqlCells(line: string): Cell[] {
  const cells: Cell[] = [];
  for (let at = 0; at < line.length; ) {
    if (line[at] !== "'") {
      let end = line.indexOf(',', at);
      if (end === -1) end = line.length;
      const bare = line.slice(at, end);
      cells.push(bare === 'NULL' ? null : bare);
      at = end + 1;
      continue;
    }
    let value = '';
    for (at++; at < line.length && line[at] !== "'"; at++) {
      if (line[at] !== '\\') value += line[at];
      else {
        const char = line[++at] ?? '';
        value += ESCAPED[char] ?? char;
      }
    }
    cells.push(value);
    at += 2;
  }
  return cells;
}
