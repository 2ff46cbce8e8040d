import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { discover } from '../../src/workspace/discover.js';
import { Places } from '../../src/workspace/places.js';
import { formatProblem } from '../../src/workspace/problems.js';
import { readWorkspace } from '../../src/workspace/read.js';
import { directory, hooks, problemsOf, SCRIPT, TWO_RELEASES } from './rig.js';

describe('a workspace', () => {
  test('is read with every default', async () => {
    const dir = directory({ 'grenade.yaml': TWO_RELEASES, ...hooks('projects/10_pg'), ...hooks('projects/9_web') });
    const read = await readWorkspace(dir);
    expect(
      read.ok &&
        read.value.kind === 'native' && {
          ...read.value,
          directories: read.value.directories.map((each) => each.dir),
          places: 0,
        },
    ).toEqual({
      kind: 'native',
      dir,
      file: `${dir}/grenade.yaml`,
      fetched: [],
      base: { name: 'spring', versions: {}, env: {} },
      target: { name: 'autumn', versions: {}, env: {} },
      releases: ['spring', 'autumn'],
      restart: 'each',
      limits: { hook: 1_800_000, services: 120_000, run: 10_800_000, hooks: {}, projects: {} },
      settle: 0,
      secrets: [],
      logs: { fail: [], ignore: [] },
      listed: [],
      state: { loss: 'fail', change: 'warn', drift: 'warn', control: false, twin: false, expect: [] },
      snapshots: { limit: 10_000_000_000 },
      onFailure: 'keep',
      jobs: 1,
      dataRoot: `${dir}/.grenade`,
      projectsKnown: true,
      directories: [`${dir}/projects/9_web`, `${dir}/projects/10_pg`],
      givenProbes: [],
      raw: { releases: [{ name: 'spring' }, { name: 'autumn' }] },
      places: 0,
      cwd: process.cwd(),
    });
    expect(readdirSync(dir)).toEqual(['grenade.yaml', 'projects']);
  });

  test('says everything that it can', async () => {
    const dir = directory({
      'grenade.yaml': `
releases:
  - { name: "2025.1", env: &common { A: "1" } }
  - { name: "2025.2", versions: { pg: "17" }, env: { <<: *common, B: "2" } }
projects: [services/*/grenade, other/pg]
restart: last
limits: { hook: 1h, services: 10s, run: 1.5h, hooks: { migrate: 2h }, projects: { pg: { hook: 5m, start: 300ms } } }
settle: 30s
secrets: ["*_KEY"]
logs: { fail: [error, traceback], ignore: [reset by peer] }
on-failure: destroy
jobs: 4
data-root: var/runs
`,
      ...hooks('services/api/grenade'),
      ...hooks('other/pg'),
    });
    const read = await readWorkspace(dir);
    expect(read.ok && read.value).toMatchObject({
      base: { name: '2025.1', versions: {}, env: { A: '1' } },
      target: { name: '2025.2', versions: { pg: '17' }, env: { A: '1', B: '2' } },
      restart: 'last',
      limits: {
        hook: 3_600_000,
        services: 10_000,
        run: 5_400_000,
        hooks: { migrate: 7_200_000 },
        projects: { pg: { hook: 300_000, start: 300 } },
      },
      settle: 30_000,
      secrets: ['*_KEY'],
      logs: { fail: ['error', 'traceback'], ignore: ['reset by peer'] },
      onFailure: 'destroy',
      jobs: 4,
      dataRoot: `${dir}/var/runs`,
      directories: [{ dir: `${dir}/services/api/grenade` }, { dir: `${dir}/other/pg` }],
    });
  });

  test('of many releases runs from the first to the last, or between two that are asked for', async () => {
    const dir = directory({
      'grenade.yaml': 'releases: [{ name: a }, { name: b }, { name: c }, { name: d }]\n',
      ...hooks('projects/pg'),
    });
    const between = async (options: { from?: string; to?: string }) => {
      const read = await readWorkspace(dir, options);
      return read.ok
        ? `${read.value.base.name} to ${read.value.target.name}`
        : read.error.map(({ message }) => message);
    };
    expect(await between({})).toBe('a to d');
    expect(await between({ from: 'b' })).toBe('b to d');
    expect(await between({ from: 'b', to: 'c' })).toBe('b to c');
    expect(await between({ from: 'c', to: 'b' })).toEqual(['--to b comes before --from c']);
    expect(await between({ from: 'c', to: 'c' })).toEqual(['--to c is the same release as --from c']);
    expect(await between({ from: 'd' })).toEqual(['--from d: no release comes after it']);
    expect(await between({ to: 'a' })).toEqual(['--to a: no release comes before it']);
    expect(await between({ from: 'x', to: 'y' })).toEqual([
      '--from x: there is no such release',
      '--to y: there is no such release',
    ]);
  });
});

