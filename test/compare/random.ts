import * as fc from 'fast-check';
import { type Case, type File, localrc } from './case.js';

/** One hook of a generated project. */
interface Hook {
  readonly head: string;
  readonly mode: number;
  readonly errexit: boolean;
  readonly sources: boolean;
  readonly deeds: readonly string[];
  readonly fails: { readonly when: string; readonly how: string } | undefined;
}

interface Project {
  readonly settings: readonly string[];
  readonly resources: Hook | undefined;
  readonly shutdown: Hook | undefined;
  readonly upgrade: Hook | undefined;
  readonly exception: boolean;
}

const NAMES = ['alpha', 'beta', 'gamma'] as const;

/** What hooks do that source the functions; NAME is the project. */
const DEEDS = [
  '__cmp_vars in-hook',
  'resource_save NAME key a-value',
  'resource_save net-work "other key" "$(basename "$0")"',
  `resource_save NAME kept "two  words and a 'quote'"; __cmp_say kept "$(resource_get NAME kept)"`,
  '__cmp_say got "$(resource_get NAME key)" "$(resource_get net-work "other key")" "$(resource_get nobody nothing)"',
  'sudo systemctl enable devstack@NAME; sudo systemctl start devstack@NAME; ensure_services_started NAME',
  'sudo systemctl stop devstack@NAME; sudo systemctl disable devstack@NAME; ensure_services_stopped NAME',
  'touch "$SCREEN_LOGDIR/screen-NAME.log"; ensure_logs_exist NAME',
  'upgrade_project NAME "$(dirname "$0")" "$BASE_DEVSTACK_BRANCH" "$TARGET_DEVSTACK_BRANCH"',
  'echo_summary "NAME says something"',
  'echo "for people" >&6',
  'is_service_enabled one-api && __cmp_say one-api is enabled',
  `__cmp_say plugin "\${GITDIR[outer]-none}" "\${GITBRANCH[outer]-none}" "\${GITREPO[outer]-none}"`,
  '__cmp_say fssh "$FSSH"',
  'ping_check_public 192.0.2.9 2',
  'rsync -a "$BASE_RELEASE_DIR/here" "$TARGET_RELEASE_DIR/"',
  'source_quiet "$TOP_DIR/openrc" admin',
];

/** What hooks do that source nothing. */
const PLAIN = [
  `__cmp_say told "\${FROM_SETTINGS-unset}" "\${FROM_LOCALRC-unset}" "\${PLAIN_SETTINGS-unset}" "\${DATABASES_TO_SAVE-unset}"`,
  'cd /tmp',
  'openstack server list',
  'echo "something for the log"',
  'nobody-has-this-program --at-all "two words"',
  '__cmp_say has "$(umask)" "$(ulimit -n)"',
  'cd /; umask 077; ulimit -n 512',
  'read -r line || line=nothing; __cmp_say read "$line"',
  'exec 3>&-',
  'exec 6>&-',
  "printf '\\000\\377\\001'",
  'printf "no end of the line"',
  'head -c 100000 /dev/zero | tr "\\0" x',
  'false | true',
  'trap "__cmp_say at-exit NAME" EXIT',
  'tail -f /dev/null &',
  '(exec -a left-by-NAME tail -f /dev/null >/dev/null 2>&1 3>&- 6>&-) &',
  `__cmp_say left "$(cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -ao 'left-by-[a-z]*' | sort | tr '\\n' ' ')"`,
];

const PHASES = [
  'always',
  'early_create',
  'create',
  'verify pre-upgrade',
  'verify_noapi pre-upgrade',
  'verify post-upgrade',
  'destroy',
];
const FAILURES = [
  'exit 7',
  'exit 1',
  'exit 200',
  'false',
  'kill -TERM $$',
  'kill -KILL $$',
  'die $LINENO "NAME cannot go on"',
  'ensure_logs_exist nobody',
  'set -u; echo "$this_is_not_set"',
  'source /no/such/file',
  'if then',
  'exit 0',
  'exit 256',
  'exit -1',
  'true | false',
  'set -o pipefail; false | true',
  'set -o errexit; fails() { false; }; fails',
  '(exit 9)',
  'return 4',
  'exec /no/such/program',
  'exec bash -c "exit 11"',
  'kill -HUP $$',
  'kill -INT $$',
  'kill -SEGV $$',
  'trap "exit 3" EXIT; false',
  'trap "" TERM; kill -TERM $$; exit 12',
];

