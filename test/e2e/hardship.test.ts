import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bash, GRENADE, Rig, smallDisk, TWO_RELEASES, withFunctions } from './rig.js';

/** The least that can be run. */
const SMALL = {
  'grenade.yaml': TWO_RELEASES,
  'projects/a/start.sh': bash('echo hello'),
  'projects/a/shutdown.sh': bash('echo bye'),
};
/** Names that no file system and no shell minds, and many programs do. */
const HARD_NAME = 'sp ace\nñew "q" \\ $x \'';

/** A shell's command line, in the workspace, with `$grenade` for Grenade. */
function shell(rig: Rig, line: string): { readonly status: string; readonly said: string } {
  const script = `set -o pipefail; grenade() { "${process.execPath}" "${GRENADE}" "$@"; }; { ${line}; } 2>&1; echo "status \${PIPESTATUS[0]}"`;
  const said = execFileSync('bash', ['-c', script], { cwd: rig.dir, encoding: 'utf8', timeout: 30_000 });
  return { said, status: /status (\d+)\n$/.exec(said)?.[1] ?? '' };
}

describe('a reader that goes away', () => {
  test('does not end the run: it goes on to its end, and its journal is closed', async () => {
    await using rig = new Rig({ ...SMALL, 'projects/a/start.sh': bash('sleep 0.3') });
    const { said } = shell(rig, 'grenade run | head -1');
    expect(said).not.toMatch(/EPIPE|Error/);
    expect(rig.journal().at(-1)).toMatchObject({ type: 'run-finished', verdict: 'passed' });
    expect(readdirSync(rig.latest)).toContain('junit.xml');
  });

  test('ends what only prints', async () => {
    await using rig = new Rig({ ...SMALL, 'projects/a/start.sh': bash('yes "a line" | head -c 5000000') });
    expect((await rig.grenade('run', '-q')).status).toBe(0);
    expect(shell(rig, 'grenade logs 1 | head -1').said).toBe('a line\nstatus 0\n');
  });
});

describe('a log of any length', () => {
  test('is shown whole, with secrets masked wherever they stand', async () => {
    await using rig = new Rig({
      ...SMALL,
      localrc: 'export DB_PASSWORD=sesame-street\n',
      'projects/a/start.sh': bash('yes "ünd so on: sesame-street, $RELEASE" | head -n 100000', 'printf "the \\r end"'),
    });
    expect((await rig.grenade('run', '-q')).status).toBe(0);
    const { said } = shell(rig, 'grenade logs 1 >shown');
    expect(said).toBe('status 0\n');
    const shown = readFileSync(join(rig.dir, 'shown'), 'utf8');
    expect(shown === `${'ünd so on: ***, spring\n'.repeat(100_000)}the \r end\n`).toBe(true);
  });
});

describe('a disk or directory that refuses', () => {
  test('ends the run as a fault of ours, and the hooks that run with it', async () => {
    await using rig = new Rig({
      ...SMALL,
      'projects/a/install.sh': bash('read -r <"$GATES/a"', 'sleep 1000'),
      'projects/b/install.sh': bash('read -r <"$GATES/b"', 'rm "$GRENADE_RUN_DIR/supervised" -r'),
      'projects/b/shutdown.sh': bash('echo bye'),
    });
    const [a, b] = [rig.gate('a'), rig.gate('b')];
    const { outcome } = rig.start(['run', '--jobs', '2']);
    await a.open();
    await b.open();
    const { status, stdout, stderr } = await outcome;
    expect(status).toBe(4);
    expect(stdout).toContain('Grenade itself failed');
    expect(stderr).toMatch(/^grenade: the run could not go on: ENOENT[^\n]*supervised'\n$/);
    expect(rig.processes()).toEqual([]);
    expect(rig.journal().at(-1)).toMatchObject({ type: 'run-finished', verdict: 'harness' });
  });

  test('the whole run’s directory, removed by a hook, is told and no stack is shown', async () => {
    await using rig = new Rig({ ...SMALL, 'projects/a/start.sh': bash('rm -rf "$GRENADE_RUN_DIR"') });
    const { status, stdout, stderr } = await rig.grenade('run');
    expect(status).toBe(4);
    expect(stdout).toContain('Grenade itself failed');
    expect(stderr).toContain('ENOENT');
    expect(stderr).not.toMatch(/^ +at /m);
  });

  test('a scratch directory, removed by a hook with all of them, is made again', async () => {
    await using rig = new Rig({ ...SMALL, 'projects/a/start.sh': bash('rm -rf "$GRENADE_RUN_DIR/scratch"') });
    expect((await rig.grenade('run')).status).toBe(0);
  });

  test.runIf(process.getuid?.() === 0)('that is full is no hindrance to clean, which makes room there', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      'projects/a/start.sh': withFunctions('service_start a -- sleep 1000'),
      'projects/a/resources.sh': bash('cat /dev/zero >"$DATA_DIR/much"'),
      'projects/a/shutdown.sh': withFunctions('service_stop a'),
    });
    await using _ = smallDisk(rig, 8);
    expect((await rig.grenade('run')).status).toBe(3);
    // Whatever the run found no room for, the last byte is gone now.
    const rest = join(rig.dir, '.grenade', 'rest');
    expect(() => writeFileSync(rest, Buffer.alloc(8_000_000))).toThrow(/ENOSPC/);
    const refused = await rig.grenade('run');
    expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('nothing can be written to')]);
    const { status, stdout, stderr } = await rig.grenade('clean');
    expect([status, stdout, stderr]).toEqual([0, expect.stringMatching(/^ended a \(\d+\)\n1 ended\./), '']);
    expect(rig.processes()).toEqual([]);
    expect((await rig.grenade('clean', '--all')).status).toBe(0);
  });

  test('the data root is refused before anything runs', async () => {
    await using rig = new Rig({ ...SMALL, 'grenade.yaml': `${TWO_RELEASES}data-root: grenade.yaml/x\n` });
    const { status, stderr } = await rig.grenade('run');
    expect([status, stderr]).toEqual([2, expect.stringContaining('data-root')]);
  });

  test('a plan that is none is refused', async () => {
    await using rig = new Rig(SMALL);
    const { status, stderr } = await rig.grenade('run', '--plan', '.');
    expect([status, stderr]).toEqual([2, expect.stringContaining('the plan cannot be read')]);
  });
});

