import { connectPostgres, namesIn, quoted } from './postgres.js';
import type { Ask, Cell } from './reader.js';
import { type Defined, given, type Schema } from './schema.js';

/** Relations that are nobody's but the application's: not the system's, no extension's, nothing temporary. */
const OURS = `n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and c.relpersistence <> 't' and not exists
  (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')`;
const NAME = "n.nspname || '.' || c.relname";

/** Reads how a database of PostgreSQL 12 or later is defined. Throws a `SourceError` with what it says when it cannot be. */
export async function readPostgresSchema(url: URL): Promise<Schema> {
  const { ask, close } = await connectPostgres(url);
  try {
    return await read(ask);
  } finally {
    await close();
  }
}

async function read(ask: Ask): Promise<Schema> {
  const parts = [
    databases,
    extensions,
    types,
    relations,
    columns,
    indexes,
    constraints,
    triggers,
    sequences,
    functions,
  ];
  const defined: Defined[] = [];
  // One connection answers one after the other.
  for (const part of parts) defined.push(...(await part(ask)));
  return { identity: await identityOf(ask), defined };
}

async function identityOf(ask: Ask): Promise<string> {
  const [may] = await ask(`select has_function_privilege('pg_catalog.pg_control_system()', 'execute')`);
  if (may?.[0] !== 't') return '';
  const [row] = await ask(
    'select system_identifier, oid from pg_control_system(), pg_database where datname = current_database()',
  );
  return row?.join(' ') ?? '';
}

async function databases(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select pg_encoding_to_char(encoding), datcollate, datctype, current_setting('data_checksums')
      from pg_database where datname = current_database()`);
  return rows.map(([encoding, collation, letters, checksums]) => ({
    kind: 'database',
    at: 'database',
    traits: given({ encoding, collation, 'character type': letters, checksums }),
  }));
}

async function extensions(ask: Ask): Promise<Defined[]> {
  const rows = await ask('select extname, extversion from pg_extension');
  return rows.map(([name, version]) => ({ kind: 'extension', at: name ?? '', traits: given({ version }) }));
}

/** Types that applications make: those with a list of values, and domains. */
async function types(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select n.nspname || '.' || t.typname,
           (select string_agg(e.enumlabel, ', ' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid),
           case when t.typtype = 'd' then format_type(t.typbasetype, t.typtypmod) end, t.typdefault,
           case when t.typnotnull then 'not NULL' end,
           (select string_agg(pg_get_constraintdef(k.oid), ', ' order by k.conname) from pg_constraint k where k.contypid = t.oid)
      from pg_type t join pg_namespace n on n.oid = t.typnamespace
     where t.typtype in ('e', 'd') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and not exists
       (select from pg_depend e where e.classid = 'pg_type'::regclass and e.objid = t.oid and e.deptype = 'e')`);
  return rows.map(([at, values, type, otherwise, nullable, checks]) => ({
    kind: 'type',
    at: at ?? '',
    traits: given({ values, type, default: otherwise, nullable, checks }),
  }));
}