describe('what is wrong with grenade.yaml', () => {
  test('is told all at once, each with its place and its fix', async () => {
    const config = `relases: []
releases:
  - name: spring
    versions: { pg: 14, worker: "0.13", wroker: "1" }
  - name: spring
    versions: { pg: 1.10, worker: }
    env: { A: yes, B: true, 2C: x, DB_PASSWORD: 1234 }
  - versions: {}
restart: lst
limits: { hook: 30, services: 0s, hooks: { migrat: 2h }, projects: { pgg: { hook: 1h } } }
settle: soon
probes: []
projects: [projects/*, nowhere, { git: https://example.org/heat }]
jobs: 0
secrets: DB
on-failure: panic
`;
    expect(
      await problemsOf({ 'grenade.yaml': config, ...hooks('projects/10_pg'), ...hooks('projects/20_worker') }),
    ).toMatchInlineSnapshot(`
      "
      grenade.yaml:1:1  \`relases\` is not a key
        Did you mean \`releases\`? The keys here: releases, projects, restart, limits, settle, secrets, logs, probes, data, state, expect, on-failure, jobs, snapshots, data-root.
      grenade.yaml:4:21  \`pg\` in \`versions\` must be text, and YAML reads 14 as a number
        Put it in quotes: \`pg: "14"\`.
      grenade.yaml:4:41  \`wroker\` in \`versions\` is no project
        Did you mean \`worker\`? Projects: pg, worker.
      grenade.yaml:5:11  Two releases are named spring
        Give each a name of its own.
      grenade.yaml:6:21  \`pg\` in \`versions\` must be text, and YAML reads 1.10 as the number 1.1
        Put it in quotes: \`pg: "1.10"\`.
      grenade.yaml:6:35  \`worker\` in \`versions\` must be text, not empty
        Write the version in quotes, or remove \`worker\` to have it found out.
      grenade.yaml:7:23  \`B\` in \`env\` must be text, and YAML reads true as a truth value
        Put it in quotes: \`B: "true"\`.
      grenade.yaml:7:29  \`2C\` must be named as a shell variable: letters, digits and _
        Give it a name of that kind.
      grenade.yaml:7:49  \`DB_PASSWORD\` in \`env\` must be text, and YAML reads it as a number
        Put it in quotes: \`DB_PASSWORD: …\`.
      grenade.yaml:8:5  Number 3 of \`releases\` has no \`name\`
        Add \`name: spring\`.
      grenade.yaml:9:10  \`restart\` must be \`each\` or \`last\`, not \`lst\`
        Write for example \`restart: each\`.
      grenade.yaml:10:17  \`hook\` in \`limits\` must be a duration such as 300ms, 90s, 30m or 3h, not \`30\`
        Write for example \`hook: 30m\`.
      grenade.yaml:10:31  \`services\` in \`limits\` must be a duration such as 300ms, 90s, 30m or 3h, not \`0s\`
        Write for example \`services: 120s\`.
      grenade.yaml:10:44  \`migrat\` is not a key of \`hooks\`
        Did you mean \`migrate\`? The keys here: install, start, version, smoke, early_create, create, verify, shutdown, verify_noapi, migrate, upgrade, finalize, destroy.
      grenade.yaml:10:70  \`pgg\` in \`limits\` is no project
        Did you mean \`pg\`? Projects: pg, worker.
      grenade.yaml:11:9  \`settle\` must be a duration such as 300ms, 90s, 30m or 3h, not \`soon\`
        Write for example \`settle: 30s\`.
      grenade.yaml:13:24  There is no directory nowhere
        Name a directory with the hooks of a project in it, as a path from the workspace.
      grenade.yaml:13:33  Number 3 of \`projects\` has no \`name\`
        Add \`name: heat\`.
      grenade.yaml:14:7  \`jobs\` must be a whole number, 1 or more, not \`0\`
        Write for example \`jobs: 4\`.
      grenade.yaml:15:10  \`secrets\` must be a list of names of variables, not \`DB\`
        Write for example \`secrets: [DB_PASSWORD, "*_KEY"]\`.
      grenade.yaml:16:13  \`on-failure\` must be \`keep\` or \`destroy\`, not \`panic\`
        Write for example \`on-failure: keep\`.
      "
    `);
  });

  test.each([
    ['nothing', ''],
    ['a list', '- releases\n'],
    ['one release', 'releases: [{ name: a }]\n'],
    ['a release that is no name', 'releases: [{ name: stable/a }, { name: 2024 }]\n'],
    ['a tab', 'releases:\n\t- name: a\n'],
    ['an open quote', 'releases: [{ name: "a }]\n'],
    ['a key that stands twice', `${TWO_RELEASES}jobs: 1\njobs: 2\n`],
    ['an alias of nothing', 'releases: *none\n'],
    ['two documents', `${TWO_RELEASES}---\njobs: 1\n`],
  ])('%s', async (_, text) => {
    expect(await problemsOf({ 'grenade.yaml': text, ...hooks('projects/pg') })).toMatchSnapshot();
  });
});

