import { readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { err, ok } from '../../src/basics/result.js';
import { type Fetched, fetchCheckout } from '../../src/git/fetch.js';
import { gitSettings } from '../../src/git/settings.js';
import type { FetchAll } from '../../src/workspace/by-git.js';
import { loadWorkspace } from '../../src/workspace/read.js';
import { GitRig } from '../git/rig.js';
import { directory, hooks, problemsOf, SCRIPT, TWO_RELEASES } from './rig.js';

let rig: GitRig;
beforeEach(() => {
  rig = new GitRig();
});
afterEach(() => rig.clean());

/** As `grenade run` does it. */
const fetch: FetchAll = async (planned) => {
  const fetched: Fetched[] = [];
  for (const each of planned) {
    const done = await fetchCheckout(each, {
      settings: { ...gitSettings({}), pauseMs: 1 },
      log: rig.log,
      env: rig.env,
    });
    if (!done.ok) return err([done.error]);
    fetched.push(done.value);
  }
  return ok(fetched);
};

const plugin = (name: string): Record<string, string> => hooks(`devstack/upgrade`.replace('NAME', name));

describe('a project that is fetched by git', () => {
  test('is a project like others once it is there, in its place and under its name', async () => {
    const commit = rig.commit('origin/heat', {
      ...plugin('heat'),
      'devstack/upgrade/settings': 'register_project_for_upgrade heat\nneeds_project last\n',
      'devstack/lib/heat': 'x=1\n',
    });
    rig.commit('origin/plain', { ...hooks('.'), 'start.sh': SCRIPT });
    const dir = directory({
      'grenade.yaml': `${TWO_RELEASES}projects:
  - { name: heat, git: ${join(rig.dir, 'origin/heat')}, ref: master, path: devstack/upgrade }
  - projects/*
  - { name: plain, git: ${join(rig.dir, 'origin/plain')} }
`,
      ...hooks('projects/10_last'),
    });
    const workspace = await loadWorkspace(dir, { cwd: dir, fetch });
    if (!workspace.ok) throw new Error(workspace.error.map(({ message }) => message).join('\n'));
    expect(workspace.value.projects.map(({ name, dir: at }) => [name, at.slice(dir.length)])).toEqual([
      ['last', '/projects/10_last'],
      ['heat', '/.grenade/plugins/heat/devstack/upgrade'],
      ['plain', '/.grenade/plugins/plain'],
    ]);
    expect(workspace.value.fetched.map(({ checkout, how, commit: at }) => [checkout.name, how, at])).toEqual([
      ['heat', 'cloned', commit],
      ['plain', 'cloned', expect.stringMatching(/^[0-9a-f]{40}$/)],
    ]);
    // From here on nobody has to fetch it.
    expect((await loadWorkspace(dir, { cwd: dir })).ok).toBe(true);
  });

  test('is named by pluginrc too, with its hooks where the original looks for them', async () => {
    const commit = rig.commit('origin/heat', plugin('heat'));
    const dir = directory({
      'grenade.yaml': TWO_RELEASES,
      localrc: `MINE=${join(rig.dir, 'origin')}\n`,
      pluginrc: 'if [[ -n $MINE ]]; then enable_grenade_plugin heat "$MINE/heat" master; fi\n',
      ...hooks('projects/10_first'),
    });
    const unfetched = await loadWorkspace(dir, { cwd: dir });
    expect(unfetched).toMatchObject({
      ok: false,
      error: [
        { message: 'heat has not been fetched, so its hooks are not known', file: join(dir, 'pluginrc'), line: 1 },
      ],
    });
    const workspace = await loadWorkspace(dir, { cwd: dir, fetch });
    if (!workspace.ok) throw new Error(workspace.error.map(({ message }) => message).join('\n'));
    expect(workspace.value.projects.map(({ name, dir: at }) => [name, at.slice(dir.length)])).toEqual([
      ['first', '/projects/10_first'],
      ['heat', '/.grenade/plugins/heat/devstack/upgrade'],
    ]);
    expect(workspace.value.fetched).toMatchObject([{ checkout: { name: 'heat', ref: 'master' }, commit }]);
    expect(readdirSync(dir).sort()).toEqual(['.grenade', 'grenade.yaml', 'localrc', 'pluginrc', 'projects']);
    expect(readdirSync(join(dir, '.grenade'))).toEqual(['plugins']);
  });

  test('has one place: pluginrc or grenade.yaml', async () => {
    const problems = await problemsOf({
      'grenade.yaml': `${TWO_RELEASES}projects: [{ name: heat, git: /a }]\n`,
      pluginrc: '\nenable_grenade_plugin heat /b\n',
    });
    expect(problems).toContain(
      '\npluginrc:2  heat is fetched by git twice: grenade.yaml:4 names it too\n  Keep one of them.\n',
    );
  });

  test('makes a pluginrc that cannot be read a problem, with its line', async () => {
    const problems = await problemsOf({
      'grenade.yaml': TWO_RELEASES,
      pluginrc: 'x=1\nif [[ $x\n',
      ...hooks('projects/10_first'),
    });
    expect(problems).toMatch(/pluginrc:\d {2}pluginrc cannot be sourced: /);
  });

  test('is said to be missing, and what would be fetched, by who only looks', async () => {
    const problems = await problemsOf({
      'grenade.yaml': `${TWO_RELEASES}projects: [{ name: heat, git: "https://me:pw@example.org/heat", ref: v1 }]\n`,
    });
    expect(problems).toContain('grenade.yaml:4:12  heat has not been fetched, so its hooks are not known');
    expect(problems).toMatch(
      /`grenade run` clones it first: https:\/\/\*\*\*@example.org\/heat at v1 to .*plugins\/heat\./,
    );
  });

  test('is not fetched for a workspace with which something is wrong', async () => {
    const asked: string[] = [];
    const problems = await problemsOf(
      { 'grenade.yaml': `${TWO_RELEASES}projects: [{ name: heat, git: /nowhere }]\njobs: 0\n` },
      {
        fetch: async (planned) => {
          asked.push(...planned.map(({ checkout }) => checkout.name));
          return ok([]);
        },
      },
    );
    expect(problems).toContain('`jobs` must be');
    expect(asked).toEqual([]);
  });

  test('must lie in its checkout', async () => {
    rig.commit('origin/heat', plugin('heat'));
    symlinkSync('/etc', join(rig.dir, 'origin/heat/out'));
    rig.commit('origin/heat', {});
    const yaml = (path: string): Record<string, string> => ({
      'grenade.yaml': `${TWO_RELEASES}projects: [{ name: heat, git: ${join(rig.dir, 'origin/heat')}, path: ${path} }]\n`,
    });
    expect(await problemsOf(yaml('out'), { fetch })).toContain('out of heat leads out of its checkout');
    expect(await problemsOf(yaml('nowhere'), { fetch })).toContain('heat has no directory nowhere in its checkout');
  });

  test('that cannot be fetched is told where it is asked for', async () => {
    const problems = await problemsOf(
      { 'grenade.yaml': `${TWO_RELEASES}projects:\n  - { name: heat, git: ${rig.dir}/none }\n` },
      { fetch },
    );
    expect(problems).toMatch(/grenade.yaml:5\b.*heat could not be cloned from/);
  });

  test('is checked word for word', async () => {
    expect(
      await problemsOf({
        'grenade.yaml': `${TWO_RELEASES}projects:
  - { name: ../x, git: "ext::sh -c id", ref: --upload-pack=x, path: ../.. }
  - { name: heat, git: -x, branch: y }
  - { git: /a, ref: 2026.1 }
  - 7
`,
      }),
    ).toMatchInlineSnapshot(`
      "
      grenade.yaml:5:13  \`name\` in \`projects\` must be a name of letters, digits and . _ + - that begins with a letter or a digit, not \`../x\`
        Write for example \`name: heat\`.
      grenade.yaml:5:24  \`git\` in \`projects\` must be a URL or a path to clone from, by file, git, http, https or ssh, not \`ext::sh -c id\`
        Write for example \`git: "https://example.org/heat"\`.
      grenade.yaml:5:46  \`ref\` in \`projects\` must be a branch, a tag, a commit, or a whole ref such as refs/changes/45/12345/6, not \`--upload-pack=x\`
        Write for example \`ref: master\`.
      grenade.yaml:5:69  \`path\` in \`projects\` must be a path inside the checkout, not \`../..\`
        Write for example \`path: devstack/upgrade\`.
      grenade.yaml:6:24  \`git\` in \`projects\` must be a URL or a path to clone from, by file, git, http, https or ssh, not \`-x\`
        Write for example \`git: "https://example.org/heat"\`.
      grenade.yaml:6:28  \`branch\` is not a key of \`projects\`
        The keys here: name, git, ref, path.
      grenade.yaml:7:5  Number 3 of \`projects\` has no \`name\`
        Add \`name: heat\`.
      grenade.yaml:7:21  \`ref\` in \`projects\` must be text, and YAML reads 2026.1 as a number
        Put it in quotes: \`ref: "2026.1"\`.
      grenade.yaml:8:5  Number 4 of \`projects\` must be a path or a pattern below the workspace, or \`{ name: NAME, git: URL }\`, not \`7\`
        Write for example \`projects: ["projects/*"]\`.
      "
    `);
  });
});
