import { chmodSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readScripts } from '../../src/project/scripts.js';
import { formatProblem } from '../../src/workspace/problems.js';
import { directory, SCRIPT } from '../workspace/rig.js';

const read = (files: Readonly<Record<string, string>>) => {
  const dir = directory(files);
  const scripts = readScripts(dir, dir);
  return {
    dir,
    scripts,
    hooks: Object.fromEntries(
      [...scripts.hooks].map(([hook, { command }]) => [
        hook,
        command.map((each) => each.replace(`${dir}/`, '')).join(' '),
      ]),
    ),
    problems: scripts.problems.map((each) => formatProblem(each, dir)),
  };
};

describe('a directory of scripts', () => {
  test('has a hook for each script, in any language', () => {
    const { hooks, problems, scripts } = read({
      settings: 'register_project_for_upgrade x\n',
      'install.sh': SCRIPT,
      start: '#!/bin/sh\n',
      'version.py': '#!/usr/bin/env python3\n',
      'smoke.mjs': '#!/usr/bin/env -S node --no-warnings\n',
      'resources.rb': '#!/usr/bin/env ruby\n',
      'shutdown.sh': SCRIPT,
      'migrate.pl': '#!/usr/bin/perl -w\n',
      finalize: '\x7fELF\n',
      'snapshot.sh': SCRIPT,
    });
    expect(problems).toEqual([
      'finalize  finalize has no run bit, so it cannot be executed\n  Run `chmod +x finalize`.',
    ]);
    expect(hooks).toEqual({
      install: 'install.sh',
      start: 'start',
      version: 'version.py',
      smoke: 'smoke.mjs',
      early_create: 'resources.rb early_create',
      create: 'resources.rb create',
      verify: 'resources.rb verify',
      verify_noapi: 'resources.rb verify_noapi',
      destroy: 'resources.rb destroy',
      shutdown: 'shutdown.sh',
      migrate: 'migrate.pl',
      finalize: 'finalize',
    });
    expect(scripts.settings).toMatch(/\/settings$/);
    expect(scripts.interpreters.map(({ interpreter }) => interpreter)).toContainEqual({ name: 'node', lookup: true });
  });

  test('may hold helpers, data, and what editors leave', () => {
    const { hooks, problems } = read({
      ...Object.fromEntries(
        [
          'lib.sh',
          'common.py',
          's3.mjs',
          'config.json',
          'uninstall.sh',
          'stat.sh',
          'test.sh',
          'Makefile',
          'verify.py',
        ].map((name) => [name, 'echo\n']),
      ),
      ...Object.fromEntries(
        ['start.sh.bak', 'start.sh.orig', 'start.md', 'start.sh~', '.start.sh.swp', '#start.sh#', 'start.rej'].map(
          (name) => [name, SCRIPT],
        ),
      ),
      'version.txt': '1.0\n',
      'install.json': '{}',
      'settings.py': 'DEBUG = True\n',
      'start/readme': '',
      'resources/data': '',
      'resources.sh': SCRIPT,
      'from-spring/upgrade-x': '',
    });
    expect(problems).toEqual([]);
    expect(Object.keys(hooks)).toEqual(['early_create', 'create', 'verify', 'verify_noapi', 'destroy']);
  });

  test('may link to scripts that lie elsewhere', () => {
    const { hooks, problems } = read({ 'lib/up.sh': SCRIPT, 'start.sh': '-> lib/up.sh', 'lock.sh': '-> gone' });
    expect(hooks).toEqual({ start: 'start.sh' });
    expect(problems).toEqual([]);
  });
});