/** Tables and views, with who may do what besides their owner. */
async function relations(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select ${NAME}, c.relkind, obj_description(c.oid, 'pg_class'),
           case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
           case when c.relpersistence = 'u' then 'not logged' end,
           case when c.relrowsecurity then 'rows are restricted' end,
           case when c.relkind = 'p' then pg_get_partkeydef(c.oid) end,
           case when c.relispartition then pg_get_expr(c.relpartbound, c.oid) end,
           (select string_agg(pg_get_userbyid(a.grantee) || ' ' || a.privilege_type, ', '
                     order by pg_get_userbyid(a.grantee), a.privilege_type)
              from aclexplode(c.relacl) a where a.grantee <> c.relowner),
           (select string_agg(p.polname || ' ' || p.polcmd::text || ' ' || coalesce(pg_get_expr(p.polqual, c.oid), ''), ', ' order by p.polname)
              from pg_policy p where p.polrelid = c.oid),
           (select json_agg(a.attname order by a.attnum) from pg_attribute a
             where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
           (select json_agg(r.rulename || ' ' || pg_get_ruledef(r.oid) order by r.rulename) from pg_rewrite r
             where r.ev_class = c.oid and r.rulename <> '_RETURN')
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and ${OURS} order by 1`);
  return rows.map(
    ([at, kind, comment, selects, logged, restricted, parted, bound, grants, policies, order, rules]) => ({
      kind: kind === 'v' || kind === 'm' ? 'view' : 'table',
      at: at ?? '',
      traits: given({
        kept: kind === 'm' ? 'materialized' : kind === 'f' ? 'elsewhere' : undefined,
        selects: selects?.trim(),
        logged,
        security: restricted,
        'partitioned by': parted,
        partition: bound,
        grants,
        policies,
        rules,
      }),
      looks: given({ comment }),
      order: namesIn(order),
    }),
  );
}

async function columns(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select ${NAME}, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, pg_get_expr(d.adbin, d.adrelid),
           a.attgenerated, a.attidentity, case when a.attcollation <> t.typcollation then
             (select k.collname from pg_collation k where k.oid = a.attcollation) end,
           col_description(c.oid, a.attnum), c.relkind,
           (select s.relname from pg_depend e join pg_class s on s.oid = e.refobjid and s.relkind = 'S'
             where e.classid = 'pg_attrdef'::regclass and e.objid = d.oid limit 1)
      from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
      join pg_type t on t.oid = a.atttypid
      left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped and ${OURS} order by 1, 2`);
  return rows.map(([at, column, type, filled, otherwise, generated, identity, collation, comment, kind, feeds]) => ({
    kind: 'column',
    at: at ?? '',
    column: column ?? '',
    traits: given({
      type,
      nullable: kind === 'v' || kind === 'm' ? undefined : filled === 't' ? 'no' : 'yes',
      default: generated === '' ? defaultOf(otherwise ?? null, feeds ?? null) : undefined,
      generated: generated === '' ? undefined : otherwise,
      identity: identity === 'a' ? 'always' : identity === 'd' ? 'by default' : undefined,
      collation,
    }),
    looks: given({ comment }),
  }));
}

/** What a sequence is called changes nothing about what it gives. */
const defaultOf = (text: Cell, sequence: Cell): Cell =>
  text !== null && sequence !== null ? text.replace(/nextval\('(?:[^']|'')*'::regclass\)/, 'next of a sequence') : text;

/** Indexes of the primary key and of unique constraints are told as such: others can refer to them. */
async function indexes(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select ${NAME}, i.relname, pg_get_indexdef(x.indexrelid), x.indisvalid and x.indisready, k.contype,
           case when x.indisreplident then 'yes' end, case when x.indisclustered then 'yes' end, k.condeferrable
      from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
      join pg_namespace n on n.oid = c.relnamespace
      left join pg_constraint k on k.conindid = i.oid and k.conrelid = c.oid and k.contype in ('p', 'u')
     where ${OURS} order by 1, 3, 2`);
  return rows.map(([at, name, text, valid, constraint, replica, clustered, deferrable]) => ({
    kind: 'index',
    at: at ?? '',
    does: doing(text ?? '', constraint ?? null),
    traits: given({
      // Left by a build that failed: it is kept up to date and never used.
      state: valid === 't' ? undefined : 'invalid',
      'replica identity': replica,
      clustered,
      deferrable: deferrable === 't' ? 'yes' : undefined,
    }),
    looks: given({ name }),
  }));
}

function doing(text: string, constraint: Cell): string {
  const bare = text.replace(/^(CREATE (?:UNIQUE )?INDEX) (?:"(?:[^"]|"")*"|\S+) ON (?:ONLY )?/, '$1 ON ');
  const known = constraint === 'p' ? 'PRIMARY KEY' : constraint === 'u' ? 'UNIQUE' : undefined;
  return known === undefined ? bare : bare.replace(/^.* USING btree/, known);
}

async function constraints(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select ${NAME}, k.conname, pg_get_constraintdef(k.oid), k.convalidated, obj_description(k.oid, 'pg_constraint')
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
     where k.contype in ('c', 'f', 'x') and ${OURS} order by 1, 3, 2`);
  return rows.map(([at, name, text, valid, comment]) => ({
    kind: 'constraint',
    at: at ?? '',
    does: (text ?? '').replace(/ NOT VALID$/, ''),
    // It holds for what is written from now on; what was there may break it.
    traits: given({ state: valid === 't' ? undefined : 'not validated' }),
    looks: given({ name, comment }),
  }));
}

