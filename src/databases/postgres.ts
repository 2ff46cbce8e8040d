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
