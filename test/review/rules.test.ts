import { relative } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Plugin } from '../../src/review/plugin.js';
import { findPlugins, readPlugin } from '../../src/review/read.js';
import { review } from '../../src/review/review.js';
import { Source } from '../../src/review/source.js';
import { directory } from '../workspace/rig.js';

const HEAD = '#!/bin/bash\nset -o errexit\n';
const phases = (...bodies: string[]): string =>
  `${HEAD}${bodies.join('\n')}\ncase $1 in\n${['create', 'verify', 'verify_noapi', 'destroy']
    .map((phase) => `  "${phase}") ${bodies.some((body) => body.includes(`function ${phase} `)) ? phase : ':'} ;;`)
    .join('\n')}\nesac\n`;

async function rulesOf(files: Readonly<Record<string, string>>): Promise<string[]> {
  const dir = directory({ settings: 'register_project_for_upgrade x\n', ...files });
  const found = review([await readPlugin(dir, dir)]);
  return found.map(({ rule, file, line }) => `${rule} ${relative(dir, file ?? '')}:${line ?? ''}`);
}

const VERIFY = 'function verify {\n  openstack server show a\n}';

test.each<[string, Record<string, string>, string[]]>([
  ['near miss', { 'resource.sh': HEAD }, ['never-called resource.sh:1']],
  ['helper', { 'lib.sh': HEAD }, []],
  ['a link to itself', { 'lib.sh': '-> lib.sh', 'from-spring': '-> from-spring' }, []],
  [
    'no #! line',
    { 'upgrade.sh': 'sync || die $LINO "no"\n' },
    ['misspelt-line upgrade.sh:1', 'no-run-bit upgrade.sh:1'],
  ],
  ['misspelt line', { 'upgrade.sh': `${HEAD}sync || die $LINO "no"\n` }, ['misspelt-line upgrade.sh:3']],
  ['another variable', { 'upgrade.sh': `${HEAD}sync || die $WHERE "no"\nsync || die "$LINENO" no` }, []],
  ['empty upgrade', { 'upgrade.sh': '#!/bin/bash\n# later\n' }, ['empty-upgrade upgrade.sh:1']],
  [
    'hollow verify',
    { 'resources.sh': phases('function verify {\n  :\n}', 'function verify_noapi {\n  echo SUCCESS\n}') },
    ['checks-nothing resources.sh:4', 'checks-nothing resources.sh:7'],
  ],
  ['quiet verify_noapi', { 'resources.sh': phases(VERIFY, 'function verify_noapi {\n  :\n}') }, []],
  [
    'a list',
    { 'resources.sh': phases('function verify {\n  openstack object list c\n}') },
    ['list-proves-nothing resources.sh:4'],
  ],
  ['a list that is read', { 'resources.sh': phases('function verify {\n  openstack object list c | grep a\n}') }, []],
  [
    'a stale variable',
    {
      'resources.sh': phases(
        'function verify {\n  eval $(openstack zone show z -f shell -c status)\n  eval $(openstack recordset show z r -f shell -c status)\n  [[ $status == ACTIVE ]]\n}',
      ),
    },
    ['eval-hides-failure resources.sh:5'],
  ],
  [
    'a variable that was unset',
    {
      'resources.sh': phases(
        'function verify {\n  eval $(openstack zone show z -f shell -c status)\n  unset status\n  eval $(openstack recordset show z r -f shell -c status)\n  [[ $status == ACTIVE ]]\n}',
      ),
    },
    [],
  ],
  [
    'the API with no API',
    { 'resources.sh': phases(VERIFY, 'function verify_noapi {\n  openstack server show a\n}') },
    ['noapi-asks-api resources.sh:7'],
  ],
  [
    'no errexit',
    { 'shutdown.sh': '#!/bin/bash\nstop_x\nensure_y\niniset a b c d\nstop_z\n' },
    ['shutdown-not-ensured shutdown.sh:2'],
  ],
  ['no errexit at all', { 'migrate.sh': '#!/bin/bash\nmove a b\niniset a b c d\n' }, ['cannot-fail migrate.sh:2']],
  [
    'all masked',
    { 'resources.sh': phases(VERIFY, 'function destroy {\n  a || true\n  b || /bin/true\n}') },
    ['cannot-fail resources.sh:7'],
  ],
  ['one masked', { 'resources.sh': phases(VERIFY, 'function destroy {\n  a || true\n  b\n}') }, []],
  ['errexit by the #! line', { 'migrate.sh': '#!/bin/bash -e\nmove a b\niniset a b c d\n' }, []],
  ['errexit among others', { 'migrate.sh': '#!/bin/bash\nset -Eeuo pipefail\nmove a b\niniset a b c d\n' }, []],
  [
    'errexit in a subshell alone',
    { 'migrate.sh': '#!/bin/bash\n(set -e)\nmove a b\niniset a b c d\n' },
    ['cannot-fail migrate.sh:3'],
  ],
  [
    'a word that looks like errexit',
    { 'migrate.sh': '#!/bin/bash\nset -- -e\nmove a b\niniset a b c d\n' },
    ['cannot-fail migrate.sh:3'],
  ],
  ['a test that counts', { 'migrate.sh': `${HEAD}move a b || true\niniset a b c d || true\n[[ -e x ]]\n` }, []],
  ['a test alone', { 'resources.sh': phases('function verify {\n  echo look\n  [[ -e x ]]\n}') }, []],
  [
    'as somebody else',
    {
      'resources.sh': phases(
        'function create {\n  sudo -u stack openstack --os-cloud=c keypair create k\n  timeout -k 5 9 openstack port create p\n}',
        VERIFY,
      ),
    },
    ['not-destroyed resources.sh:4', 'not-destroyed resources.sh:5'],
  ],
  ['unsure shutdown', { 'shutdown.sh': `${HEAD}stop_x\n` }, ['shutdown-not-ensured shutdown.sh:3']],
  ['sure shutdown', { 'shutdown.sh': `${HEAD}stop_x\nensure_services_stopped x\n` }, []],
  ['unsure start', { 'upgrade.sh': `${HEAD}start_x\nsleep 10\n` }, ['start-not-ensured upgrade.sh:3']],
  ['sure start', { 'upgrade.sh': `${HEAD}start_x\nensure_services_started x\n` }, []],
  ['endless', { 'start.sh': `${HEAD}while true; do ask && break; sleep 1; done\n` }, ['endless-wait start.sh:3']],
  ['bounded', { 'start.sh': `${HEAD}while (( n++ < 9 )); do ask && break; sleep 1; done\n` }, []],
  [
    'not destroyed',
    { 'resources.sh': phases('function create {\n  openstack keypair create k\n}', VERIFY) },
    ['not-destroyed resources.sh:4'],
  ],
  [
    'destroyed with what it is in',
    {
      'resources.sh': phases(
        'function create {\n  openstack zone create z\n  openstack recordset create z r\n}',
        VERIFY,
        'function destroy {\n  openstack zone delete z\n}',
      ),
    },
    [],
  ],
  [
    'saved, read',
    {
      'resources.sh': phases(
        'function create {\n  resource_save x a 1\n}',
        'function verify {\n  test "$(resource_get x b)"\n}',
      ),
    },
    ['saved-never-read resources.sh:4', 'read-never-saved resources.sh:7'],
  ],
  [
    'saved, read in what it sources',
    {
      'resources.sh': phases(
        'source "$(dirname "$0")"/lib/look\nfunction create {\n  resource_save x a 1\n  resource_save x b 1\n}',
        VERIFY,
      ),
      'lib/look': 'source $(dirname $BASH_SOURCE)/more.sh\n',
      'lib/more.sh': 'look() { resource_get x a; }\n',
    },
    ['saved-never-read resources.sh:6'],
  ],
  [
    'saved, read by a name that is made',
    {
      'resources.sh': phases(
        'function create {\n  for i in 1 2; do resource_save x "id_$i" 1; done\n  resource_save x id_3 1\n  resource_save x name 1\n}',
        'function verify {\n  test "$(resource_get x "id_$1")"\n  resource_get x name_$1\n}',
      ),
    },
    ['saved-never-read resources.sh:6', 'read-never-saved resources.sh:10'],
  ],
  ['of others', { 'resources.sh': phases('function create {\n  resource_save network a 1\n}', VERIFY) }, []],
  [
    'a database',
    { settings: 'register_project_for_upgrade x\nregister_db_to_save a_b a-b\n' },
    ['database-name settings:2'],
  ],
  [
    'exceptions',
    { 'from-spring/upgrade-x': 'configure_x_upgrade() { a; }\n' },
    ['exception-never-called from-spring/upgrade-x:1', 'exception-without-reason from-spring/upgrade-x:1'],
  ],
  [
    'an exception that is called',
    {
      'upgrade.sh': `${HEAD}upgrade_project x "$PROJECT_DIR" spring autumn\n`,
      'from-spring/upgrade-x': '# The option moved to another section.\nconfigure_x_upgrade() { a; }\n',
    },
    [],
  ],
  [
    'an exception that is called in what is sourced',
    {
      'upgrade.sh': `${HEAD}source "$(dirname "$0")"/lib/up\nup\n`,
      'lib/up': 'up() { upgrade_project x "$PROJECT_DIR" spring autumn; }\n',
      'from-spring/upgrade-x': '# The option moved to another section.\nconfigure_x_upgrade() { a; }\n',
    },
    [],
  ],
  [
    'silenced',
    { 'shutdown.sh': `${HEAD}# grenade-ignore shutdown-not-ensured: it has no process of its own\nstop_x\n` },
    [],
  ],
  [
    'silenced without a reason',
    { 'shutdown.sh': `${HEAD}# grenade-ignore shutdown-not-ensured\nstop_x\n` },
    ['ignore-without-reason shutdown.sh:3', 'shutdown-not-ensured shutdown.sh:4'],
  ],
  [
    'nothing to silence',
    { 'start.sh': `${HEAD}run # grenade-ignore endless-wait: why\n` },
    ['unused-ignore start.sh:3'],
  ],
])('%s', async (_, files, rules) => {
  expect(await rulesOf(files)).toEqual(rules);
});

