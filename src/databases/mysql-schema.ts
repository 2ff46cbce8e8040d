import { createHash } from 'node:crypto';
import { connectMysql, DEFAULT, EXTRA, indexedColumn } from './mysql.js';
import type { Ask } from './reader.js';
import { type Defined, given, type Schema } from './schema.js';

/** Reads how a database of MySQL or MariaDB is defined. Throws a `SourceError` with what it says when it cannot be. */
export async function readMysqlSchema(url: URL): Promise<Schema> {
  const { ask, close } = await connectMysql(url);
  try {
    return await read(ask);
  } finally {
    await close();
  }
}

async function read(ask: Ask): Promise<Schema> {
  const parts = [databases, tables, columns, indexes, foreignKeys, checks, views, triggers, routines, sequences];
  const defined: Defined[] = [];
  // One connection answers one after the other.
  for (const part of parts) defined.push(...(await part(ask)));
  const [where] = await ask('select @@hostname, @@port, @@datadir, database()');
  return { identity: where?.join(' ') ?? '', defined };
}

async function databases(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select default_character_set_name, default_collation_name, @@global.sql_mode from information_schema.schemata
     where schema_name = database()`);
  return rows.map(([letters, collation, mode]) => ({
    kind: 'database',
    at: 'database',
    traits: given({ 'character set': letters, collation, 'sql mode': mode }),
  }));
}

async function tables(ask: Ask): Promise<Defined[]> {
  const [rows, named] = [
    await ask(`
      select table_name, engine, table_collation, create_options, table_comment, row_format from information_schema.tables
       where table_schema = database() and table_type = 'BASE TABLE' order by binary table_name`),
    await ask(`
      select table_name, column_name from information_schema.columns where table_schema = database()
       order by table_name, ordinal_position`),
  ];
  return rows.map(([at, engine, collation, options, comment, format]) => ({
    kind: 'table',
    at: at ?? '',
    traits: given({ engine, collation, options, 'row format': format }),
    looks: given({ comment }),
    order: named.filter(([table]) => table === at).map(([, column]) => column ?? ''),
  }));
}

async function columns(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select table_name, column_name, column_type, is_nullable, ${DEFAULT}, collation_name, ${EXTRA},
           generation_expression, column_comment
      from information_schema.columns where table_schema = database() order by binary table_name, binary column_name`);
  return rows.map(([at, column, type, nullable, otherwise, collation, extra, generated, comment]) => ({
    kind: 'column',
    at: at ?? '',
    column: column ?? '',
    traits: given({
      // The width that integers are shown with says nothing of what they hold.
      type: (type ?? '').replace(/^((?:tiny|small|medium|big)?int)\(\d+\)/, '$1'),
      nullable: nullable === 'YES' ? 'yes' : 'no',
      // MariaDB writes what MySQL leaves out: NULL for a column that may be NULL.
      default: otherwise === 'NULL' ? undefined : otherwise,
      extra,
      generated,
      collation,
    }),
    looks: given({ comment }),
  }));
}

async function indexes(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select table_name, index_name, non_unique, index_type,
           group_concat(concat(${await indexedColumn(ask)}, if(sub_part is null, '', concat('(', sub_part, ')'))) order by seq_in_index separator ', '),
           max(index_comment)
      from information_schema.statistics where table_schema = database()
     group by table_name, index_name, non_unique, index_type order by 1, 5, 2`);
  return rows.map(([at, name, shared, type, over, comment]) => {
    const what = name === 'PRIMARY' ? 'PRIMARY KEY' : `${shared === '0' ? 'UNIQUE ' : ''}INDEX`;
    return {
      kind: 'index',
      at: at ?? '',
      does: `${what}${type === 'BTREE' ? '' : ` ${type}`} (${over})`,
      looks: given({ name, comment }),
    };
  });
}

async function foreignKeys(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select k.table_name, k.constraint_name, group_concat(k.column_name order by k.ordinal_position), k.referenced_table_name,
           group_concat(k.referenced_column_name order by k.ordinal_position), r.delete_rule, r.update_rule
      from information_schema.key_column_usage k
      join information_schema.referential_constraints r
        on r.constraint_schema = k.constraint_schema and r.constraint_name = k.constraint_name and r.table_name = k.table_name
     where k.table_schema = database() and k.referenced_table_name is not null
     group by k.table_name, k.constraint_name, k.referenced_table_name, r.delete_rule, r.update_rule order by 1, 3`);
  return rows.map(([at, name, from, other, to, onDelete, onUpdate]) => ({
    kind: 'constraint',
    at: at ?? '',
    does: `FOREIGN KEY (${from}) REFERENCES ${other} (${to}) ON DELETE ${onDelete} ON UPDATE ${onUpdate}`,
    looks: given({ name }),
  }));
}

/** MySQL before 8.0.16 reads checks and forgets them; where they are kept, each family tells their table in its own way. */
async function checks(ask: Ask): Promise<Defined[]> {
  const told = await ask(`
    select column_name from information_schema.columns
     where table_schema = 'information_schema' and table_name = 'CHECK_CONSTRAINTS'`);
  if (told.length === 0) return [];
  const own = told.some(([name]) => name?.toLowerCase() === 'table_name');
  const rows = await ask(
    own
      ? `select table_name, constraint_name, check_clause from information_schema.check_constraints
          where constraint_schema = database() order by 1, 3`
      : `select t.table_name, t.constraint_name, k.check_clause from information_schema.table_constraints t
           join information_schema.check_constraints k
             on k.constraint_schema = t.constraint_schema and k.constraint_name = t.constraint_name
          where t.table_schema = database() and t.constraint_type = 'CHECK' order by 1, 3`,
  );
  return rows.map(([at, name, text]) => ({
    kind: 'constraint',
    at: at ?? '',
    does: `CHECK (${text})`,
    looks: given({ name }),
  }));
}

async function views(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select table_name, replace(view_definition, concat('\`', database(), '\`.'), ''), check_option, security_type from information_schema.views
     where table_schema = database() order by binary table_name`);
  return rows.map(([at, selects, option, security]) => ({
    kind: 'view',
    at: at ?? '',
    traits: given({ selects, 'check option': option === 'NONE' ? undefined : option, security }),
  }));
}

async function triggers(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select event_object_table, trigger_name, action_timing, event_manipulation, action_statement
      from information_schema.triggers where trigger_schema = database() order by 1, 3, 4, action_order`);
  return rows.map(([at, name, when, event, statement]) => ({
    kind: 'trigger',
    at: at ?? '',
    does: `${when} ${event} ${statement}`,
    looks: given({ name }),
  }));
}

async function routines(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select routine_name, routine_type, dtd_identifier, routine_definition, security_type, is_deterministic, sql_mode
      from information_schema.routines where routine_schema = database() order by 1, 2`);
  return rows.map(([name, kind, returns, body, security, deterministic, mode]) => ({
    kind: 'function',
    at: `${name} (${kind?.toLowerCase()})`,
    traits: given({
      returns,
      security,
      deterministic,
      'sql mode': mode,
      'body with md5': createHash('md5')
        .update(body ?? '')
        .digest('hex')
        .slice(0, 12),
    }),
  }));
}

/** MariaDB has them; numbers of `auto_increment` are above what their column holds by themselves. */
async function sequences(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select table_name from information_schema.tables where table_schema = database() and table_type = 'SEQUENCE' order by 1`);
  return rows.map(([at]) => ({ kind: 'sequence', at: at ?? '' }));
}
