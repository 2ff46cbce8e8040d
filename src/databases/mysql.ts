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
