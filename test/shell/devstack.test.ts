import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DevStackRig } from './devstack-rig.js';

const rig = new DevStackRig();
beforeAll(() => rig.installShell());
beforeEach(() => {
  for (const each of ['bin', 'calls', 'save', 'pluginrc', 'run', 'logs/error.log']) {
    rmSync(join(rig.dir, each), { recursive: true, force: true });
  }
  mkdirSync(rig.save);
});
afterAll(() => rig.clean());

const SOURCED = 'source $GRENADE_DIR/functions\n';
const script = join(rig.dir, 'script.sh');

describe('where there are DevStack trees', () => {
  test('their functions come first, and ours of the same name replace them', () => {
    const result = rig.bash(`${SOURCED}stack_install_service nova\ndeclare -F helper\necho "$HERE $KILL_PATH $ROOTED"
      (( BEGAN > 1700000000 && BEGAN <= EPOCHSECONDS )) && echo began
      type -t grep which dirname date; echo_summary ours`);
    expect(result).toMatchObject({ status: 0, stderr: '', notes: [['summary', 'ours']] });
    expect(result.stdout.replace(/\S*\/kill/, 'kill')).toBe(
      `installs nova\nhelper\n${rig.target} kill /\nbegan\nfile\nfile\nfile\nfile\nours\n`,
    );
  });

  test.each([
    '',
    'set -e',
    'set -x',
    'set -ex -o pipefail',
    'shopt -s lastpipe',
    'set -f -C; shopt -s nullglob nocasematch',
  ])('options come out as they went in: %s', (options) => {
    const result = rig.bash(`${options}
      before=$(set +o; shopt -p)
      ${SOURCED}${SOURCED}after=$(set +o; shopt -p)
      diff <(echo "$before") <(echo "$after") | grep '^>' || :`);
    expect(result.stdout).toBe('> set -o errtrace\n');
  });

  test('nothing of our sourcing is traced', () => {
    const result = rig.bash(`set -x\n${SOURCED}echo on`);
    expect(result.stderr.split('\n').filter((line) => !/GRENADE_DIR|functions|echo on/.test(line))).toEqual([
      '++ declare -F _grenade_note',
      '',
    ]);
  });

  test('sourcing them in a function is safe too, and twice', () => {
    const result = rig.bash(
      `once() { ${SOURCED} }\nonce\nset -e\nconfigure() { ${SOURCED} GITDIR[x]=/x; PLUGIN_DIR[y]=/y; }\nconfigure\necho "\${GITDIR[x]} \${PLUGIN_DIR[y]}"`,
    );
    expect(result).toMatchObject({ status: 0, stdout: '/x /y\n' });
  });

  test('a hook that succeeds is not disturbed by what fails in it', () => {
    expect(rig.bash(`set -e\n${SOURCED}helper || true\nif helper; then :; fi\n[[ 1 == 2 ]] || echo on`)).toMatchObject({
      status: 0,
      stdout: 'on\n',
      stderr: '',
      notes: [],
    });
  });
});