/** What settings do; NAME is the project. Most register it. */
const SETTINGS = [
  'register_project_for_upgrade NAME',
  'register_db_to_save one',
  'TEMPEST_CONCURRENCY=5',
  'register_db_to_save two nowhere',
  'export FROM_SETTINGS=NAME',
  'PLAIN_SETTINGS=NAME',
  'BASE_RUN_SMOKE=False',
  'TARGET_RUN_SMOKE=False',
  'VERIFY_RESOURCES=False',
  'ENABLE_TEMPEST=True',
  `UPGRADE_PROJECTS="\${UPGRADE_PROJECTS/ alpha/}"`,
  'devstack_localrc base NAME=1',
  'devstack_localrc target "NAME=a-b" MORE=2',
  'if is_service_enabled one-api; then register_project_for_upgrade NAME-too; fi',
  'if is_service_enabled nobody; then register_project_for_upgrade not-there; fi',
  '__cmp_vars in-settings',
  `__cmp_say settings "$PWD" "$TOP_DIR" "$ENABLED_SERVICES" "\${PLUGIN_DIR[NAME]-none}"`,
  'export DATABASES_TO_SAVE',
  'cd /tmp',
  'umask 077',
  'ulimit -n 512',
  'register_project_for_upgrade alpha',
  'UPGRADE_PROJECTS="NAME $UPGRADE_PROJECTS"',
  'exec 3>/dev/null',
  `export FROM_SETTINGS="two  words, a \\"quote\\" and a \\$dollar"`,
  "PLAIN_SETTINGS=$'a\\ttab and \\'quotes\\''; export PLAIN_SETTINGS",
  'set +o errexit; false; set -o errexit',
  'readonly FIXED=NAME',
  'fails() { return 3; }; fails || __cmp_say failed "$?"',
  'read -r line || __cmp_say no-line',
  `source "$(dirname "\${BASH_SOURCE[0]}")/more"`,
];
const BAD_SETTINGS = ['false', '[[ -n "" ]]', 'UPGRADE_PROJECTS+=" nobody-registered"'];

const LOCALRC = [
  'VERIFY_RESOURCES=False',
  'ENABLE_TEMPEST=True',
  'BASE_RUN_SMOKE=True',
  'TARGET_RUN_SMOKE=True',
  'export FROM_LOCALRC=told',
  'SERVICE_TIMEOUT=3',
  'SAVE_DIR=@ROOT@/elsewhere',
  'LOGDAYS=9',
  'DATABASES_TO_SAVE=two',
  'TARGET_DEVSTACK_BRANCH=stable/2025.2',
  'VERBOSE=False',
  'RUN_TARGET=False',
  'BASE_RELEASE=first\nBASE_DEVSTACK_DIR=@ROOT@/stack/old/devstack',
  'TARGET_RELEASE=second\nTARGET_DEVSTACK_DIR=@ROOT@/stack/new/devstack',
  'PLUGIN_DIR=@ROOT@/given-plugins',
  'FORCE_ONLINE_MIGRATIONS=False',
  'TEMPEST_CONCURRENCY=7',
  'export PYTHON3_VERSION=3.9',
  `export FROM_LOCALRC="two  words, a 'quote' and a \\$dollar"`,
  "export FROM_LOCALRC=$'a\\ttab'",
  'export FROM_LOCALRC=\\\n  continued',
  'umask 077',
  'GRENADE_DB=@ROOT@/elsewhere.ini',
];

const RUNS: readonly (readonly (readonly string[])[])[] = [
  [[]],
  [[]],
  [[]],
  [['-q']],
  [['-b']],
  [['-b'], ['-t']],
  [['-bq'], ['-t', '-q']],
  [['-b', '-s', 'base']],
  [['-bs', 'save']],
  [['-s', 'save', '-q']],
  [['-b'], ['-b']],
  [[], []],
  ...['image-cache', 'base-smoke', 'save', 'upgrade-tempest', 'run-smoke', 'stack.sh', 'nothing-of-this-name'].map(
    (label) => [['-s', label]],
  ),
];

/** What the world lets fail. */
const TROUBLE = ['fail-mysqldump', 'fail-iptables', 'fail-tox', 'fail-mysql', 'fail-stack'];

/** Mostly the first. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...others) });
const rarely = <T>(arbitrary: fc.Arbitrary<T>, weight = 8): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const hook = (phases: readonly string[]): fc.Arbitrary<Hook> =>
  fc.record({
    head: mostly('#!/bin/bash', '#!/usr/bin/env bash', '#!/no/such/interpreter', ''),
    mode: mostly(0o755, 0o644),
    errexit: fc.boolean(),
    sources: fc.boolean(),
    deeds: fc.array(fc.oneof(fc.constantFrom(...DEEDS), fc.constantFrom(...PLAIN)), { maxLength: 4 }),
    fails: rarely(fc.record({ when: fc.constantFrom(...phases), how: fc.constantFrom(...FAILURES) }), 10),
  });

const project: fc.Arbitrary<Project> = fc.record({
  settings: fc
    .tuple(
      fc.array(fc.constantFrom(...SETTINGS), { maxLength: 3 }),
      mostly(true, false),
      rarely(fc.constantFrom(...BAD_SETTINGS), 40),
    )
    .map(([more, registers, bad]) => [
      ...(registers ? ['register_project_for_upgrade NAME'] : []),
      ...more,
      ...(bad === undefined ? [] : [bad]),
    ]),
  resources: fc.option(hook(PHASES), { nil: undefined, freq: 6 }),
  shutdown: fc.option(hook(['always']), { nil: undefined, freq: 6 }),
  upgrade: fc.option(hook(['always']), { nil: undefined, freq: 20 }),
  exception: fc.boolean(),
});

interface World {
  readonly projects: readonly Project[];
  readonly outer: Project | undefined;
  readonly outerBranch: string;
  readonly localrc: readonly string[];
  readonly runs: Case['runs'];
  readonly trouble: string | undefined;
  readonly failFast: boolean;
  readonly cloned: boolean;
  readonly devstack: Case['devstack'];
}

/**
 * Workspaces of up to three projects in the tree and one outside of it.
 *
 * @param tools Whether the original's `dsconf` is there, without which it cannot bring the base up.
 */