test('a limit of many days is no limit of a millisecond', async () => {
  await using rig = new Rig({ ...SMALL, 'grenade.yaml': `${TWO_RELEASES}limits: { run: 1000h, hook: 1000h }\n` });
  const { status, stderr } = await rig.grenade('run');
  expect([status, stderr]).toEqual([0, '']);
});

describe('going on with a run', () => {
  test('that was cleaned up since is refused', async () => {
    await using rig = new Rig(SMALL);
    expect((await rig.grenade('run', '-b', '-q')).status).toBe(0);
    expect((await rig.grenade('clean')).status).toBe(0);
    const { status, stderr } = await rig.grenade('run', '-t');
    expect([status, stderr]).toEqual([2, expect.stringContaining('cleaned up')]);
  });

  test('does not hold against it what its shutdown ended by its own means', async () => {
    await using rig = new Rig({
      ...SMALL,
      'projects/a/start.sh': withFunctions(
        'service_start web -- bash -c \'echo $$ >"$DATA_DIR/pid"; exec sleep 1000\'',
      ),
      'projects/a/shutdown.sh': withFunctions('kill "$(<"$DATA_DIR/pid")"', 'ensure_services_stopped web'),
    });
    expect((await rig.grenade('run', '-q', '-s', 'shutdown')).status).toBe(1);
    const { status, stdout } = await rig.grenade('run', '-t');
    expect(stdout).not.toMatch(/died/);
    expect(status).toBe(0);
  });
});

test('an interruption while settings are sourced ends them, and leaves nothing of the run', async () => {
  await using rig = new Rig({
    ...SMALL,
    'projects/a/settings': 'register_project_for_upgrade a\nread -r <"$GATES/go"\nsleep 1000\n',
  });
  const gate = rig.gate('go');
  const { child, outcome } = rig.start(['run']);
  await gate.open();
  child.kill('SIGINT');
  const { status, stderr } = await outcome;
  expect([status, stderr]).toEqual([130, 'Interrupted before anything was run.\n']);
  expect(rig.processes()).toEqual([]);
  expect(readdirSync(join(rig.dir, '.grenade/runs'))).toEqual([]);
  expect(existsSync(join(rig.dir, '.grenade/lock'))).toBe(false);
});

describe('an interruption while something is sourced ends it with all that it started', () => {
  const WAITS = '[[ ! -e $GRENADE_WORKSPACE/wait ]] || { read -r <"$GATES/go"; sleep 1000 & sleep 1000; }\n';
  const cases = [
    { args: ['plan'], file: 'projects/a/settings' },
    { args: ['check'], file: 'projects/a/settings' },
    { args: ['resource', 'a', 'smoke'], file: 'projects/a/settings' },
    { args: ['run'], file: 'pluginrc' },
    { args: ['plan'], file: 'pluginrc' },
  ];
  test.for(cases)('$file, in $args', async ({ args, file }) => {
    await using rig = new Rig({
      ...SMALL,
      'projects/a/start.sh': withFunctions('service_start web -- sleep 1000'),
      'projects/a/shutdown.sh': withFunctions('service_stop web'),
      'projects/a/smoke.sh': bash('echo here'),
      [file]: file === 'pluginrc' ? WAITS : `register_project_for_upgrade a\n${WAITS}`,
    });
    // Something that a phase by hand could be run against.
    expect((await rig.grenade('run', '-b', '-q')).status).toBe(0);
    const up = rig.processes();
    rig.write({ wait: '' });
    const gate = rig.gate('go');
    const { child, outcome } = rig.start(args);
    await gate.open();
    child.kill('SIGINT');
    const { status, stdout, stderr } = await outcome;
    expect([status, stdout, stderr]).toEqual([130, '', 'Interrupted before anything was run.\n']);
    expect(rig.processes()).toEqual(up);
    expect(readdirSync(join(rig.dir, '.grenade')).filter((name) => name.startsWith('look-'))).toEqual([]);
  });
});