describe('a script that fails', () => {
  beforeEach(() => {
    rig.tree(join(rig.target, 'tools/worlddump.py'), '#!/bin/bash\necho "dumped $*"\n', 0o755);
  });

  test('by die says so as DevStack does, with the call trace, and leaves a worlddump', () => {
    const result = rig.bash(`${SOURCED}f() {\n  false || die $LINENO "no" "luck"\n}\nf`);
    expect(result).toMatchObject({
      status: 1,
      stderr: `[ERROR] ${script}:3 no luck\n`,
      notes: [['failed', script, '3', '1', 'die no luck']],
    });
    expect(result.stdout).toMatch(
      new RegExp(
        `^\\[Call Trace\\]\n${script}:5:f\n${script}:3:die\n(\\d+ \\S+ \\S+\n)+Exit code: 1\ndumped -d ${rig.logs}\n$`,
      ),
    );
    expect(readFileSync(join(rig.logs, 'error.log'), 'utf8')).toBe(`[ERROR] ${script}:3 no luck\n`);
  });

  test('by a misspelt line variable still says what it wanted to say', () => {
    expect(rig.bash(`${SOURCED}(exit 4) || die $LINO "no luck"`)).toMatchObject({
      status: 4,
      stderr: `[ERROR] ${script}:2 no luck\n`,
    });
  });

  test('by errexit says where, its status, and leaves a worlddump', () => {
    const result = rig.bash(`set -e\n${SOURCED}f() {\n  (exit 7)\n}\nf`);
    expect(result).toMatchObject({ status: 7, notes: [['failed', script, '4', '7', '( exit 7 )']] });
    expect(result.stdout).toMatch(/Exit code: 7\ndumped -d/);
  });

  test('keeps its status, whatever becomes of the worlddump', () => {
    rig.tree(join(rig.target, 'tools/worlddump.py'), '#!/bin/bash\nexit 9\n', 0o755);
    expect(rig.bash(`set -e\n${SOURCED}(exit 127)`).status).toBe(127);
    expect(rig.bash(`set -e\n${SOURCED}(exit 127) || die "no luck"`).status).toBe(127);
    expect(rig.bash(`${SOURCED}exit 2`).status).toBe(2);
  });

  test('with its own trap for EXIT keeps that', () => {
    expect(rig.bash(`${SOURCED}trap 'echo mine' EXIT\nexit 3`)).toMatchObject({ status: 3, stdout: 'mine\n' });
  });

  test('warns with the status that was there before, as DevStack does', () => {
    const result = rig.bash(`${SOURCED}false || warn $LINENO "careful"\necho $?`);
    expect(result).toMatchObject({ stdout: `[WARNING] ${script}:2 careful\n1\n`, notes: [['warned', 'careful']] });
  });
});

describe('upgrade_project', () => {
  test.each([
    ['stable/2025.1', 'stable/2025.2', 'from-2025.1'],
    ['proposed/2025.1', 'master', 'from-2025.1'],
    ['stable/2025.1', 'stable/2025.1', 'within-2025.1'],
    ['master', 'master', 'within-master'],
    ['unmaintained/zed', 'master', 'from-master'],
  ])('from %s to %s is %s', (base, target, directory) => {
    const file = rig.tree(
      join(rig.dir, `up-${directory}`, directory, 'upgrade-a-b'),
      'configure_a-b_upgrade() { echo "$project $direction $upgrade_dir"; set -o noglob; }\n',
    );
    const result = rig.bash(
      `${SOURCED}upgrade_project a-b $PWD/up-${directory} ${base} ${target}\n[[ -o noglob ]] && echo set`,
    );
    const [direction, release] = directory.split(/-(.*)/s);
    expect(result).toMatchObject({
      status: 0,
      stdout: `a-b ${direction} ${release}\nset\n`,
      notes: [['exception', 'a-b', file]],
    });
  });

  test('fails with what it applies, and says what is missing in it', () => {
    rig.tree(join(rig.dir, 'up/from-x/upgrade-bad'), 'configure_bad_upgrade() { return 6; }\n');
    rig.tree(join(rig.dir, 'up/from-x/upgrade-none'), ':\n');
    expect(rig.bash(`${SOURCED}upgrade_project bad $PWD/up stable/x master`).status).toBe(6);
    const none = rig.bash(`${SOURCED}upgrade_project none $PWD/up stable/x master`);
    expect(none.status).toBe(127);
    expect(none.stderr).toContain('does not define configure_none_upgrade');
  });
});

