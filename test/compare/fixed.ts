import { type Case, localrc } from './case.js';
import { pluginsOf, type Sources } from './sources.js';

const QUIET = ['BASE_RUN_SMOKE=False', 'TARGET_RUN_SMOKE=False', 'ENABLE_TEMPEST=False'];

const BASE: Omit<Case, 'name' | 'files'> = {
  repositories: {},
  plugins: [],
  localConf: [],
  inTree: false,
  devstack: 'real',
  trees: 'there',
  runs: [[]],
  failFast: true,
};

/** What everybody has: the original's own projects, and real plugins, each alone over the real DevStack. */
export function fixedCases(sources: Sources): Case[] {
  const inTree = { ...BASE, inTree: true, localConf: AGENTS };
  const files = {
    'ws/localrc': localrc('there', QUIET),
    ...configured('keystone', 'placement', 'glance', 'neutron', 'nova', 'cinder', 'swift'),
  };
  return [
    { ...inTree, name: 'the projects of its own tree', files },
    {
      ...inTree,
      name: 'the projects of its own tree, -b and then -t',
      files,
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
      plugins: name === 'octavia' ? [name, 'neutron'] : [name],
      localConf: BROUGHT_UP[name] ?? [],
      files: {
        'ws/localrc': localrc('there', QUIET),
        'ws/pluginrc': `enable_grenade_plugin ${name} https://opendev.org/openstack/${name}\n`,
        ...configured(name, 'keystone', 'neutron', 'nova'),
      },
    })),
  ];
}

const plugin = (name: string, ...services: string[]): string[] => [
  `enable_plugin ${name} https://opendev.org/openstack/${name}`,
  ...(services.length === 0 ? [] : [`enable_service ${services.join(' ')}`]),
];

/**
 * Neutron by agents: OVN's own installation puts /bin before everything else, and then programs of the machine would be
 * called. What nova clones has no tags here.
 */
const AGENTS = [
  ...['Q_AGENT=openvswitch', 'Q_ML2_PLUGIN_MECHANISM_DRIVERS=openvswitch', 'NOVNC_BRANCH=master'],
  'disable_service ovn-controller ovn-northd ovs-vswitchd ovsdb-server q-ovn-metadata-agent q-ovn-agent',
  'enable_service q-agt q-l3 q-dhcp q-meta',
];

/** How plugins want DevStack brought up, where their own settings do not say it. */
const BROUGHT_UP: Readonly<Record<string, readonly string[]>> = {
  cloudkitty: [...plugin('cloudkitty', 'ck-api', 'ck-proc'), 'CLOUDKITTY_FETCHER=keystone'],
  heat: plugin('heat', 'h-api', 'h-api-cfn', 'h-eng', 'heat'),
  ironic: [
    ...plugin('ironic', 'ironic', 'ir-api', 'ir-cond'),
    ...['VIRT_DRIVER=ironic', 'IRONIC_VM_COUNT=2', 'Q_AGENT=openvswitch', 'Q_ML2_PLUGIN_MECHANISM_DRIVERS=openvswitch'],
  ],
  manila: plugin('manila', 'manila', 'm-api', 'm-sch', 'm-shr', 'm-dat'),
  'networking-generic-switch': plugin('networking-generic-switch'),
  'neutron-vpnaas': plugin('neutron-vpnaas'),
  octavia: [...plugin('neutron'), ...plugin('octavia', 'octavia', 'o-api', 'o-cw', 'o-hm', 'o-hk')],
  zaqar: plugin('zaqar'),
};

/** What a base that was brought up has in /etc. */
const configured = (...names: readonly string[]): Case['files'] => ({
  'etc/apache2/sites-available/000-default.conf': '',
  'etc/bash_completion.d/.keep': '',
  'etc/influxdb/influxdb.conf': '',
  'etc/rsyncd.conf': '',
  'etc/sudoers.d/.keep': '',
  ...Object.fromEntries(names.map((name) => [`etc/${name}/${name}.conf`, '[DEFAULT]\n'])),
});

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
      '#!/bin/bash\nsource "$GRENADE_DIR/grenaderc"\nsource "$TARGET_DEVSTACK_DIR/stackrc"\n__cmp_say localrc "$ONE" "$THREE" "$TARGET_ONLY"\n',
    'ws/post-stack.sh': '#!/bin/bash\necho stdbuf\n',
  };
}
