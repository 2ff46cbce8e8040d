import { describe, expect, test } from 'vitest';
import { Rig } from './rig.js';

const hook = (...lines: readonly string[]): string =>
  ['#!/usr/bin/env bash', 'set -euo pipefail', 'source "$GRENADE_DIR/functions"', ...lines, ''].join('\n');

const APP = {
  'grenade.yaml': `releases:
  - { name: spring, versions: { app: "1" } }
  - { name: autumn, versions: { app: "2" } }
`,
  'projects/app/start.sh': hook('mkdir -p "$DATA_DIR/app"', 'echo "$RELEASE" >"$DATA_DIR/app/release"'),
  'projects/app/version.sh': hook('[[ $(<"$DATA_DIR/app/release") == spring ]] && echo 1 || echo 2'),
  'projects/app/shutdown.sh': hook('echo down'),
  'projects/app/resources.sh': hook(
    'case $1 in create) echo hello >"$DATA_DIR/app/letter" ;; verify) [[ -e $DATA_DIR/app/letter ]] ;; esac',
  ),
};
const EXCEPTION = {
  'projects/app/migrate.sh': hook('upgrade_project app "$PROJECT_DIR"'),
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