describe('scripts that could not do what they are there for', () => {
  test.each([
    ['no run bit', { 'start.sh': 'echo\n' }],
    ['no first line', { 'start.sh': `${SCRIPT}`, 'install.sh': '#! \necho\n' }],
    ['lines of another system', { 'start.sh': '#!/bin/bash\r\necho\r\n' }],
    ['a relative interpreter', { 'start.py': '#!venv/bin/python\n' }],
    ['two words for env', { 'start.sh': '#!/usr/bin/env bash -e\n' }],
    ['two for one hook', { 'start.sh': SCRIPT, 'start.py': '#!/usr/bin/env python3\n' }],
    ['three for one hook', { 'start.sh': SCRIPT, 'start.py': SCRIPT, start: SCRIPT }],
    ['migrate beside upgrade', { 'upgrade.sh': SCRIPT, 'migrate.py': SCRIPT }],
    ['a broken link', { 'start.sh': '-> gone.sh' }],
    ['a link to itself', { 'start.sh': '-> start.sh' }],
    ['a directory', { 'start.sh/x': '', 'install/x': '', 'install.d/x': '' }],
    ['a link to a directory', { 'start.sh': '-> lib', 'lib/x': '' }],
    ['an s too few', { 'resource.sh': SCRIPT }],
    ['an s too many', { 'upgrades.sh': SCRIPT }],
    ['two letters swapped', { 'shutdwon.py': SCRIPT, 'strat.sh': SCRIPT }],
    ['capitals', { 'Install.sh': SCRIPT }],
    ['settings with an ending', { 'settings.sh': SCRIPT }],
    ['a phase as a script', { 'create.sh': SCRIPT }],
  ])('%s', (_, files: Record<string, string>) => {
    expect(`\n${read(files).problems.join('\n')}\n`).toMatchSnapshot();
  });

  test('one without a first line', () => {
    const dir = directory({ 'start.sh': 'echo\n' });
    chmodSync(`${dir}/start.sh`, 0o755);
    expect(readScripts(dir, dir).problems).toEqual([
      {
        rule: 'cannot-execute',
        message: 'start.sh cannot be executed: it has no #! line',
        fix: 'Make `#!/usr/bin/env bash`, or what else should run it, its first line.',
        file: `${dir}/start.sh`,
        line: 1,
        column: 1,
      },
    ]);
  });
});

test.each([
  ['node', { name: 'node', lookup: true }],
  ['-S node --no-warnings', { name: 'node', lookup: true }],
  ['-S A=b /opt/x/ruby -w', { name: '/opt/x/ruby', lookup: false }],
  ['-S $' + '{VENV}/bin/python', { name: '/usr/bin/env', lookup: false }],
  ['-S -u PYTHONPATH python3', { name: '/usr/bin/env', lookup: false }],
  ['-S -C /srv python3', { name: '/usr/bin/env', lookup: false }],
  ['-S "my python" -u', { name: '/usr/bin/env', lookup: false }],
])('what has to be there for #!/usr/bin/env %s', (words, interpreter) => {
  const { scripts, problems } = read({ 'start.sh': `#!/usr/bin/env ${words}\n` });
  expect(problems).toEqual([]);
  expect(scripts.interpreters.map((each) => each.interpreter)).toEqual([interpreter]);
});

