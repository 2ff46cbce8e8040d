import { appendFileSync, chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ClassicRig, DEVSTACK, project } from './classic-rig.js';

describe('a classic workspace over DevStacks that somebody else brought up', () => {
  test('runs the original’s hooks, with its arguments, order and TOP_DIR', async () => {
    await using rig = new ClassicRig({ ...project('10_one'), ...project('20_two') });
    const { status, stdout, stderr } = await rig.grenade('run');
    expect(stderr).toBe('');
    expect(stdout).toContain('✔ Everything that was there before is there after: 2 projects went from old to new');
    expect(status).toBe(0);
    expect(rig.calls).toEqual([
      'extract old/devstack/local.conf',
      'extract new/devstack/local.conf',
      'one early_create (old)',
      'two early_create (old)',
      'one create (old)',
      'two create (old)',
      'one verify pre-upgrade (old)',
      'two verify pre-upgrade (old)',
      'two shutdown (old)',
      'one shutdown (old)',
      'one verify_noapi pre-upgrade (old)',
      'two verify_noapi pre-upgrade (old)',
      'fetch_plugins',
      'install_database_python',
      'install_prereqs',
      'git_clone here new/requirements master',
      'install_infra',
      'install_oslo',
      'start_dstat',
      'one upgrade (new)',
      'two upgrade (new)',
      'one verify post-upgrade (old)',
      'two verify post-upgrade (old)',
      'two destroy (old)',
      'one destroy (old)',
    ]);
  });

  test('its hooks begin where the original’s do, with its descriptors and what steps before them exported', async () => {
    const look = `#!/bin/bash
      echo "$1 $PWD \${UPPER_CONSTRAINTS_FILE:-}" | sed "s,$STACK_ROOT,STACK,; s,$GRENADE_WORKSPACE,WORKSPACE," >>"$TOLD"
      for fd in 3 4 5 6 7 8 9; do [[ ! -e /proc/self/fd/$fd ]] || echo "open $fd" >>"$TOLD"; done
      echo straight to people >&6\n`;
    await using rig = new ClassicRig(
      { ...project('10_one', { 'resources.sh': look, 'shutdown.sh': look }) },
      'BASE_RUN_SMOKE=True\n',
    );
    mkdirSync(join(rig.stack, 'old/tempest'));
    const { status, stdout } = await rig.grenade('run');
    expect(stdout).toContain('straight to people');
    expect(status).toBe(0);
    expect(rig.told.filter((line) => /^(\+ tox|create|open)/.test(line)).slice(0, 4)).toEqual([
      `+ tox -esmoke -- --concurrency=${availableParallelism()}`,
      'open 3',
      'open 6',
      'create STACK/old/tempest https://releases.openstack.org/constraints/upper/master',
    ]);
  });

  test('what the target’s DevStack starts writes its logs where that DevStack says', async () => {
    await using rig = new ClassicRig(project('10_one'));
    const devstack = join(rig.stack, 'new/devstack');
    appendFileSync(join(devstack, 'stackrc'), 'LOGFILE=$STACK_ROOT/new/logs/stack.sh.log\n');
    appendFileSync(join(devstack, 'functions'), 'start_dstat() { _say start_dstat "$LOGDIR"; }\n');
    expect((await rig.grenade('run')).status).toBe(0);
    expect(rig.calls).toContain('start_dstat new/logs');
  });

  test('every step ends up in the log of the whole run and in its summary, without passwords', async () => {
    const loud =
      '#!/bin/bash\nsource $GRENADE_DIR/grenaderc\nsource $GRENADE_DIR/functions\necho "it is $MY_PASSWORD"\necho_summary "soon done"\n';
    await using rig = new ClassicRig(project('10_one', { 'upgrade.sh': loud }), 'export MY_PASSWORD=correct-horse\n');
    expect((await rig.grenade('run')).status).toBe(0);
    const log = readFileSync(join(rig.stack, 'logs/grenade.sh.log'), 'utf8');
    expect(log).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} \| it is \*\*\*$/m);
    expect(log).not.toContain('correct-horse');
    const summary = readFileSync(join(rig.stack, 'logs/grenade.sh.log.summary'), 'utf8');
    expect(summary).toMatch(/ \| soon done\n/);
    expect(summary).toContain('Everything that was there before is there after');
    expect(summary).not.toContain('it is');
    expect(rig.log('one/upgrade')).toContain('it is correct-horse');
  });

  test('-b goes down to the ground, -t goes on from there in the Grenade directory; -s knows the original’s labels', async () => {
    await using rig = new ClassicRig(project('10_one'));
    const base = await rig.grenade('run', '-b');
    expect([base.status, base.stdout]).toEqual([0, expect.stringContaining('The base old is ready')]);
    expect(rig.calls.at(-1)).toBe('one verify_noapi pre-upgrade (old)');
    expect((await rig.grenade('run', '-t')).status).toBe(0);
    expect(rig.calls.filter((line) => /^one/.test(line))).toEqual([
      'one early_create (old)',
      'one create (old)',
      'one verify pre-upgrade (old)',
      'one shutdown (old)',
      'one verify_noapi pre-upgrade (old)',
      'one upgrade (new)',
      'one verify post-upgrade (old)',
      'one destroy (old)',
    ]);
    const stopped = await rig.grenade('run', '-s', 'smoke');
    expect([stopped.status, stopped.stdout]).toEqual([
      1,
      expect.stringContaining('Stopped as asked after image-cache'),
    ]);
    expect((await rig.grenade('run', '-s', 'save')).stdout).toContain('Stopped as asked after save-state');
    expect((await rig.grenade('run', '-s', 'stack.sh')).status).toBe(2);
  });

  test('every failing verify is told, and with --fail-fast the first ends the run as in the original', async () => {
    const broken = '#!/bin/bash\n[[ $1 != verify || $2 != post-upgrade ]] || exit 7\n';
    const files = {
      ...project('10_one', { 'resources.sh': broken }),
      ...project('20_two', { 'resources.sh': broken }),
    };
    await using rig = new ClassicRig(files);
    const all = await rig.grenade('run');
    expect([all.status, all.stdout]).toEqual([1, expect.stringContaining('The upgrade broke one and two')]);
    const first = await rig.grenade('run', '--fail-fast');
    expect([first.status, first.stdout]).toEqual([1, expect.stringContaining('The upgrade broke one:')]);
  });

  test('calls a hook as bash does: one without a #! line too, and a directory that is named as one fails', async () => {
    const { 'projects/10_one/resources.sh': called = '', ...files } = project('10_one');
    await using rig = new ClassicRig(files);
    rig.write({ 'projects/10_one/resources.sh': called.replace('#!/bin/bash\n', '[[ -n $1 ]] &&\n') });
    chmodSync(join(rig.dir, 'projects/10_one/resources.sh'), 0o755);
    const { status, stdout } = await rig.grenade('run');
    expect([status, stdout]).toEqual([0, expect.not.stringContaining('cannot be executed')]);
    expect(rig.calls).toContain('one verify post-upgrade (old)');

    rmSync(join(rig.dir, 'projects/10_one/shutdown.sh'));
    mkdirSync(join(rig.dir, 'projects/10_one/shutdown.sh'));
    const failed = await rig.grenade('run');
    expect([failed.status, failed.stdout]).toEqual([1, expect.stringContaining('shutdown.sh may not be executed')]);
    expect(failed.stdout).toContain('shutdown.sh is a directory, so it cannot be executed');
  });

  test('after a failure DevStack’s worlddump collects what it can, also when the hook knows no functions', async () => {
    await using rig = new ClassicRig(project('10_one', { 'shutdown.sh': '#!/bin/bash\nexit 7\n' }));
    const tool = join(rig.stack, 'new/devstack/tools/worlddump.py');
    writeFileSync(tool, '#!/bin/bash\necho "worlddump $* in $PWD" >>"$TOLD"\necho no bridge >&2\nexit 3\n', {
      mode: 0o755,
    });
    const { status, stdout } = await rig.grenade('run');
    expect(status).toBe(1);
    expect(rig.told.at(-1)).toBe(`worlddump -d ${rig.stack}/logs in ${rig.dir}`);
    expect(stdout).toContain("what collects the machine's state failed (worlddump.log of the run): exit 3: no bridge");
    await rig.grenade('run', '-s', 'image-cache');
    expect(rig.told.filter((line) => line.startsWith('worlddump'))).toHaveLength(1);
  });

  test('an interruption ends what collects, and the run still says what it found', async () => {
    await using rig = new ClassicRig(project('10_one', { 'shutdown.sh': '#!/bin/bash\nexit 7\n' }));
    const tool = join(rig.stack, 'new/devstack/tools/worlddump.py');
    writeFileSync(tool, '#!/bin/bash\nread -r _ <"$GATES/collecting"\n', { mode: 0o755 });
    const collecting = rig.gate('collecting');
    const { child, outcome } = rig.start(['run']);
    await collecting.reached();
    child.kill('SIGINT');
    const { status, stdout } = await outcome;
    expect([status, stdout]).toEqual([
      1,
      expect.stringContaining('The upgrade failed at one: it could not be shut down.'),
    ]);
    expect(stdout).toContain("what collects the machine's state failed (worlddump.log of the run): SIGTERM");
  });
});

