import { describe, expect, test } from 'vitest';
import { Rig, withFunctions } from './rig.js';

const APP = {
  'grenade.yaml': `releases:
  - { name: spring, versions: { app: "1" } }
  - { name: autumn, versions: { app: "2" } }
`,
  'projects/app/start.sh': withFunctions('mkdir -p "$DATA_DIR/app"', 'echo "$RELEASE" >"$DATA_DIR/app/release"'),
  'projects/app/version.sh': withFunctions('[[ $(<"$DATA_DIR/app/release") == spring ]] && echo 1 || echo 2'),
  'projects/app/shutdown.sh': withFunctions('echo down'),
  'projects/app/resources.sh': withFunctions(
    'case $1 in create) echo hello >"$DATA_DIR/app/letter" ;; verify) [[ -e $DATA_DIR/app/letter ]] ;; esac',
  ),
};
const EXCEPTION = {
  'projects/app/migrate.sh': withFunctions('upgrade_project app "$PROJECT_DIR"'),
  'projects/app/from-spring/upgrade-app': `# \`\`upgrade-app\`\`

# Letters are read in another
# order since autumn.
configure_app_upgrade() { echo reordered; }
`,
};

describe('the theory of upgrade', () => {
  test('says of a plain upgrade what it rests on', async () => {
    await using rig = new Rig(APP);
    const { status, stdout } = await rig.grenade('run', '--strict');
    expect(status, stdout).toBe(0);
    expect(stdout).toContain('✔ nothing but migrations was needed: start of 1 project ran, and nothing else');
    expect(stdout).toContain('✔ what was created survived: checked in 1 project; no data is registered to be compared');
  });

  test('an exception is told with where it stands and why', async () => {
    await using rig = new Rig({ ...APP, ...EXCEPTION });
    const { status, stdout } = await rig.grenade('run', '--strict');
    expect(status, stdout).toBe(0);
    expect(stdout).toContain('▸ nothing but migrations was needed: but for 1 exception');
    expect(stdout).toContain(
      '(projects/app/from-spring/upgrade-app:5): Letters are read in another order since autumn.',
    );
    const result: unknown = JSON.parse(rig.read('.grenade', 'latest', 'result.json'));
    expect(result).toMatchObject({
      theory: expect.arrayContaining([
        expect.objectContaining({
          theorem: 'only-migrations',
          outcome: 'excepted',
          exceptions: [
            expect.objectContaining({
              file: 'projects/app/from-spring/upgrade-app',
              line: 5,
              steps: ['app/migrate:target@autumn'],
            }),
          ],
        }),
      ]),
    });
  });

  test('one that says nowhere why is a warning, and fails a strict run', async () => {
    await using rig = new Rig({
      ...APP,
      ...EXCEPTION,
      'projects/app/from-spring/upgrade-app': 'configure_app_upgrade() { :; }\n',
    });
    const mild = await rig.grenade('run');
    expect(mild.status, mild.stdout).toBe(0);
    expect(mild.stdout).toContain('✘ nothing but migrations was needed: 1 exception, with no reason given');
    const strict = await rig.grenade('run', '--strict');
    expect(strict.status, strict.stdout).toBe(1);
    expect(strict.stdout).toContain('with no reason given: --strict asks for one.');
    expect(rig.read('.grenade', 'latest', 'junit.xml')).toMatch(/theory: nothing but[^>]*>\s*<failure type="theory"/);
  });
});