export function randomCases(tools: boolean): fc.Arbitrary<Case> {
  return fc
    .record<World>({
      projects: fc.array(project, { maxLength: 3 }),
      outer: rarely(project, 2),
      outerBranch: fc.constantFrom('', 'stable/2025.2'),
      localrc: fc.subarray(LOCALRC, { maxLength: 4 }),
      runs: fc.constantFrom(...RUNS),
      trouble: rarely(fc.constantFrom(...TROUBLE), 12),
      failFast: mostly(true, false),
      cloned: tools ? fc.constantFrom(false, false, false, true) : fc.constant(false),
      devstack: mostly<Case['devstack']>('small', 'real'),
    })
    .map(toCase);
}

function toCase(world: World): Case {
  const files: Record<string, File> = {};
  const repositories: Record<string, Record<string, Record<string, File>>> = {};
  const trees = world.cloned ? 'cloned' : 'there';
  // With -t, RUN_TARGET=False makes the original do nothing, and ours is asked for the target part.
  const said = world.localrc.filter((line) => line !== 'RUN_TARGET=False' || !world.runs.flat().includes('-t'));
  const QUIET = ['BASE_RUN_SMOKE=False', 'TARGET_RUN_SMOKE=False', 'ENABLE_TEMPEST=False'];
  files['ws/localrc'] = localrc(trees, [...QUIET, ...said]);
  for (const [at, each] of world.projects.entries()) {
    const name = NAMES[at] ?? 'more';
    Object.assign(files, inDirectory(`ws/projects/${at + 1}0_${name}/`, projectFiles(name, each)));
  }
  if (world.outer !== undefined) {
    const branch = inDirectory('devstack/upgrade/', projectFiles('outer', world.outer));
    repositories['plugins/outer'] = { master: branch, 'stable/2025.2': { ...branch, 'on-stable': '' } };
    files['ws/pluginrc'] = `enable_grenade_plugin outer file://@ROOT@/git/plugins/outer ${world.outerBranch}\n`;
  }
  if (world.trouble !== undefined) files[world.trouble] = '';
  return {
    name: 'a random workspace',
    files,
    repositories,
    plugins: [],
    localConf: [],
    inTree: false,
    devstack: world.devstack,
    trees,
    runs: world.runs,
    failFast: world.failFast,
  };
}

function projectFiles(name: string, project: Project): Record<string, File> {
  const named = (text: string): string => text.replaceAll('NAME', name);
  const files: Record<string, File> = {
    settings: named(`${project.settings.join('\n')}\n`),
    more: named('MORE_OF=NAME\n'),
  };
  for (const [file, hook] of [
    ['resources.sh', project.resources],
    ['shutdown.sh', project.shutdown],
    ['upgrade.sh', project.upgrade],
  ] as const) {
    if (hook !== undefined) files[file] = { text: named(script(hook)), mode: hook.mode };
  }
  if (project.exception) {
    for (const from of ['from-2025.2', 'within-2025.2']) {
      files[`${from}/upgrade-${name}`] = `configure_${name}_upgrade() { __cmp_say exception ${from} ${name}; }\n`;
    }
  }
  return files;
}

function script({ head, errexit, sources, deeds, fails }: Hook): string {
  const failing =
    fails === undefined
      ? []
      : fails.when === 'always'
        ? [fails.how]
        : [`if [[ "$*" == "${fails.when}" ]]; then`, `    ${fails.how}`, 'fi'];
  return [
    ...(head === '' ? [] : [head]),
    ...(errexit ? ['set -o errexit'] : []),
    ...(sources ? ['source "$GRENADE_DIR/grenaderc"', 'source "$GRENADE_DIR/functions"'] : []),
    ...deeds.filter((deed) => sources || PLAIN.includes(deed)),
    ...failing,
    '',
  ].join('\n');
}

const inDirectory = (dir: string, files: Record<string, File>): Record<string, File> =>
  Object.fromEntries(Object.entries(files).map(([path, file]) => [`${dir}${path}`, file]));