describe('settings of a classic workspace', () => {
  test('are read in one shell, and decide what runs', async () => {
    await using rig = new ClassicRig(
      {
        ...project('10_one', { settings: 'register_project_for_upgrade one\nPLAIN=kept\nexport TOLD_TO_HOOKS=yes\n' }),
        ...project('20_two', {
          settings: '[[ $PLAIN != kept ]] || register_project_for_upgrade two\nBASE_RUN_SMOKE=False\n',
        }),
        ...project('30_three', {
          settings: 'if is_service_enabled no-such; then register_project_for_upgrade three; fi\n',
        }),
        ...project('40_four', {
          settings: 'register_project_for_upgrade four\nUPGRADE_PROJECTS="four one"\nregister_db_to_save four\n',
        }),
        'projects/50_helper/resources.sh': '#!/bin/bash\n',
      },
      'BASE_RUN_SMOKE=True\n',
    );
    rig.write({
      'projects/10_one/shutdown.sh':
        '#!/bin/bash\necho "hooks see $TOLD_TO_HOOKS [$PLAIN]$DATABASES_TO_SAVE" >>"$TOLD"\n',
    });
    const { status, stdout } = await rig.grenade('run');
    expect(status).toBe(0);
    expect(stdout).toContain(
      'warning: projects/30_three/settings registers no project, so nothing in projects/30_three/ is run',
    );
    expect(stdout).toContain('warning: projects/50_helper/ has no settings, so nothing in it is run');
    expect(rig.calls.filter((line) => / create | upgrade |^hooks/.test(line))).toEqual([
      'four create (old)',
      'one create (old)',
      'hooks see yes [] four',
      'four upgrade (new)',
      'one upgrade (new)',
    ]);
  });

  test('hand on functions and variables that they export, whatever their names', async () => {
    const settings =
      'register_project_for_upgrade one\nhelp() { echo "helped by $GRENADE_OF_MINE in $PWD"; }\nexport -f help\nexport GRENADE_OF_MINE=me\n';
    await using rig = new ClassicRig(
      project('10_one', { settings, 'shutdown.sh': '#!/bin/bash\nhelp >>"$TOLD"\nenv | grep ^PWD= >>"$TOLD"\n' }),
    );
    expect((await rig.grenade('run')).status).toBe(0);
    expect(rig.calls).toEqual(expect.arrayContaining([`helped by me in ${rig.dir}`, `PWD=${rig.dir}`]));
  });

  test('leave hooks in the directory that they went to', async () => {
    const settings = 'register_project_for_upgrade one\ncd "$TARGET_DEVSTACK_DIR"\n';
    await using rig = new ClassicRig(
      project('10_one', { settings, 'shutdown.sh': '#!/bin/bash\necho "down in $PWD" >>"$TOLD"\n' }),
    );
    expect((await rig.grenade('run')).status).toBe(0);
    expect(rig.calls).toContain(`down in ${rig.stack}/new/devstack`);
  });

  test('a failing command in one ends it, as the original’s errexit does, before anything runs', async () => {
    await using rig = new ClassicRig(project('10_one', { settings: 'register_project_for_upgrade one\nfalse\n' }));
    const { status, stderr } = await rig.grenade('run');
    expect(status).toBe(2);
    expect(stderr).toContain('projects/10_one/settings:2');
    expect(rig.calls).toEqual(['extract old/devstack/local.conf']);
  });

  test('may say of a project that it lies where nothing is: its hooks are passed over, and its upgrade fails', async () => {
    const settings = 'register_project_for_upgrade one\nPLUGIN_DIR[one]=/no/such/place\n';
    await using rig = new ClassicRig(project('10_one', { settings }));
    const { status, stdout } = await rig.grenade('run');
    expect(stdout).toContain('warning: one has no upgrade.sh in /no/such/place, so its upgrade will fail');
    expect([status, stdout]).toEqual([1, expect.stringContaining('The upgrade broke one')]);
  });

  test('are not read where the base’s stackrc ends as one that failed; what it did last is said with its place', async () => {
    for (const [end, said] of [
      ['[[ -n $NO_SUCH ]] && echo', /old\/devstack\/stackrc:7 .*ends with status 1, and what it did last is: \[\[ -n/],
      ['exit 3', /old\/devstack\/stackrc:7 .*ends with status 3/],
      ['is_service_enabled other', /old\/devstack\/stackrc .*ends with status 1.* \(.*\/new\/devstack\/functions:9\)/],
      ['if then', /old\/devstack\/stackrc:7 .*syntax error/],
    ] as const) {
      await using rig = new ClassicRig(project('10_one'));
      appendFileSync(join(rig.stack, 'old/devstack/stackrc'), `${end}\n`);
      const { status, stderr } = await rig.grenade('plan');
      expect([status, stderr]).toEqual([2, expect.stringMatching(said)]);
    }
  });

  test('a project that is registered twice has two turns', async () => {
    await using rig = new ClassicRig(
      project('10_one', { settings: 'register_project_for_upgrade one\nregister_project_for_upgrade one\n' }),
    );
    expect((await rig.grenade('run')).status).toBe(0);
    expect(rig.calls.filter((line) => line.startsWith('one upgrade'))).toHaveLength(2);
  });
});

describe('a classic workspace that brings its base up', () => {
  test('fetches, configures, reads settings and stacks, each once the plan has said so', async () => {
    const settings = 'register_project_for_upgrade one\ndevstack_localrc base enable_service one-api\n';
    await using rig = new ClassicRig(project('10_one', { settings }), '', []);
    rig.write({
      localrc: `STACK_ROOT=${rig.stack}\nGIT_BASE=${rig.repository('devstack', DEVSTACK, ['stable/train', 'master'])}\nRUN_SMOKE=False\nENABLE_TEMPEST=False\n`,
      'devstack.localrc': 'FLAT_INTERFACE=eth1\n',
      'post-stack.sh': '#!/bin/bash\necho "post-stack.sh in $PWD" >>"$TOLD"\n',
    });
    const plan = await rig.grenade('plan');
    expect(plan.stdout).toContain('fetch base-devstack');
    expect(plan.stdout).toContain('What comes after is planned once the settings can be read.');
    expect(rig.told).toEqual(['']);

    const { status, stdout, stderr } = await rig.grenade('run');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('1 project went from old to new');
    expect(rig.calls.slice(0, 8)).toEqual([
      'extract old/devstack/local.conf',
      'extract new/devstack/local.conf',
      `stack.sh in ${join('old', 'devstack')} with GIT_BASE=${rig.git} TOP_DIR=new/devstack DATA_DIR=`,
      `post-stack.sh in ${rig.dir}`,
      'one early_create (old)',
      'one create (old)',
      'one verify pre-upgrade (old)',
      'one shutdown (old)',
    ]);
    const local = readFileSync(join(rig.stack, 'old/devstack/local.conf'), 'utf8');
    for (const line of [
      `DEST=${rig.stack}/old`,
      'FLAT_INTERFACE=eth1',
      'enable_service one-api',
      'CELLSV2_SETUP=singleconductor',
    ]) {
      expect(local.split('\n')).toContain(line);
    }
    const commits = rig
      .journal()
      .flatMap((event) => (event.type === 'checkout-ready' ? [[event.name, event.how]] : []));
    expect(commits).toEqual([
      ['base-devstack', 'cloned'],
      ['target-devstack', 'cloned'],
    ]);
  });

  test('what is run around hooks sees what settings registered and knew of the system, besides what localrc says', async () => {
    const settings = 'register_project_for_upgrade one\nregister_db_to_save one\nexport SYSTEM=$os_VENDOR\n';
    await using rig = new ClassicRig(project('10_one', { settings }), '', []);
    const plugin = { 'devstack/upgrade/settings': 'register_project_for_upgrade ext\n' };
    const git = rig.repository('ext', rig.lay('ext', plugin), ['master']);
    rig.write({
      localrc: `STACK_ROOT=${rig.stack}\nGIT_BASE=${rig.repository('devstack', DEVSTACK, ['stable/train', 'master'])}\nRUN_SMOKE=False\nENABLE_TEMPEST=False\nDATABASES_TO_SAVE=mine\n`,
      pluginrc: `enable_grenade_plugin ext ${git}/openstack/ext\n`,
      'post-stack.sh': '#!/bin/bash\necho "upgrade$UPGRADE_PROJECTS, save $DATABASES_TO_SAVE, on $SYSTEM" >>"$TOLD"\n',
    });
    await rig.grenade('run', '-s', 'post-stack');
    expect(rig.told.at(-1)).toBe('upgrade one ext, save mine one, on Small');
  });
});

describe('external plugins', () => {
  test('are fetched, recorded and run after those in the tree, and used as they are the next time', async () => {
    await using rig = new ClassicRig(project('10_one'));
    const plugin = Object.fromEntries(
      Object.entries(project('ext')).map(([path, text]) => [path.replace('projects/ext', 'devstack/upgrade'), text]),
    );
    const url = rig.repository('ext', rig.lay('ext', plugin), ['master']);
    rig.write({ pluginrc: `enable_grenade_plugin ext ${url}/openstack/ext\n` });
    const { status, stderr } = await rig.grenade('run');
    expect([status, stderr]).toEqual([0, '']);
    expect(rig.calls.filter((line) => / create /.test(line))).toEqual(['one create (old)', 'ext create (old)']);
    const ready = () => rig.journal().flatMap((event) => (event.type === 'checkout-ready' ? [event] : []));
    expect(ready()).toMatchObject([
      { name: 'ext', ref: 'master', how: 'cloned', commit: expect.stringMatching(/^[0-9a-f]{40}$/) },
    ]);
    expect((await rig.grenade('run')).status).toBe(0);
    expect(ready()).toMatchObject([{ name: 'ext', how: 'used' }]);
  });
});