describe('a directory that is no workspace', () => {
  test('has no grenade.yaml', async () => {
    const dir = directory({});
    expect(await readWorkspace(dir)).toEqual({
      ok: false,
      error: [
        {
          message: `${dir} is no workspace: there is no grenade.yaml`,
          fix: 'Write grenade.yaml, or run `grenade init`.',
        },
      ],
    });
  });

  test('is a classic one', async () => {
    const dir = directory({ localrc: 'BASE_RELEASE=train\nSTACK_ROOT=/stack\n' });
    expect(await readWorkspace(dir)).toMatchObject({
      value: {
        kind: 'classic',
        base: { name: 'train', dir: '/stack/train' },
        target: { name: 'new', dir: '/stack/new' },
      },
    });
  });

  test('is not there', async () => {
    expect(await readWorkspace('/nowhere')).toMatchObject({ error: [{ message: 'There is no directory /nowhere' }] });
  });

  test('a classic one takes no option that means nothing to it', async () => {
    expect(await problemsOf({ localrc: '' }, { from: 'spring', to: 'autumn', jobs: 2 })).toMatchInlineSnapshot(`
      "
      --from chooses from a list of releases, and a classic workspace has just two
        Set BASE_RELEASE, TARGET_RELEASE and their branches in localrc.
      --to chooses from a list of releases, and a classic workspace has just two
        Set BASE_RELEASE, TARGET_RELEASE and their branches in localrc.
      --jobs calls hooks side by side, and a classic run calls one at a time, as the original does
        Leave it out.
      "
    `);
  });
});

