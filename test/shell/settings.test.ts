import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseNotes } from '../../src/journal/notes.js';
import { Rig } from '../services/rig.js';

const rig = new Rig();
let shell: string;
beforeAll(() => {
  shell = rig.installShell();
});
afterAll(() => rig.clean());

/** Sources settings files, one a project directory, and says what they registered and exported. */
function settings(files: Readonly<Record<string, string>>, localrc?: string) {
  const registration = join(rig.dir, 'registration');
  const out = join(rig.dir, 'env');
  for (const path of [registration, out]) rmSync(path, { force: true });
  const paths = Object.entries(files).map(([project, text]) => {
    mkdirSync(join(rig.dir, project), { recursive: true });
    return rig.file(`${project}/settings`, text);
  });
  const { GRENADE_NOTES: _, ...environment } = rig.environment({ GRENADE_REGISTRATION: registration, KEPT: 'yes' });
  const done = spawnSync('bash', [join(shell, 'settings.bash'), out, ...paths], {
    env: { ...environment, ...(localrc === undefined ? {} : { GRENADE_LOCALRC: rig.file('localrc', localrc) }) },
    encoding: 'utf8',
  });
  return {
    status: done.status,
    stderr: done.stderr,
    registered: existsSync(registration) ? parseNotes(readFileSync(registration, 'utf8')) : [],
    env: existsSync(out) ? readFileSync(out, 'utf8').split('\0') : undefined,
  };
}
const a = join(rig.dir, 'a');
const b = join(rig.dir, 'b');

test('settings register, in one shell, in order', () => {
  const result = settings(
    {
      a: 'register_backing db\nregister_project_for_upgrade db\nregister_service db1 db2\nSHARED=one\n',
      b: 'register_project_for_upgrade app\nneeds_project db\nregister_db_to_save app extra\nregister_data items "http://x/\ty"\nexport SEEN="$SHARED $FROM_RC $PROJECT_DIR"\n',
    },
    'export FROM_RC=rc\n',
  );
  expect(result).toMatchObject({ status: 0, stderr: '' });
  expect(result.registered).toEqual([
    ['project', 'db', a],
    ['backing', 'db'],
    ['service', 'db', 'db1'],
    ['service', 'db', 'db2'],
    ['project', 'app', b],
    ['needs', 'app', 'db'],
    ['db', 'app'],
    ['db', 'extra'],
    ['data', 'items', 'http://x/\ty', 'app'],
  ]);
  expect(result.env).toEqual(expect.arrayContaining([`SEEN=one rc ${b}`, 'FROM_RC=rc', 'KEPT=yes']));
  expect(result.env?.filter((line) => /^(_|SHLVL|PWD|PROJECT_DIR)=/.test(line))).toEqual([]);
});

test('a last command that fails is no error, as in the original', () => {
  const result = settings({ a: 'register_project_for_upgrade a\n[[ -n $NOPE ]] && export NOPE\n', b: 'false\n' });
  expect(result).toMatchObject({ status: 0, stderr: '', registered: [['project', 'a', a]] });
});

describe('settings stop, with file and line, at', () => {
  test.each([
    ['a syntax error', 'X=1\nif then\nfi\n', 2, 'syntax error'],
    ['exit', 'X=1\n\nexit 0\n', 3, 'exit 0 ends the shell that reads all settings'],
    ['exit in a function', 'f() {\n  exit 4\n}\nf\n', 2, 'exit 4 ends the shell'],
    ['die', '\ndie "not on this machine"\n', 2, 'settings:2: not on this machine\n'],
    ['a failing command under set -e', 'set -e\nfalse\n', 2, 'false ended with status 1'],
    ['an unset variable under set -u', 'set -u\nexport X=$NOPE\n', 2, 'NOPE'],
    ['a source of what is not there', 'X=1\nsource $PROJECT_DIR/none\nX=2\n', 2, '/none cannot be read'],
    ['what is about a project before there is one', '\nneeds_project db\n', 2, 'call register_project_for_upgrade'],
  ])('%s', (_, text, line, message) => {
    const result = settings({ a: text, b: 'register_project_for_upgrade b\n' });
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(`${a}/settings:${line}: `);
    expect(result.stderr).toContain(message);
    expect(result.registered).toHaveLength(1);
    expect(result.registered[0]?.slice(0, 3)).toEqual(['failed', `${a}/settings`, String(line)]);
    expect(result.env).toBeUndefined();
  });

  test('a syntax error in what they source, and in localrc', () => {
    rig.file('broken', 'X=1\n\n)\n');
    expect(settings({ a: 'source $PROJECT_DIR/../broken\n' }).stderr).toContain(`broken:3: syntax error`);
    expect(settings({ a: '' }, 'X=(\n')).toMatchObject({ status: 1 });
  });

  test('a file that is not there', () => {
    const done = spawnSync('bash', [join(shell, 'settings.bash'), join(rig.dir, 'env'), '/none/settings'], {
      encoding: 'utf8',
    });
    expect(done).toMatchObject({ status: 1, stderr: '/none/settings:0: it cannot be read\n' });
  });
});
