import { describe, expect, test } from 'vitest';
import { bash, Rig, TWO_RELEASES } from './rig.js';

const APP = {
  'projects/app/settings': 'register_project_for_upgrade app\nregister_data files "$DATA_DIR/app"\n',
  // A service that writes down when it was started: what changes by itself.
  'projects/app/start.sh': `#!/bin/bash
mkdir -p "$DATA_DIR/app" && echo "$EPOCHREALTIME" >"$DATA_DIR/app/started"
`,
  'projects/app/shutdown.sh': bash('echo down'),
  'projects/app/resources.sh': `#!/bin/bash
case $1 in create) for n in 1 2 3; do echo "letter $n" >"$DATA_DIR/app/letter$n"; done ;;
  verify) [[ -e $DATA_DIR/app/letter3 ]] ;; esac
`,
};
const migrate = (commands: string) => ({
  'projects/app/migrate.sh': bash('set -e', 'cd "$DATA_DIR/app"', commands),
});
const yaml = (more: string) => ({ 'grenade.yaml': `${TWO_RELEASES}${more}` });

describe('state, before the upgrade and after it', () => {
  test('a file that is gone fails the run, though every verify passes', async () => {
    await using rig = new Rig({ ...yaml(''), ...APP, ...migrate('rm letter1') });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(1);
    expect(stdout).toContain('The upgrade broke files: state is gone that nobody expected to go.');
    expect(stdout).toContain('letter1 gone');
    expect(rig.steps()).toContain('app/verify:target@autumn');
    expect(rig.read('.grenade', 'latest', 'junit.xml')).toContain('state of files');
  });

  test('a control restart shows what changes by itself, and a control run finds nothing else', async () => {
    await using rig = new Rig({ ...yaml('state: { change: fail, control: true }\n'), ...APP, ...migrate('echo same') });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(/by itself: started changed/);
    expect(rig.steps()).toEqual(expect.arrayContaining(['app/start-again:base@spring', 'compare-state:base@spring']));
  });

  test('without one, the same change fails where the workspace says so', async () => {
    await using rig = new Rig({ ...yaml('state: { change: fail }\n'), ...APP, ...migrate('echo same') });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(1);
    expect(stdout).toContain('state changed that nobody expected to change');
  });

  test('what is expected passes with its reason, and what did not happen is said', async () => {
    const expected = `expect:
  - { data: files, what: files-moved, in: letter*, reason: letters have an ending now }
  - { what: files-changed, in: started, reason: it is started again }
  - { what: files-gone, in: drafts, reason: nobody reads drafts, to: [autumn] }
`;
    await using rig = new Rig({ ...yaml(expected), ...APP, ...migrate('mv letter1 letter1.txt') });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(0);
    expect(stdout).toContain('expected: letter1 moved → letter1.txt (letters have an ending now)');
    expect(stdout).toContain('expected, and did not happen: files-gone drafts (nobody reads drafts)');
  });

  test('data that cannot be reached fails the run by its name', async () => {
    const data = 'data:\n  - { name: lost, at: nowhere }\n';
    await using rig = new Rig({ ...yaml(data), ...APP, ...migrate('echo same') });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(1);
    expect(stdout).toMatch(/lost/);
  });

  test('data that is nowhere any more after the upgrade fails the run by its name, though every verify passes', async () => {
    const data = 'data:\n  - { name: attic, at: attic }\n';
    await using rig = new Rig({
      ...yaml(data),
      ...APP,
      ...migrate('rm -r ../attic'),
      'projects/app/start.sh': `${APP['projects/app/start.sh']}[[ $RELEASE != spring ]] || mkdir -p "$DATA_DIR/attic"\n`,
    });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(1);
    expect(stdout).toMatch(/attic.*no such file or directory/);
    expect(rig.journal()).toContainEqual(expect.objectContaining({ type: 'run-finished', verdict: 'upgrade' }));
    expect(rig.journal()).toContainEqual(
      expect.objectContaining({
        type: 'step-finished',
        step: 'compare-state:target@autumn',
        failure: expect.objectContaining({ kind: 'state-unread', name: 'attic' }),
      }),
    );
  });
});