test('plugins are found in a repository, a tree and a directory of these, and in none', () => {
  const dir = directory({ 'a/devstack/upgrade/settings': '', 'b/projects/10_c/upgrade.sh': HEAD, 'd/x': '' });
  expect(findPlugins(dir).map((each) => relative(dir, each))).toEqual(['a/devstack/upgrade', 'b/projects/10_c']);
  expect(findPlugins(`${dir}/a/devstack/upgrade`)).toHaveLength(1);
  expect(findPlugins(`${dir}/d`)).toEqual([]);
});

const PIECES = [
  'if',
  'fi',
  'case $1 in',
  'esac',
  '{',
  '}',
  '(',
  ')',
  '$(',
  '`',
  '"',
  "'",
  '<<E\n',
  'E\n',
  '||',
  'eval',
  '#',
  ';;',
  '\n',
  ' ',
  'f()',
  'set -e',
  'openstack a create',
  '\0',
  '\\',
];
test('no bytes make the reader throw', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.constantFrom(...PIECES)).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (each) => {
      const source = new Source('/x/resources.sh', each);
      const hooks = new Map([
        ['resources', source],
        ['upgrade', source],
        ['shutdown', source],
      ]);
      review([
        new Plugin({ dir: '/x', settings: source, hooks, helpers: [], exceptions: [], libraries: [], problems: [] }),
      ]);
    }),
    { numRuns: 500 },
  );
});

test('functions that call each other are walked to an end', () => {
  const text = Array.from({ length: 60 }, (_, i) => `f${i}() { f${i + 1}; f${i + 1}; }`).join('\n');
  const source = new Source('/x/upgrade.sh', `${text}\nf0\n`);
  const plugin = new Plugin({
    dir: '/x',
    settings: undefined,
    hooks: new Map([['upgrade', source]]),
    helpers: [],
    exceptions: [],
    libraries: [],
    problems: [],
  });
  expect(plugin.reached('upgrade').length).toBeLessThan(30_000);
});
