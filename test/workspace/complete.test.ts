import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { completeWorkspace } from '../../src/workspace/complete.js';
import { loadWorkspace, type ReadOptions, readWorkspace } from '../../src/workspace/read.js';
import { directory, hooks, problemsOf, SCRIPT, TWO_RELEASES } from './rig.js';

/** What a run would be made of. */
async function complete(files: Readonly<Record<string, string>>, options: ReadOptions = {}, env = process.env) {
  const dir = directory({ 'grenade.yaml': TWO_RELEASES, ...files });
  const read = await readWorkspace(dir, { cwd: dir, ...options });
  if (!read.ok) throw new Error(read.error.map(({ message }) => message).join('\n'));
  const runDir = join(dir, '.grenade/runs/one');
  mkdirSync(runDir, { recursive: true });
  const completed = await completeWorkspace(read.value, { runDir, env });
  if (!completed.ok) throw new Error(completed.error.map(({ message }) => message).join('\n'));
  expect(existsSync(join(runDir, 'settings.env'))).toBe(false);
  return { workspace: completed.value, dir };
}

describe('settings', () => {
  test('register projects, what they need, and what is theirs', async () => {
    const { workspace, dir } = await complete({
      ...hooks('projects/10_web'),
      'projects/10_web/settings': 'register_project_for_upgrade web\nneeds_project db\nregister_service web-api\n',
      ...hooks('projects/20_db'),
      'projects/20_db/settings': 'register_backing db\nregister_service db "my db"\n',
      ...hooks('projects/30_plain'),
      ...hooks('projects/40_two'),
      'projects/40_two/settings':
        'register_project_for_upgrade one\nregister_project_for_upgrade two\nneeds_project one\n',
      ...hooks('projects/50_none'),
      'projects/50_none/settings': '[[ -n $NEVER_SET ]] && register_project_for_upgrade none\n',
    });
    expect(
      workspace.projects.map(({ hooks: _, ...project }) => ({ ...project, dir: project.dir.slice(dir.length) })),
    ).toEqual([
      { name: 'db', dir: '/projects/20_db', backing: true, needs: [], services: ['db', 'my db'] },
      { name: 'web', dir: '/projects/10_web', backing: false, needs: ['db'], services: ['web-api'] },
      { name: 'plain', dir: '/projects/30_plain', backing: false, needs: [], services: [] },
      { name: 'one', dir: '/projects/40_two', backing: false, needs: [], services: [] },
      { name: 'two', dir: '/projects/40_two', backing: false, needs: ['one'], services: [] },
    ]);
    expect(workspace.warnings).toEqual([
      'projects/50_none/settings registers no project, so nothing in 50_none/ is run',
    ]);
  });

  test('and localrc export what hooks see, in the order in which they are sourced', async () => {
    const { workspace } = await complete(
      {
        localrc: 'export ONE=1 TWO="a\nb"\nUNSEEN=x\nexport KEPT=same\nexport PATH=$PATH:/opt/x\n',
        ...hooks('projects/pg'),
        'projects/pg/settings':
          'register_project_for_upgrade pg\nexport ONE=$ONE$ONE OF=$BASE\nregister_data a /srv/a\nregister_db_to_save b\n',
      },
      {},
      { PATH: process.env.PATH, KEPT: 'same', BASE: 'spring', HOME: '/home/x' },
    );
    expect(workspace.env).toEqual({ ONE: '11', TWO: 'a\nb', OF: 'spring', PATH: `${process.env.PATH}:/opt/x` });
    expect(workspace.data).toEqual([{ name: 'a', source: { kind: 'directory', path: '/srv/a' } }]);
    expect(workspace.warnings).toEqual([expect.stringContaining('register_db_to_save b saves nothing here')]);
  });

  test('are not needed, and then nothing is run for them', async () => {
    const { workspace, dir } = await complete(hooks('projects/pg'));
    expect(readdirSync(join(dir, '.grenade/runs/one'))).toEqual([]);
    expect(workspace).toMatchObject({ env: {}, data: [], warnings: [], projects: [{ name: 'pg' }] });
  });

  test.each([
    ['a syntax error', 'register_project_for_upgrade pg\nif true; then\n', 'settings:3'],
    ['a file that is not there', '\nsource ./lib.sh\n', 'settings:2'],
    ['exit', 'register_project_for_upgrade pg\nexit 0\n', 'settings'],
    ['a failure that counts', 'set -e\nfalse\n', 'settings'],
    ['a signal', 'kill -9 $$\n', 'settings'],
  ])('that cannot be sourced are told with the rest: %s', async (_, text, place) => {
    const problems = await problemsOf({
      'grenade.yaml': `${TWO_RELEASES}jbos: 1\n`,
      ...hooks('projects/pg'),
      'projects/pg/settings': text,
    });
    expect(problems).toContain('`jbos` is not a key');
    expect(problems).toContain(`projects/pg/${place}`);
    expect(problems).toContain('be sourced: ');
  });

  test('what is wrong with what they register is told with all the rest, and nothing is left of looking', async () => {
    const files = {
      'grenade.yaml': `${TWO_RELEASES}setle: 3s\n`,
      ...hooks('projects/a'),
      'projects/a/settings': '# first\nregister_project_for_upgrade a\nneeds_project  b\n',
      ...hooks('projects/b'),
      'projects/b/settings': 'register_project_for_upgrade b\nneeds_project c a2\n',
      ...hooks('projects/c'),
      'projects/c/settings': 'register_project_for_upgrade c\nneeds_project a\n',
      ...hooks('projects/d'),
      'projects/d/settings': 'register_backing d\nneeds_project a c\nneeds_project d\n',
      'projects/d/start.sh': 'no run bit',
    };
    expect(await problemsOf(files)).toMatchInlineSnapshot(`
      "
      grenade.yaml:4:1  \`setle\` is not a key
        Did you mean \`settle\`? The keys here: releases, projects, restart, limits, settle, secrets, logs, probes, data, state, expect, on-failure, jobs, snapshots, data-root.
      projects/d/start.sh  start.sh has no run bit, so it cannot be executed
        Run \`chmod +x projects/d/start.sh\`.
      projects/b/settings:2:17  b needs a2, which is no project
        Projects: a, b, c, d.
      projects/d/settings:2:15  d is a backing project and needs a, which is not one: it would stay up without what it needs
        Make a a backing project too, or d an ordinary one.
      projects/d/settings:2:17  d is a backing project and needs c, which is not one: it would stay up without what it needs
        Make c a backing project too, or d an ordinary one.
      projects/a/settings:3:16  Projects need each other in a circle: a → b → c → a
        Remove one of these needs: one of them must be able to come up first.
      projects/d/settings:3:15  d needs itself
        Remove that need.
      "
    `);
    const dir = directory(files);
    await readWorkspace(dir);
    expect(readdirSync(dir)).toEqual(['grenade.yaml', 'projects']);
  });

  test('may make the PATH in which interpreters are found', async () => {
    const files = {
      'grenade.yaml': TWO_RELEASES,
      ...hooks('projects/pg'),
      'projects/pg/smoke': '#!/usr/bin/env speak\n',
      'bin/speak': SCRIPT,
    };
    expect(await problemsOf(files)).toMatchInlineSnapshot(`
      "
      projects/pg/smoke:1:1  smoke cannot be executed: its interpreter speak is not in PATH
        Install speak, put its directory into PATH (localrc can export it), or correct the #! line.
      "
    `);
    expect(await problemsOf({ ...files, localrc: 'export PATH=$PWD/bin:$PATH\n' })).toBe('');
  });

  test('may have directories in the PATH into which nobody can look', async () => {
    const files = {
      'grenade.yaml': TWO_RELEASES,
      ...hooks('projects/pg'),
      'projects/pg/smoke': '#!/usr/bin/env speak\n',
      round: '-> round',
      localrc: 'export PATH=$PWD/round:$PATH\n',
    };
    expect(await loadWorkspace(directory(files))).toMatchObject({
      ok: false,
      error: [{ message: 'smoke cannot be executed: its interpreter speak is not in PATH' }],
    });
  });
});