describe('new code ran with old configs', () => {
  const CONFIG = {
    ...APP,
    'projects/app/settings': 'register_project_for_upgrade app\nregister_config etc/app "$DATA_DIR/etc/app.ini"\n',
    'projects/app/resources.sh': withFunctions(
      'case $1 in',
      '  early_create) mkdir -p "$DATA_DIR/etc/app" && echo a=1 | tee "$DATA_DIR/etc/app/app.conf" >"$DATA_DIR/etc/app.ini" ;;',
      '  create) echo hello >"$DATA_DIR/app/letter" ;;',
      '  verify) [[ -e $DATA_DIR/app/letter ]] ;;',
      'esac',
    ),
  };
  const THEOREM = 'new code ran with old configs';

  test('is not shown where nobody says which files are configuration, or none is there', async () => {
    await using rig = new Rig(APP);
    const { stdout } = await rig.grenade('run');
    expect(stdout).toContain(`– ${THEOREM}: not shown, no project says where its configuration lies (register_config)`);
    rig.write({ 'projects/app/settings': 'register_project_for_upgrade app\nregister_config etc/nowhere\n' });
    const empty = await rig.grenade('run');
    expect(empty.stdout).toMatch(
      /– new code .*: not shown, nothing lies where app registers its configuration, \.grenade/,
    );
  });

  test('holds where it is as it was once the upgraded code runs, touched or not', async () => {
    await using rig = new Rig({
      ...CONFIG,
      'projects/app/migrate.sh': withFunctions('touch "$DATA_DIR"/etc/app/app.conf'),
    });
    const { status, stdout } = await rig.grenade('run', '--strict');
    expect(status, stdout).toBe(0);
    expect(stdout).toContain(`✔ ${THEOREM}: 2 files of app are as they were`);
  });

  test('what hooks change is told with the step it changed in, and fails a strict run as long as nobody says why', async () => {
    await using rig = new Rig({
      ...CONFIG,
      'projects/app/migrate.sh': withFunctions('echo b=2 >>"$DATA_DIR/etc/app/app.conf"'),
      'projects/app/finalize.sh': withFunctions('rm "$DATA_DIR/etc/app.ini"; echo c=3 >"$DATA_DIR/etc/app/new.conf"'),
    });
    const { status, stdout } = await rig.grenade('run', '--strict');
    expect(status, stdout).toBe(1);
    expect(stdout).toContain(`✘ ${THEOREM}: 3 exceptions, with no reason given`);
    expect(rig.journal().flatMap((event) => (event.type === 'config-changed' ? [event] : []))).toMatchObject([
      {
        steps: ['app/migrate:target@autumn'],
        file: expect.stringMatching(/\/data\/etc\/app\/app\.conf$/),
        difference: { kind: 'files-changed', at: 'app.conf', detail: '1 new and 0 gone of its lines' },
      },
      { steps: ['app/finalize:target@autumn'], difference: { kind: 'files-new', at: 'new.conf' } },
      { steps: ['app/finalize:target@autumn'], difference: { kind: 'files-gone', at: 'app.ini' } },
    ]);
  });

  test('a step that runs beside the first of the upgrade waits for the first look too', async () => {
    await using rig = new Rig({
      ...CONFIG,
      'grenade.yaml': `restart: last
releases:
  - { name: spring, versions: { app: "1", beside: "1" } }
  - { name: autumn, versions: { app: "2", beside: "2" } }
`,
      // It takes long to look at, and comes first.
      'projects/app/settings': 'register_project_for_upgrade app\nregister_config "$DATA_DIR/large"\n',
      'projects/app/install.sh': withFunctions('[[ $RELEASE != spring ]] || truncate --size 128M "$DATA_DIR/large"'),
      'projects/beside/settings': 'register_project_for_upgrade beside\nregister_config "$DATA_DIR/beside.conf"\n',
      'projects/beside/install.sh': withFunctions('[[ $RELEASE == spring ]] || echo b=2 >"$DATA_DIR/beside.conf"'),
      'projects/beside/version.sh': withFunctions('[[ -e $DATA_DIR/beside.conf ]] && echo 2 || echo 1'),
    });
    const { status, stdout } = await rig.grenade('run', '--jobs', '2');
    expect(status, stdout).toBe(0);
    expect(rig.journal().flatMap((event) => (event.type === 'config-changed' ? [event] : []))).toMatchObject([
      { steps: expect.arrayContaining(['beside/install:target@autumn']), difference: { kind: 'files-new' } },
    ]);
  });

  test('a reason comes from the workspace, or from the exception in which it was changed; one that is not met is told', async () => {
    const expected = `expect:
  - { data: app/config, what: files-gone, in: app.ini, reason: app.conf says it all }
  - { data: app/config, what: files-new, in: other.conf, reason: nobody knows }
`;
    await using rig = new Rig({
      ...CONFIG,
      'grenade.yaml': `${CONFIG['grenade.yaml']}${expected}`,
      ...EXCEPTION,
      'projects/app/from-spring/upgrade-app':
        '# Autumn wants to be told b.\nconfigure_app_upgrade() { echo b=2 >>"$DATA_DIR/etc/app/app.conf"; }\n',
      'projects/app/finalize.sh': withFunctions('rm "$DATA_DIR/etc/app.ini"'),
    });
    const { status, stdout } = await rig.grenade('run', '--strict');
    expect(status, stdout).toBe(0);
    expect(stdout).toContain(`▸ ${THEOREM}: but for 2 exceptions`);
    expect(stdout).toMatch(/app\.conf changed: 1 new and 0 gone of its lines \(.*\): Autumn wants to be told b\./);
    expect(stdout).toMatch(/app\.ini gone \(.*\): app\.conf says it all/);
    expect(stdout).toContain('expected, and did not happen: app/config files-new other.conf');
  });
});
