import { describe, expect, test } from 'vitest';
import { parseDataSource, planSave } from '../../src/databases/source.js';

const save = (text: string) => {
  const source = parseDataSource(text);
  if (!source.ok) throw new Error(source.error);
  return planSave(source.value, '/save/db.spring');
};

describe('what was registered as data', () => {
  test.each(['postgres://u:100%@h/db', 'mysql://u:x@h/d%zz'])('is refused when it cannot be decoded: %s', (text) => {
    expect(parseDataSource(text)).toEqual({ ok: false, error: expect.stringContaining('%25') });
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
