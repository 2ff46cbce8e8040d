import { isAbsolute, join, normalize } from 'node:path';
import { err, ok, type Result } from '../basics/result.js';
import { isDecodable } from '../basics/url.js';
import type { Difference } from '../journal/difference.js';
import { compareFiles } from './compare-files.js';
import { type CompareOptions, compareTables, type Looked } from './compare-tables.js';
import type { Kept } from './keep.js';
import { mysqlDump } from './mysql.js';
import { readMysqlTls } from './mysql-tls.js';
import { faultOfSsl, postgresDump } from './postgres.js';
import type { Reader } from './reader.js';
import type { Save } from './save.js';
import type { Schema } from './schema.js';

/** Where a service keeps its state: what `register_data NAME URL|DIR` names. */
export type DataSource =
  | OpenSource
  /** A URL or directory that a hook keeps with `resource_save`: known only once it did. */
  | { readonly kind: 'resource'; readonly project: string; readonly key: string };

/** A source that can be read. */
export type OpenSource =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'postgres' | 'mysql'; readonly url: URL };

const FORMS =
  'data is a directory, a postgres:// or mysql:// URL, or resource:PROJECT/KEY where a hook keeps one of these';

/**
 * Reads what was registered; or says what is wrong with it, in one sentence. A relative directory is one of the
 * system's data, `$DATA_DIR`.
 */
export function parseDataSource(text: string, dataDir: string): Result<DataSource, string> {
  if (isAbsolute(text)) return ok({ kind: 'directory', path: text });
  const [, project, key] = /^resource:([^/]+)\/(.+)$/s.exec(text) ?? [];
  if (project !== undefined && key !== undefined) return ok({ kind: 'resource', project, key });
  if (/^[\w.-][^:]*$/.test(text)) {
    const path = normalize(text);
    if (path.startsWith('..')) return err('a relative directory is one below $DATA_DIR, without ..');
    return ok({ kind: 'directory', path: join(dataDir, path) });
  }
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && !isDecodable(url)) return err('a % in its user, password or path is written %25');
  switch (url?.protocol) {
    case 'postgres:':
    case 'postgresql:': {
      const fault = faultOfSsl(url);
      return fault === undefined ? ok({ kind: 'postgres', url }) : err(fault);
    }
    case 'mysql:':
    case 'mariadb:': {
      const tls = readMysqlTls(url);
      return tls.ok ? ok({ kind: 'mysql', url }) : tls;
    }
    default:
      return err(FORMS);
  }
}

/** How to save `source` as `stem` (a path without an ending). */
export function planSave(source: OpenSource, stem: string): Save {
  switch (source.kind) {
    case 'directory':
      return { command: ['cp', '-a', '--', source.path, stem], env: {}, path: stem };
    case 'postgres':
      return postgresDump(source.url, `${stem}.sql`);
    case 'mysql':
      return mysqlDump(source.url, `${stem}.sql`);
  }
}

/** Opens it for reading, at one moment. Throws a `SourceError` with what it says when it cannot be. */
export async function openSource(source: OpenSource): Promise<Reader> {
  switch (source.kind) {
    case 'directory':
      return (await import('./directory.js')).openDirectory(source.path);
    case 'postgres':
      return (await import('./postgres.js')).openPostgres(source.url);
    case 'mysql':
      return (await import('./mysql.js')).openMysql(source.url);
  }
}

/** Reads how it is defined; undefined of a directory, where nothing is. Throws a `SourceError` when it cannot be read. */
export async function readSchema(source: OpenSource): Promise<Schema | undefined> {
  switch (source.kind) {
    case 'directory':
      return undefined;
    case 'postgres':
      return (await import('./postgres-schema.js')).readPostgresSchema(source.url);
    case 'mysql':
      return (await import('./mysql-schema.js')).readMysqlSchema(source.url);
  }
}

/** Compares a source, open in `reader`, with what was kept of it, and tells every difference. */
export function compareSource(
  source: OpenSource,
  kept: Kept,
  reader: Reader,
  options: CompareOptions & { readonly copy: string },
  tell: (difference: Difference) => void,
): Promise<Looked> {
  switch (source.kind) {
    case 'directory': {
      const contents = { before: options.copy, after: source.path };
      return compareFiles(kept, reader, { ...options, contents }, tell);
    }
    case 'postgres':
    case 'mysql':
      return compareTables(kept, reader, options, tell);
  }
}
