import { describe, expect, test } from 'vitest';
import { parseDataSource, planSave } from '../../src/databases/source.js';

const save = (text: string) => {
  const source = parseDataSource(text, '/data');
  if (!source.ok) throw new Error(source.error);
  if (source.value.kind === 'resource') throw new Error('not known yet');
  return planSave(source.value, '/save/db.spring');
};

describe('what was registered as data', () => {
  test.each(['postgres://u:100%@h/db', 'mysql://u:x@h/d%zz'])('is refused when it cannot be decoded: %s', (text) => {
    expect(parseDataSource(text, '/data')).toEqual({ ok: false, error: expect.stringContaining('%25') });
  });

  test.each([
    ['/srv/files', { kind: 'directory', path: '/srv/files' }],
    ['s3rver/', { kind: 'directory', path: '/data/s3rver/' }],
    ['resource:postgres/url', { kind: 'resource', project: 'postgres', key: 'url' }],
  ])('is a directory, or known once a hook keeps it: %s', (text, value) => {
    expect(parseDataSource(text, '/data')).toEqual({ ok: true, value });
  });

  test.each(['../elsewhere', 'a/../../b', 'http://h/x', 'localhost:5432/db', ''])('is refused: %s', (text) => {
    expect(parseDataSource(text, '/data').ok).toBe(false);
  });

  test.each([
    ['postgres://u:p%40ss@h/db', 'PGPASSWORD', 'p@ss'],
    ['postgres://h/db?user=u&password=p%40ss', 'PGPASSWORD', 'p@ss'],
    ['mysql://u:p%40ss@h/db', 'MYSQL_PWD', 'p@ss'],
  ])('is saved with no password among the arguments: %s', (text, name, password) => {
    const { command, env } = save(text);
    expect(command.join(' ')).not.toMatch(/p(%40|@)ss/);
    expect(env).toEqual({ [name]: password });
  });
});
