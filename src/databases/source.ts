import { isAbsolute } from 'node:path';
import { err, ok, type Result } from '../basics/result.js';
import { mysqlDump } from './mysql.js';
import { postgresDump } from './postgres.js';
import type { Save } from './save.js';

/** Where a service keeps its state: what `register_data NAME URL|DIR` names. */
export type DataSource =
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'postgres' | 'mysql'; readonly url: URL };

/** Reads what was registered; or says what is wrong with it, in one sentence. */
export function parseDataSource(text: string): Result<DataSource, string> {
  if (isAbsolute(text)) return ok({ kind: 'directory', path: text });
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && !isDecodable(url)) return err('a % in its user, password or path is written %25');
  switch (url?.protocol) {
    case 'postgres:':
    case 'postgresql:':
      return ok({ kind: 'postgres', url });
    case 'mysql:':
    case 'mariadb:':
      return ok({ kind: 'mysql', url });
    default:
      return err('data is an absolute directory, or a postgres:// or mysql:// URL');
  }
}

/** Whether its parts can be taken apart: a lone `%` is let through by `URL`, and cannot be decoded. */
function isDecodable({ username, password, pathname }: URL): boolean {
  try {
    for (const part of [username, password, pathname]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

/** How to save `source` as `stem` (a path without an ending). */
export function planSave(source: DataSource, stem: string): Save {
  switch (source.kind) {
    case 'directory':
      return { command: ['cp', '-a', '--', source.path, stem], env: {}, path: stem };
    case 'postgres':
      return postgresDump(source.url, `${stem}.sql`);
    case 'mysql':
      return mysqlDump(source.url, `${stem}.sql`);
  }
}