describe('hooks that can be seen to do nothing', () => {
  const emptied = (name: string, text: string): (string | undefined)[] => [
    ...new Set([...read({ [name]: `#!/usr/bin/env bash\n${text}` }).scripts.hooks.values()].map(({ empty }) => empty)),
  ];

  test.each([
    ['', true],
    ['# to be written\n\n', true],
    ['set -euo pipefail\nsource "$GRENADE_DIR/functions"\n:\ntrue\nexit 0\n', true],
    ['. $GRENADE_DIR/grenaderc # as every hook\n', true],
    ['set -e\necho hello\n', false],
    ['source ./common.sh\n', false],
    ['exit 1\n', false],
    ['set -- $(rm -r data)\n', false],
    ['true && rm data\n', false],
    [`# ${'long '.repeat(10_000)}\n`, false],
  ])('%j: %s', (text, empty) => {
    expect(emptied('start.sh', text)).toEqual([empty ? 'start.sh holds no command' : undefined]);
  });

  test.each([
    ['verify() { :; }\ncreate() { touch x; }\n"$@"\n', ['verify']],
    ['function verify {\n  # later\n  true\n}\nverify_noapi () {\n  return 0\n}\n$1', ['verify', 'verify_noapi']],
    [`verify() { test -f "\${DATA_DIR}/x"; }\n$1`, []],
    [
      'case $1 in\n  early_create | destroy) ;;\n  create) touch x ;;\n  "verify") : ;;\nesac',
      ['early_create', 'verify', 'verify_noapi', 'destroy'],
    ],
    ['case $1 in verify) ls;; create) ;; esac', ['early_create', 'create', 'verify_noapi', 'destroy']],
  ])('phases of %j: %s', (text, phases) => {
    const { scripts } = read({ 'resources.sh': `#!/bin/bash\n${text}` });
    expect([...scripts.hooks].filter(([, { empty }]) => empty !== undefined).map(([hook]) => hook)).toEqual(phases);
  });

  const CASE = 'case $1 in\n  create) touch x ;;\n  verify) test -e x || { echo gone; exit 1; } ;;\nesac\n';
  test.each([
    ['a case without it', CASE, ['early_create', 'verify_noapi', 'destroy']],
    [
      'a comment is no mention',
      `# verify_noapi is to be written\n${CASE}`,
      ['early_create', 'verify_noapi', 'destroy'],
    ],
    [
      'what prepares all phases looks at nothing',
      `set -e\nsource "$GRENADE_DIR/functions"\n. ./lib.sh\nurl=$(resource_get a url) # it\nif [[ $1 != verify_noapi ]]; then\n  resource_get a url url\n  b=$url/x\nfi\n${CASE}`,
      ['early_create', 'verify_noapi', 'destroy'],
    ],
    [
      'what it has for it, little as it is',
      'case $1 in\n create) touch x;;\n verify) resource_get a url;;\n *) echo "nothing for $1";;\nesac',
      ['early_create', 'verify_noapi', 'destroy'],
    ],
    ['what all phases do', `${CASE}curl -f http://127.0.0.1/\n`, []],
    ['a script that names no phase', 'curl -f http://127.0.0.1/\n', []],
    [
      'a pattern for several',
      'case "$1" in\n  create) touch x;;\n  verify*) test -e x;;\nesac',
      ['early_create', 'destroy'],
    ],
    ['another pattern', `case "\${1:-}" in early_*|create) touch x;; verify) ls x;; esac`, ['verify_noapi', 'destroy']],
    ['the rest', 'phase=$1\ncase $phase in\n create) touch x;;\n *) test -e x;;\nesac', []],
    [
      'the rest, which is nothing',
      'case $1 in create) touch x;; *) ;; esac',
      ['early_create', 'verify', 'verify_noapi', 'destroy'],
    ],
    ['the rest, which is an error', 'case $1 in create) touch x;; verify) ls x;; *) die "no $1";; esac', []],
    [
      'tests',
      'if [[ $1 == create ]]; then\n  cat <<END >x\nverify_noapi; esac (\nEND\nelif [ "$1" = verify ]; then ls x; fi\n[[ $1 == destroy ]] && rm x\n',
      ['early_create', 'verify_noapi'],
    ],
    ['tests with an else', 'if [[ $1 == create ]]; then touch x; else ls x; fi', []],
    [
      'a test that sends others away',
      '[[ $1 == create ]] || exit 0\ntouch x\n',
      ['early_create', 'verify', 'verify_noapi', 'destroy'],
    ],
    ['a test that lets others in', '[[ $1 != create ]] || exit 0\nls x\n', ['create']],
    ['a test that decides', '[[ $1 != verify ]]', ['early_create', 'create', 'verify_noapi', 'destroy']],
    [
      'a test of more',
      'if [[ $1 == verify && $2 == post-upgrade ]]; then ls; fi\n',
      ['early_create', 'create', 'verify_noapi', 'destroy'],
    ],
    ['functions', 'create() { touch x; }\nverify() { ls x; }\n"$@"\n', []],
    [
      'functions, looked for',
      'create() { touch x; }\nverify() { ls x; }\ndeclare -F "$1" >/dev/null || exit 0\n"$1"\n',
      ['early_create', 'verify_noapi', 'destroy'],
    ],
    [
      'functions that may lie elsewhere',
      '. ./lib.sh\ncreate() { touch x; }\ndeclare -F "$1" >/dev/null || exit 0\n"$1"\n',
      [],
    ],
    ['names made of it', '. "$GRENADE_DIR/functions"\ndo_create() { touch x; }\n"do_$1"\n', []],
    ['files named after it', 'source "$PROJECT_DIR/$1.sh" # create, verify\n', []],
    [
      'a main function',
      'main() {\n  case $1 in\n    create) touch x ;;\n    verify) ls x ;;\n  esac\n}\nmain "$@"\n',
      ['early_create', 'verify_noapi', 'destroy'],
    ],
    ['a script that bash would not take', 'case $1 in create) touch "x ;; esac', []],
    ['a loop', 'for each in create verify; do [[ $1 != $each ]] || "./$each"; done', []],
  ])('phases it leaves out: %s', (_, text, phases) => {
    const { scripts } = read({ 'resources.sh': `#!/usr/bin/env bash\n${text}` });
    expect([...scripts.hooks].filter(([, { empty }]) => empty !== undefined).map(([hook]) => hook)).toEqual(phases);
  });
});