describe('resources', () => {
  test('keep values with spaces, quoted or not, and stand in GRENADE_DB as the original has them', () => {
    const value = 'a  b * \\ & = c';
    const result = rig.bash(
      `set -e\n${SOURCED}resource_save network "net id" "$V"\nresource_save network plain a b c\nresource_save network other ''
      resource_save network plain a b d\nresource_save network "net id" "$V"
      echo "<$(resource_get network 'net id')> <$(resource_get network plain)> <$(resource_get network other)>"
      cat $GRENADE_DB`,
      { V: value },
    );
    expect(result).toMatchObject({
      status: 0,
      stdout: `<${value}> <a b d> <>\n\n[network]\nother = \nplain = a b d\nnet id = ${value}\n`,
      stderr: '',
    });
  });

  test('that were never saved, or under no name, are empty and no failure', () => {
    const result = rig.bash(
      `set -e\n${SOURCED}x=$(resource_get heat none)\nresource_save heat '' x\nresource_get heat none VAR\necho "<$x$VAR>"`,
    );
    expect(result).toMatchObject({ status: 0, stdout: expect.stringContaining('<>\n') });
    expect(result.notes).toEqual([['warned', 'resource_save kept nothing: its PROJECT or its KEY is empty']]);
  });

  test('that a hook wrote into GRENADE_DB itself are found', () => {
    rig.tree(join(rig.save, 'grenade_db.ini'), '\n[heat]\nid = 7 8\n');
    expect(rig.bash(`${SOURCED}resource_get heat id`).stdout).toBe('7 8\n');
  });

  test('work without a run', () => {
    const result = rig.bash(`${SOURCED}resource_save heat id 7\nresource_get heat id`, { GRENADE_RUN_DIR: '' });
    expect(result).toMatchObject({ status: 0, stdout: '7\n' });
    expect(existsSync(join(rig.dir, 'run'))).toBe(false);
  });
});

