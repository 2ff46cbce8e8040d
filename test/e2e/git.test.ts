import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { bash, Rig, TWO_RELEASES } from './rig.js';

const own = { GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };

/** Commits a project of these hooks to a repository beside the workspace, and returns the commit. */
function commit(rig: Rig, hooks: Readonly<Record<string, string>>): string {
  const at = join(rig.dir, '../heat');
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', at, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...own },
    }).trim();
  mkdirSync(at, { recursive: true });
  git('init', '--quiet', '--initial-branch=master');
  for (const [name, text] of Object.entries(hooks)) {
    const path = join(at, 'devstack/upgrade', name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o755 });
  }
  git('add', '--all');
  git('commit', '--quiet', '--message', 'change');
  return git('rev-parse', 'HEAD');
}

test('a project that is fetched by git is run at its commit, said first, and used again without its origin', async () => {
  await using rig = new Rig({
    'grenade.yaml': `${TWO_RELEASES}projects:\n  - { name: heat, git: ../heat, ref: master, path: devstack/upgrade }\n`,
  });
  const first = commit(rig, { 'upgrade.sh': bash('echo "$GRENADE_SIDE one"'), 'resources.sh': bash('echo $1') });

  const looked = await rig.grenade('plan');
  expect(looked.status).toBe(2);
  expect(looked.stderr).toMatch(
    /heat has not been fetched[\s\S]*`grenade run` clones it first: .*\/heat at master to \.grenade\/plugins\/heat/,
  );

  const run = await rig.start(['run'], { env: own }).outcome;
  expect(run.stdout).toMatch(
    /^fetch {2}heat {2}.*\/heat at master to \.grenade\/plugins\/heat\n {7}heat {2}cloned in /,
  );
  expect(run.status).toBe(0);
  const ready = (): unknown => rig.journal().find(({ type }) => type === 'checkout-ready');
  expect(ready()).toMatchObject({ name: 'heat', ref: 'master', how: 'cloned', commit: first });
  expect((await rig.grenade('plan')).status).toBe(0);

  const second = commit(rig, { 'upgrade.sh': bash('echo two') });
  expect((await rig.start(['run'], { env: own }).outcome).stdout).not.toContain('fetch');
  expect(ready()).toMatchObject({ how: 'used', commit: first });

  expect((await rig.start(['run'], { env: { ...own, RECLONE: 'yes' } }).outcome).status).toBe(0);
  expect(ready()).toMatchObject({ how: 'updated', commit: second });

  rmSync(join(rig.dir, '../heat'), { recursive: true });
  expect((await rig.start(['run'], { env: { ...own, OFFLINE: 'True', RECLONE: 'yes' } }).outcome).status).toBe(0);
  expect(ready()).toMatchObject({ how: 'used', commit: second });

  rmSync(join(rig.dir, '.grenade/plugins'), { recursive: true });
  const gone = await rig.start(['run'], { env: own }).outcome;
  expect(gone.status).toBe(2);
  expect(gone.stderr).toMatch(/grenade.yaml:\d+:\d+ {2}heat could not be cloned from .*: git ended with exit 128/);
});