describe('what is wrong with projects', () => {
  test('is told with what is wrong in grenade.yaml', async () => {
    expect(
      await problemsOf({
        'grenade.yaml': `${TWO_RELEASES}setle: 3s\n`,
        ...hooks('projects/10_pg'),
        'projects/10_pg/install.sh': 'echo\n',
        'projects/20_web/strat.sh': SCRIPT,
        'projects/30_pg/start.sh': SCRIPT,
        'projects/40_empty/lib.sh': SCRIPT,
        'projects/50_gone': '-> ../elsewhere',
        'projects/60 odd/start.sh': SCRIPT,
        'projects/README.md': 'no project',
        'projects/.git/start.sh': 'no project',
        'projects/node_modules/start.sh': 'no project',
      }),
    ).toMatchInlineSnapshot(`
      "
      grenade.yaml:4:1  \`setle\` is not a key
        Did you mean \`settle\`? The keys here: releases, projects, restart, limits, settle, secrets, logs, probes, data, state, expect, on-failure, jobs, snapshots, data-root.
      projects/50_gone  projects/50_gone is a link to ../elsewhere, which does not exist
        Make the link point at a directory that is there, or remove it.
      projects/10_pg/install.sh  install.sh has no run bit, so it cannot be executed
        Run \`chmod +x projects/10_pg/install.sh\`.
      projects/20_web/strat.sh  strat.sh is never called: no hook has this name, and it comes near start.sh
        Rename it to start.sh; if it is a helper, give it a name that resembles no hook.
      projects/40_empty  empty has no hook at all, so nothing of it would be run
        Give it start.sh and shutdown.sh to begin with, or move the directory out of the projects.
      projects/30_pg  Two projects are named pg: projects/10_pg and projects/30_pg
        Give each a name of its own; what stands before an underscore, as in 10_, is no part of it.
      projects/60 odd  \`60 odd\` cannot be the name of a project
        Name it with letters, digits and . _ - and begin with a letter or a digit.
      "
    `);
  });

  test('scripts beside a module', async () => {
    const dir = directory({
      'projects/10_mod/project.ts': '',
      'projects/10_mod/project.mjs': '',
      'projects/10_mod/settings': '',
      'projects/10_mod/resources.sh': SCRIPT,
      'projects/10_mod/helper.sh': SCRIPT,
    });
    const { directories } = await discover(dir, undefined, [], new Places(`${dir}/grenade.yaml`), dir);
    expect(directories).toMatchObject([{ kind: 'module', file: `${dir}/projects/10_mod/project.ts` }]);
    const problems = directories.flatMap((each) => (each.kind === 'module' ? each.problems : []));
    expect(`\n${problems.map((each) => formatProblem(each, dir)).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      projects/10_mod/project.mjs  project.ts and project.mjs are both the project
        Keep one of them.
      projects/10_mod/resources.sh  resources.sh is never called: beside project.ts, hooks are methods of the module
        Make it a method in project.ts, or give it a name that is no hook.
      projects/10_mod/settings  settings is never read beside project.ts
        Register in project.ts what it registers (name, needs, services), and put what it exports into localrc.
      "
    `);
  });

  test('projects that are nowhere', async () => {
    expect(await problemsOf({ 'grenade.yaml': TWO_RELEASES })).toMatchInlineSnapshot(`
      "
      grenade.yaml:1:1  There is no directory projects/
        Make projects/NAME/ with the hooks of a project in it, or name other paths in \`projects\`.
      "
    `);
    expect(
      await problemsOf({ 'grenade.yaml': `${TWO_RELEASES}projects: [a, b/*, 'c/**/d', grenade.yaml]\n`, 'b/x': '' }),
    ).toMatchInlineSnapshot(`
      "
      grenade.yaml:4:12  There is no directory a
        Name a directory with the hooks of a project in it, as a path from the workspace.
      grenade.yaml:4:15  There is no project in b/
        Make b/NAME/ with the hooks of a project in it.
      grenade.yaml:4:20  \`c/**/d\` matches no directory
        Correct the pattern, or remove it.
      grenade.yaml:4:30  grenade.yaml is not a directory
        Name a directory with the hooks of a project in it, as a path from the workspace.
      "
    `);
  });

  test('restart: last takes an upgrade.sh apart, which cannot be', async () => {
    expect(
      await problemsOf({ 'grenade.yaml': `${TWO_RELEASES}restart: last\n`, 'projects/pg/upgrade.sh': SCRIPT }),
    ).toMatchInlineSnapshot(`
      "
      grenade.yaml:4:10  \`restart: last\` cannot be, because pg is upgraded whole by projects/pg/upgrade.sh
        Write \`restart: each\`, or take it apart into install, migrate and start.
      "
    `);
  });

  test('nothing could change', async () => {
    const pinned = (env: string): string =>
      `releases:\n  - { name: a, versions: { pg: "1" }, env: { A: x } }\n  - { name: b, versions: { pg: "1" }, env: { A: ${env} } }\n`;
    expect(await problemsOf({ 'grenade.yaml': pinned('x'), ...hooks('projects/pg') })).toMatchInlineSnapshot(`
      "
      grenade.yaml:3:16  Nothing could change in this run: every project has the same version at a and b, and so has \`env\`
        Name the versions that the target should have, or leave out those that are to be found different.
      "
    `);
    expect(await problemsOf({ 'grenade.yaml': pinned('y'), ...hooks('projects/pg') })).toBe('');
    expect(
      await problemsOf({
        'grenade.yaml': TWO_RELEASES,
        'projects/pg/start.sh': '#!/bin/bash\nset -e\n# later\n',
        'projects/pg/resources.sh': SCRIPT,
      }),
    ).toMatchInlineSnapshot(`
      "
      grenade.yaml  Nothing could change in this run: no project has install, start, migrate or upgrade with a command in it
        Give at least one project an install and a start, or an upgrade.
      "
    `);
  });

  test('scripts that bash cannot read are found before their turn comes', async () => {
    expect(
      await problemsOf({
        'grenade.yaml': TWO_RELEASES,
        ...hooks('projects/pg'),
        'projects/pg/migrate.sh': '#!/bin/bash\nif true; then\n  echo\n',
        'projects/web/install.sh': '#!/usr/bin/env bash\nshopt -s extglob\nrm !(kept)\n',
        'projects/web/start.sh': '#!/usr/bin/env bash\necho payload follows\nexit 0\n)(',
        'projects/web/shutdown.sh': '#!/usr/bin/env bash\necho one\necho two )\n',
      }),
    ).toMatchInlineSnapshot(`
      "
      projects/pg/migrate.sh:3  migrate.sh is not what bash understands: syntax error: unexpected end of file
        Correct it; \`bash -n\` tells whether it can be read.
      projects/web/shutdown.sh:3  shutdown.sh is not what bash understands: syntax error near unexpected token \`)'
        Correct it; \`bash -n\` tells whether it can be read.
      "
    `);
  });

  test('--projects leaves the others alone, and knows who is there', async () => {
    const files = {
      'grenade.yaml': TWO_RELEASES,
      ...hooks('projects/pg'),
      'projects/web/start.sh': 'echo\n',
      'projects/web/install.sh': SCRIPT,
    };
    expect(await problemsOf(files, { projects: ['pg'] })).toBe('');
    expect(await problemsOf(files, { projects: ['pg', 'wbe'] })).toMatchInlineSnapshot(`
      "
      --projects wbe: there is no such project
        Did you mean \`web\`? Projects: pg, web.
      "
    `);
  });
});