describe('services of DevStack', () => {
  const systemctl = (cases: string): void => rig.program('systemctl', `case "$1 $2" in ${cases} *) exit 1 ;; esac`);
  const SYSTEMCTL = { SYSTEMCTL: 'systemctl' };

  test('are asked for by their units', () => {
    systemctl('"is-enabled devstack@n-api") ;; "status devstack@n-api") echo active ;;');
    expect(
      rig.bash(`${SOURCED}ensure_services_started n-api && is_service_running n-api && echo up`, SYSTEMCTL),
    ).toMatchObject({
      status: 0,
      stdout: 'active\nactive\nup\n',
    });
    expect(rig.calls().slice(0, 2)).toEqual([
      'systemctl is-enabled devstack@n-api --no-pager',
      'systemctl status devstack@n-api --no-pager',
    ]);
    const still = rig.bash(`${SOURCED}ensure_services_stopped n-api`, SYSTEMCTL);
    expect(still.status).toBe(1);
    expect(still.stderr).toContain(
      'The following services are still running after 1 s: n-api\n  n-api: unit devstack@n-api',
    );
    expect(still.notes.at(-1)).toEqual(['failed', script, '2', '1', 'ensure_services_stopped n-api']);
  });

  test.each(['activating', 'deactivating', 'reloading'])('that are %s are neither started nor stopped', (state) => {
    systemctl(
      `"is-enabled devstack@x") ;; "status devstack@x") exit 3 ;; "is-active devstack@x") echo ${state}; exit 3 ;;`,
    );
    expect(rig.bash(`${SOURCED}ensure_services_started x`, SYSTEMCTL).status).toBe(1);
    expect(rig.bash(`${SOURCED}ensure_services_stopped x`, SYSTEMCTL).status).toBe(1);
  });

  test('that are disabled and still active have not stopped', () => {
    systemctl('"is-active devstack@zz-none") echo active ;;');
    expect(rig.bash(`${SOURCED}ensure_services_stopped zz-none`, SYSTEMCTL).status).toBe(1);
    systemctl('"is-active devstack@zz-none") echo inactive; exit 3 ;;');
    expect(rig.bash(`${SOURCED}ensure_services_stopped zz-none && echo down`, SYSTEMCTL)).toMatchObject({
      status: 0,
      stdout: 'down\n',
    });
  });

  test('that stop while one waits are waited for', () => {
    systemctl(
      `"is-enabled devstack@x") ;; "status devstack@x") (( $(grep -c status ${join(rig.dir, 'calls')}) < 3 )) || exit 3 ;;`,
    );
    const result = rig.bash(`${SOURCED}ensure_services_stopped x && echo down`, {
      ...SYSTEMCTL,
      SERVICE_TIMEOUT: '30',
    });
    expect(result.stdout).toContain('The following services are still running: x...');
    expect(result.stdout).toMatch(/down\n$/);
  });

  test('that are no units are looked for by name, and nobody who only names them counts', async () => {
    const name = `nosuch-${process.pid}`;
    const running = `${SOURCED}is_service_running ${name} && echo runs; ensure_services_stopped ${name} && echo down`;
    expect(rig.bash(running, { SYSTEMCTL: '' })).toMatchObject({ status: 0, stdout: 'down\n' });
    // The hook itself, and the shell that calls it, have the name in their command lines.
    const hook = rig.file(`${name}.sh`, `set -f\n${running}`);
    expect(rig.bash(`bash ${hook} ${name}`, { SYSTEMCTL: '' }).stdout).toBe('down\n');
    const child = spawn('bash', ['-c', `exec -a ${name} sleep 300`], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    try {
      const result = rig.bash(
        `until is_up() { ${SOURCED}is_service_running ${name}; }; is_up; do :; done; ensure_services_stopped ${name}`,
        {
          SYSTEMCTL: '',
        },
      );
      expect(result.status).toBe(1);
      expect(result.stderr).toContain(`${name}: process ${child.pid}: ${name} 300`);
    } finally {
      child.kill();
      await ended;
    }
  });

  test('are told from those that we started', () => {
    systemctl('"is-enabled devstack@ours") exit 0 ;; "status devstack@ours") exit 0 ;;');
    const result = rig.bash(
      `set -e\n${SOURCED}service_start ours -- sleep 300 >/dev/null\nensure_services_started ours\nservice_stop ours\nensure_services_stopped ours\necho down`,
      SYSTEMCTL,
    );
    expect(result).toMatchObject({ status: 0, stdout: 'down\n' });
    expect(rig.calls()).toEqual([]);
  });

  test('have logs', () => {
    rig.tree(join(rig.dir, 'screen/screen-n-api.log'), '');
    const environment = { SCREEN_LOGDIR: join(rig.dir, 'screen') };
    expect(rig.bash(`${SOURCED}ensure_logs_exist n-api && echo there`, environment).stdout).toBe('there\n');
    const missing = rig.bash(`${SOURCED}ensure_logs_exist n-api n-cpu`, environment);
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain(`screen/screen-n-cpu.log`);
  });
});

describe('ping_check_public', () => {
  test('waits for an answer, and shows the console of a server that gives none', () => {
    rig.program('ping', `(( $(grep -c ^ping ${rig.dir}/calls) >= 2 ))`);
    rig.program('sleep', '');
    expect(rig.bash(`${SOURCED}ping_check_public 10.0.0.7 30 >/dev/null && echo up`).stdout).toBe('up\n');
    expect(rig.calls()).toEqual(['ping -c1 -w1 10.0.0.7', 'sleep 1', 'ping -c1 -w1 10.0.0.7']);
    rig.program('ping', 'exit 1');
    rig.program(
      'openstack',
      'case "$*" in *floating*) echo PORT ;; *port*) echo SERVER ;; *console*) echo "kernel panic" ;; esac',
    );
    const none = rig.bash(`${SOURCED}ping_check_public 10.0.0.7 0`);
    expect(none).toMatchObject({ status: 1, stdout: expect.stringContaining('kernel panic\n') });
    expect(none.stderr).toContain('[Fail] 10.0.0.7 did not answer a ping within 0 s');
    expect(rig.calls()).toContain('openstack floating ip list --floating-ip-address 10.0.0.7 -f value -c Port');
    expect(rig.calls()).toContain('openstack console log show SERVER');
    expect(rig.bash(`${SOURCED}ping_check_public 10.0.0.7 0 False && echo down`).stdout).toBe('down\n');
  });

  test('fails with the seconds in the place of an address that is empty', () => {
    expect(rig.bash(`${SOURCED}ping_check_public $NONE 60`).stderr).toContain(
      'write ping_check_public ADDRESS SECONDS',
    );
  });
});

describe('the databases of a DevStack', () => {
  const stackrc = (text: string): string => rig.tree(join(rig.base, 'stackrc'), `echo noise\n${text}\n`);

  test('are dumped when they were registered and are there, with the password out of sight', () => {
    stackrc('DATABASE_TYPE=mysql MYSQL_PASSWORD="p w"');
    rig.program('mysql', 'printf "mysql\\nnova\\nheat\\n"; [[ $MYSQL_PWD == "p w" ]]');
    rig.program('mysqldump', `echo "dump of \${!#}"; [[ $MYSQL_PWD == "p w" ]]`);
    const result = rig.bash(`set -e\n${SOURCED}save_data old ${rig.base}`, { DATABASES_TO_SAVE: ' nova none heat' });
    expect(result).toMatchObject({
      status: 0,
      stdout: 'Dumping old databases\nSaving database: nova\nSaving database: heat\n',
    });
    expect(readFileSync(join(rig.save, 'nova.sql.old'), 'utf8')).toBe('dump of nova\n');
    expect(readdirSync(rig.save).sort()).toEqual(['heat.sql.old', 'nova.sql.old']);
    expect(rig.calls()).toEqual([
      'mysql -uroot -Bse show databases;',
      'mysqldump --skip-lock-tables -uroot nova',
      'mysqldump --skip-lock-tables -uroot heat',
    ]);
  });

  test('of PostgreSQL too', () => {
    stackrc('DATABASE_TYPE=postgresql DATABASE_USER=stack DATABASE_PASSWORD=pw DATABASE_HOST=db');
    rig.program('psql', 'printf "postgres\\nnova\\n"; [[ $PGPASSWORD == pw ]]');
    rig.program('pg_dump', 'echo dump; [[ $PGPASSWORD == pw ]]');
    expect(rig.bash(`${SOURCED}save_data old ${rig.base}`, { DATABASES_TO_SAVE: 'nova' }).status).toBe(0);
    expect(readFileSync(join(rig.save, 'nova.sql.old'), 'utf8')).toBe('dump\n');
    expect(rig.calls().at(-1)).toBe('pg_dump -w -h db -U stack -d nova');
  });

  test('that cannot be dumped end the script with the status of the dump, and leave no part of it', () => {
    stackrc('DATABASE_TYPE=mysql');
    rig.program('mysql', 'echo nova');
    rig.program('mysqldump', 'echo half; exit 2');
    const result = rig.bash(`set -e\n${SOURCED}save_data old ${rig.base}\necho on`, { DATABASES_TO_SAVE: 'nova' });
    expect(result.status).toBe(2);
    expect(result.stderr).toContain('nova could not be dumped');
    expect(readdirSync(rig.save)).toEqual([]);
  });

  test('that cannot be listed end it with the status of the client', () => {
    stackrc('DATABASE_TYPE=mysql');
    rig.program('mysql', 'exit 9');
    const result = rig.bash(`set -e\n${SOURCED}save_data old ${rig.base}\necho on`, { DATABASES_TO_SAVE: 'nova' });
    expect(result).toMatchObject({
      status: 9,
      stderr: expect.stringContaining('the databases cannot be listed as root'),
    });
  });

  test('of which no type is known are left alone, which is said', () => {
    stackrc(':');
    expect(rig.bash(`${SOURCED}save_data old ${rig.base}`, { DATABASES_TO_SAVE: 'nova' })).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('No databases saved at old'),
    });
    expect(rig.calls()).toEqual([]);
  });
});

