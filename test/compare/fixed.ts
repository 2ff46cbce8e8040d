import { type Case, localrc } from './case.js';
import { pluginsOf, type Sources } from './sources.js';

const QUIET = ['BASE_RUN_SMOKE=False', 'TARGET_RUN_SMOKE=False', 'ENABLE_TEMPEST=False'];

const BASE: Omit<Case, 'name' | 'files'> = {
  repositories: {},
  plugins: [],
  inTree: false,
  devstack: 'real',
  trees: 'there',
  runs: [[]],
  failFast: true,
};

/** What everybody has: the original's own projects, and real plugins, each alone over the real DevStack. */
export function fixedCases(sources: Sources): Case[] {
  const inTree = { ...BASE, inTree: true };
  return [
    { ...inTree, name: 'the projects of its own tree', files: { 'ws/localrc': localrc('there', QUIET) } },
    {
      ...inTree,
      name: 'the projects of its own tree, -b and then -t',
      files: { 'ws/localrc': localrc('there', QUIET) },
      runs: [['-b'], ['-t']],
    },
    {
      ...BASE,
      name: 'smoke tests and tempest, over the real DevStack',
      files: { 'ws/localrc': localrc('there', []) },
    },
    ...(sources.tools === undefined
      ? []
      : [
          {
            ...BASE,
            name: 'Grenade brings the base up, over the real DevStack',
            trees: 'cloned' as const,
            files: { 'ws/localrc': localrc('cloned', QUIET), ...broughtUp() },
          },
        ]),
    ...pluginsOf(sources).map((name) => ({
      ...BASE,
      name,
      plugins: [name],
      files: {
        'ws/localrc': localrc('there', QUIET),
        'ws/pluginrc': `enable_grenade_plugin ${name} https://opendev.org/openstack/${name}\n`,
      },
    })),
  ];
}

/** A workspace that says in each of the ways that there are what DevStack shall be. */
function broughtUp(): Case['files'] {
  return {
    'ws/devstack.localrc': 'FROM_LOCALRC=1\n',
    'ws/devstack.local.conf.target':
      '[[local|localrc]]\nTARGET_ONLY="two words"\n[[post-config|$NOVA_CONF]]\n[DEFAULT]\na = b\n',
    'ws/projects/10_one/settings':
      'register_project_for_upgrade one\ndevstack_localrc base ONE=1 "TWO=a b"\ndevstack_localrc target THREE=3\n',
    'ws/projects/10_one/resources.sh': '#!/bin/bash\n',
    'ws/projects/10_one/shutdown.sh': '#!/bin/bash\n',
    'ws/projects/10_one/upgrade.sh':
      '#!/bin/bash\nsource "$TARGET_DEVSTACK_DIR/stackrc"\n__cmp_say localrc "$ONE" "$THREE" "$TARGET_ONLY"\n',
    'ws/post-stack.sh': '#!/bin/bash\necho stdbuf\n',
  };
}