async function triggers(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select ${NAME}, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled
      from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     where not t.tgisinternal and ${OURS} order by 1, 3`);
  return rows.map(([at, name, text, enabled]) => ({
    kind: 'trigger',
    at: at ?? '',
    does: (text ?? '').replace(/^(CREATE (?:CONSTRAINT )?TRIGGER) (?:"(?:[^"]|"")*"|\S+)/, '$1'),
    traits: given({ state: enabled === 'O' ? undefined : enabled === 'D' ? 'disabled' : `enabled ${enabled}` }),
    looks: given({ name }),
  }));
}

/** Sequences by the column they feed, with whether the next number is taken already; others by their name. */
async function sequences(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select n.nspname, c.relname, f.at, f.col, f.tab, f.ns, format_type(s.seqtypid, null), s.seqincrement, s.seqmin, s.seqmax,
           s.seqcycle, s.seqstart, f.known, has_sequence_privilege(c.oid, 'select')
      from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
      left join lateral (
        select tn.nspname || '.' || tc.relname as at, a.attname as col, tc.relname as tab, tn.nspname as ns,
               exists (select from pg_index x where x.indrelid = tc.oid and x.indkey[0] = a.attnum
                          and x.indpred is null and x.indisvalid)
                 and a.atttypid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
                 and has_table_privilege(tc.oid, 'select') as known
          from pg_attribute a join pg_class tc on tc.oid = a.attrelid join pg_namespace tn on tn.oid = tc.relnamespace
          left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
         where exists (select from pg_depend e where e.classid = 'pg_attrdef'::regclass and e.objid = d.oid and e.refobjid = c.oid)
            or exists (select from pg_depend e where e.classid = 'pg_class'::regclass and e.objid = c.oid
                          and e.refclassid = 'pg_class'::regclass and e.refobjid = a.attrelid and e.refobjsubid = a.attnum and e.deptype = 'i')
         order by 1, 2 limit 1) f on true
     where ${OURS} order by 1, 2`);
  const found: Defined[] = [];
  for (const [schema, name, at, column, table, of, type, by, least, most, cycles, start, readable, may] of rows) {
    const fed = at !== null && at !== undefined && column !== null && column !== undefined;
    const known = may === 't' && fed && readable === 't';
    const position = known
      ? await positionOf(ask, `${quoted(schema)}.${quoted(name)}`, `${quoted(of)}.${quoted(table)}`, quoted(column))
      : undefined;
    found.push({
      kind: 'sequence',
      at: fed ? at : `${schema}.${name}`,
      ...(fed ? { column } : {}),
      traits: given({
        type,
        'goes by': by,
        from: least,
        to: most,
        'starts with': start,
        cycles: cycles === 't' ? 'yes' : undefined,
        next: position,
      }),
      looks: fed ? given({ name }) : {},
    });
  }
  return found;
}

/** Whether the next number of an ascending sequence is above all that its column holds; an insert fails otherwise. */
async function positionOf(ask: Ask, sequence: string, table: string, column: string): Promise<string | undefined> {
  const [row] = await ask(`
    select p.next, m.most, p.next > coalesce(m.most, p.next - 1)
      from (select case when is_called then last_value + s.seqincrement else last_value end as next, s.seqincrement as by
              from ${sequence} join pg_sequence s on s.seqrelid = '${sequence.replaceAll("'", "''")}'::regclass) p,
           (select max(${column})::numeric as most from ${table}) m where p.by > 0`);
  if (row === undefined) return undefined;
  const [next, most, above] = row;
  return above === 't' ? 'above what its column holds' : `${next}, and its column holds ${most} already`;
}

async function functions(ask: Ask): Promise<Defined[]> {
  const rows = await ask(`
    select n.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', p.prokind,
           pg_get_function_result(p.oid), l.lanname, p.provolatile, p.prosecdef, p.proisstrict,
           left(md5(p.prosrc || coalesce(p.probin, '')), 12), array_to_string(p.proconfig, ', ')
      from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and not exists
       (select from pg_depend e where e.classid = 'pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
     order by 1`);
  return rows.map(([at, kind, returns, language, volatile, definer, strict, body, settings]) => ({
    kind: 'function',
    at: at ?? '',
    traits: given({
      kind: kind === 'f' ? undefined : kind,
      returns,
      language,
      volatility: volatile,
      security: definer === 't' ? 'its owner' : undefined,
      strict: strict === 't' ? 'yes' : undefined,
      'body with md5': body,
      settings,
    }),
  }));
}