test('run_tempest runs the smoke tests with the constraints of that release, and stays there', () => {
  rig.tree(join(rig.dir, 'old/tempest/tox.ini'), '');
  rig.tree(join(rig.base, 'stackrc'), `TEMPEST_VENV_UPPER_CONSTRAINTS=\${C:-master}\n`);
  rig.program('tox', 'echo "$UPPER_CONSTRAINTS_FILE $TOX_CONSTRAINTS_FILE"; exit $TOX');
  const call = `${SOURCED}run_tempest ${rig.dir}/old && pwd`;
  const master = 'https://releases.openstack.org/constraints/upper/master';
  expect(rig.bash(call, { TEMPEST_CONCURRENCY: '3' }).stdout).toBe(`${master} ${master}\n${rig.dir}/old/tempest\n`);
  expect(rig.calls()).toEqual(['tox -esmoke -- --concurrency=3']);
  expect(rig.bash(call, { C: '/c' }).stdout).toContain('/c /c\n');
  expect(rig.bash(`${SOURCED}run_tempest ${rig.dir}/old`, { TOX: '4' }).status).toBe(4);
});

describe('plugins', () => {
  test('are known in each hook by what pluginrc says', () => {
    rig.file(
      'pluginrc',
      'enable_grenade_plugin heat https://h/heat\nenable_grenade_plugin aodh /srv/aodh stable/x\nHERE=seen\n',
    );
    const line = `echo "$GRENADE_PLUGINS \${GITDIR[heat]} \${GITREPO[aodh]} \${GITBRANCH[heat]} \${GITBRANCH[aodh]} $HERE"`;
    const result = rig.bash(`PLUGIN_DIR=/p\nsource $GRENADE_DIR/functions\n${line}\n`, {
      TARGET_DEVSTACK_BRANCH: 'master',
    });
    expect(result.stdout).toBe(',heat,aodh /p/heat /srv/aodh master stable/x seen\n');
    expect(rig.bash(`${SOURCED}${line}`).stdout).toContain(`${rig.dir}/plugins/heat`);
  });

  test('are registered where pluginrc is read for the plan', () => {
    const file = rig.file('pluginrc', '\nenable_grenade_plugin heat https://h/heat refs/changes/1/1/1\n');
    const registration = join(rig.dir, 'registration');
    rmSync(registration, { force: true });
    rig.bash(SOURCED, { GRENADE_REGISTRATION: registration });
    expect(readFileSync(registration, 'utf8')).toBe(
      `plugin\theat\thttps://h/heat\trefs/changes/1/1/1\t${rig.dir}/plugins/heat\t${file}\t2\n`,
    );
  });

  test('know in hooks where projects lie', () => {
    rig.tree(join(rig.dir, 'run/registration'), 'project\tnova\t/p/60_nova\nproject\theat\t/q/a\\\\b\n');
    expect(rig.bash(`${SOURCED}echo "\${PLUGIN_DIR[nova]} \${PLUGIN_DIR[heat]}"`).stdout).toBe('/p/60_nova /q/a\\b\n');
  });
});