test('a phase run by hand shows what its hook said before it failed, to the last word', async () => {
  await using rig = new Rig({
    ...SMALL,
    'projects/a/start.sh': withFunctions('service_start web -- sleep 1000'),
    'projects/a/shutdown.sh': withFunctions('service_stop web'),
    'projects/a/smoke.sh': bash('[[ ! -e $PROJECT_DIR/broken ]] || { printf "first\\nthe reason"; exit 3; }'),
  });
  expect((await rig.grenade('run', '-b', '-q')).status).toBe(0);
  rig.write({ 'projects/a/broken': '' });
  const { status, stdout } = await rig.grenade('resource', 'a', 'smoke');
  expect(stdout).toContain('first\nthe reason\n✘ exit 3');
  expect(status).toBe(1);
});

test('a phase is run by hand also where no service of ours is up, and not once all was cleaned up', async () => {
  await using rig = new Rig({ ...SMALL, 'projects/a/smoke.sh': bash('echo "looked"') });
  expect((await rig.grenade('run', '-b', '-q')).status).toBe(0);
  const { status, stdout } = await rig.grenade('resource', 'a', 'smoke');
  expect([status, stdout]).toEqual([0, expect.stringContaining('looked')]);
  expect((await rig.grenade('clean')).status).toBe(0);
  expect((await rig.grenade('resource', 'a', 'smoke')).status).toBe(2);
});

test('a workspace may have any name, and may be reached through a link', async () => {
  await using rig = new Rig();
  const files = {
    'grenade.yaml': TWO_RELEASES,
    'projects/a/start.sh': withFunctions('resource_save a key value', 'service_start web -- sleep 1000'),
    'projects/a/shutdown.sh': withFunctions('service_stop web'),
    'projects/a/version.sh': bash('echo "$RELEASE"'),
  };
  rig.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [join(HARD_NAME, name), text])));
  symlinkSync(HARD_NAME, join(rig.dir, 'link'));
  for (const name of [HARD_NAME, 'link']) {
    const { status, stdout, stderr } = await rig.start(['run', '-q'], { cwd: join(rig.dir, name) }).outcome;
    expect([status, stderr, stdout]).toEqual([0, '', expect.stringContaining('spring → autumn   proven')]);
  }
});

test('a lock that a killed harness left is taken by one of many', async () => {
  await using rig = new Rig({ ...SMALL, 'projects/a/start.sh': bash('echo begun >>"$PROJECT_DIR/begun"', 'sleep 1') });
  expect((await rig.grenade('run', '-q')).status).toBe(0);
  writeFileSync(join(rig.dir, 'projects/a/begun'), '');
  writeFileSync(join(rig.dir, '.grenade/lock'), '1 0\n');
  const outcomes = await Promise.all(Array.from({ length: 6 }, () => rig.start(['run', '-q', '-b']).outcome));
  expect(outcomes.map(({ status }) => status).sort()).toEqual([0, 2, 2, 2, 2, 2]);
  expect(readFileSync(join(rig.dir, 'projects/a/begun'), 'utf8')).toBe('begun\n');
});

test('a service that dies as the last act of a hook fails that hook’s step, and not a later one', async () => {
  await using rig = new Rig({
    ...SMALL,
    'projects/a/start.sh': withFunctions('service_start web -- bash -c \'echo $$ >"$DATA_DIR/pid"; exec sleep 1000\''),
    'projects/a/shutdown.sh': withFunctions('service_stop web'),
    'projects/a/smoke.sh': bash('pid=$(<"$DATA_DIR/pid")', 'kill "$pid"', 'while [[ -e /proc/$pid ]]; do :; done'),
  });
  // What it is about takes a few milliseconds: once may be luck.
  for (let time = 0; time < 5; time++) {
    const { status } = await rig.grenade('run', '-q');
    expect([status, rig.steps().at(-1)]).toEqual([3, 'a/smoke:base@spring']);
  }
});