describe('--projects', () => {
  test('leaves alone what is wrong elsewhere', async () => {
    const { workspace } = await complete(
      {
        ...hooks('projects/web'),
        ...hooks('projects/other'),
        'projects/other/settings': 'register_project_for_upgrade 2nd\nneeds_project 2nd\n',
        'projects/other/start.sh': '#!/bin/bash\nif\n',
        'projects/other/install.sh': 'no run bit',
      },
      { projects: ['web'] },
    );
    expect(workspace.projects.map(({ name }) => name)).toEqual(['web']);
  });

  test('takes along what is needed, and says so', async () => {
    const needs = (name: string, ...others: string[]) => ({
      ...hooks(`projects/${name}`),
      [`projects/${name}/settings`]: `register_project_for_upgrade ${name}\nneeds_project ${others.join(' ')}\n`,
    });
    const { workspace } = await complete(
      { ...needs('web', 'api', 'db'), ...needs('api', 'db'), ...needs('db'), ...needs('other', 'db') },
      { projects: ['web'] },
    );
    expect(workspace.projects.map(({ name }) => name)).toEqual(['db', 'api', 'web']);
    expect(workspace.warnings).toEqual([
      'api is taken along, because web needs it',
      'db is taken along, because api and web need it',
    ]);
  });

  test('leaves out the data of projects that are left out, and what is expected of it', async () => {
    const expectation = (data: string) => `  - { data: ${data}, what: rows-new, reason: told }\n`;
    const files = {
      'grenade.yaml': `${TWO_RELEASES}expect:\n${['theirs', 'other/config', 'pages', 'web/config', 'misspelt'].map(expectation).join('')}`,
      ...hooks('projects/web'),
      'projects/web/settings': 'register_project_for_upgrade web\nregister_data pages pages\n',
      ...hooks('projects/other'),
      'projects/other/settings':
        'register_data shared shared\nregister_project_for_upgrade other\nregister_data theirs ../nowhere/..\n',
    };
    const { workspace } = await complete(files, { projects: ['web'] });
    expect(workspace.data.map(({ name }) => name)).toEqual(['shared', 'pages']);
    expect(workspace.state.expect.map(({ data }) => data)).toEqual(['pages', 'web/config', 'misspelt']);
  });
});

test('a workspace can be looked at without a run, and nothing is left of it', async () => {
  const dir = directory({
    'grenade.yaml': `${TWO_RELEASES}data-root: var/grenade/runs\n`,
    ...hooks('projects/pg'),
    'projects/pg/settings': 'register_backing pg\n',
  });
  const loaded = await loadWorkspace(dir);
  expect(loaded.ok && loaded.value.projects).toMatchObject([{ name: 'pg', backing: true }]);
  expect(readdirSync(dir)).toEqual(['grenade.yaml', 'projects']);
});