describe('devstack_localrc', () => {
  test('is registered in settings, a line of words', () => {
    const registration = join(rig.dir, 'registration');
    rmSync(registration, { force: true });
    rig.bash(`${SOURCED}devstack_localrc base enable_service h-api h-eng\ndevstack_localrc target "A=b c"`, {
      GRENADE_REGISTRATION: registration,
    });
    expect(readFileSync(registration, 'utf8')).toBe(
      `localrc\tbase\tenable_service h-api h-eng\t${script}\t2\nlocalrc\ttarget\tA=b c\t${script}\t3\n`,
    );
  });

  test('is written where the run says so, into local.conf or localrc', () => {
    rig.tree(join(rig.base, 'local.conf'), '[[local|localrc]]\nA=1\n[[post-config|$NOVA_CONF]]\n[DEFAULT]\nx = y\n');
    rig.tree(join(rig.target, 'localrc'), 'A=1\n');
    const environment = { GRENADE_REGISTRATION: join(rig.dir, 'registration'), GRENADE_WRITE_LOCALRC: '1' };
    const result = rig.bash(
      `${SOURCED}devstack_localrc base enable_service h-api h-eng\ndevstack_localrc target 'B="x y"'`,
      environment,
    );
    expect(result).toMatchObject({
      status: 0,
      stdout: `Adding settings to base at ${rig.base}/local.conf\nAdding settings to target at ${rig.target}/localrc\n`,
    });
    expect(readFileSync(join(rig.base, 'local.conf'), 'utf8')).toBe(
      `[[local|localrc]]\nA=1\n# added by ${script}\nenable_service h-api h-eng\n[[post-config|$NOVA_CONF]]\n[DEFAULT]\nx = y\n`,
    );
    expect(readFileSync(join(rig.target, 'localrc'), 'utf8')).toBe(`A=1\n# added by ${script}\nB="x y"\n`);
  });

  test('is ignored with a word when DevStack is configured by others', () => {
    expect(rig.bash(`${SOURCED}devstack_localrc base A=b`, { GRENADE_USE_EXTERNAL_DEVSTACK: 'True' })).toMatchObject({
      status: 0,
      stdout: 'DevStack is configured externally, ignoring $(devstack_localrc base A=b)\n',
    });
  });

  test('knows two sides', () => {
    expect(
      rig.bash(`${SOURCED}devstack_localrc both A=b`, { GRENADE_REGISTRATION: join(rig.dir, 'registration') }).stderr,
    ).toContain('write devstack_localrc base|target LINE, and not both');
  });
});
