import { describe, expect, test } from 'vitest';
import { bash, Rig, TWO_RELEASES, withFunctions } from './rig.js';

/** A hook that says what it was called for, and fails where the test's environment says so: `FAIL="a/verify:target b/start:base"`. */
const HOOK = bash('echo "called: $(basename "$0") $*"', `[[ " $FAIL " != *" \${GRENADE_STEP%@*} "* ]]`);
const VERSION = bash('echo "$RELEASE"');

const project = (name: string): Record<string, string> => ({
  [`projects/${name}/start.sh`]: HOOK,
  [`projects/${name}/shutdown.sh`]: HOOK,
  [`projects/${name}/migrate.sh`]: HOOK,
  [`projects/${name}/resources.sh`]: HOOK,
  [`projects/${name}/version.sh`]: VERSION,
});
const shop = (): Rig => new Rig({ 'grenade.yaml': TWO_RELEASES, ...project('10_a'), ...project('20_b') });

describe('four verdicts are kept apart', () => {
  test('passed: everything ran in order, and the result says what was proven', async () => {
    await using rig = shop();
    const { status, stdout } = await rig.grenade('run');
    expect(stdout).toContain(
      '✔ Everything that was there before is there after: 2 projects went from spring to autumn',
    );
    expect(stdout).toMatch(/a +spring → autumn +proven/);
    expect(status).toBe(0);
    expect(rig.steps()[0]).toBe('a/start:base@spring');
    expect(rig.steps().at(-1)).toBe('take-down:target@autumn');
  });

  test.each([
    ['a/start:base', 3, /✘ The base was broken before the upgrade/],
    ['a/verify:base', 3, /✘ The base was broken before the upgrade/],
    ['b/shutdown:base', 1, /✘ The upgrade failed at b: it could not be shut down/],
    ['a/migrate:target', 1, /✘ The upgrade broke a/],
    ['a/verify:target', 1, /✘ The upgrade broke a/],
    ['a/destroy:target', 1, /✘ .*after/],
  ])('%s fails: exit %i', async (fail, exit, sentence) => {
    await using rig = shop();
    const { status, stdout } = await rig.start(['run'], { env: { FAIL: fail } }).outcome;
    expect(stdout).toMatch(sentence);
    expect(status).toBe(exit);
    expect(rig.steps().at(-1)).toContain(fail.replace(/^a(\/verify:)/, 'b$1'));
  });

  test('a verify phase runs every project and reports every failure; --fail-fast stops at the first', async () => {
    await using rig = shop();
    const env = { FAIL: 'a/verify:target b/verify:target' };
    const every = await rig.start(['run'], { env }).outcome;
    expect(every.stdout).toMatch(/a verify post-upgrade +exit 1[\s\S]*b verify post-upgrade +exit 1/);
    expect(every.status).toBe(1);
    const first = await rig.start(['run', '--fail-fast'], { env }).outcome;
    expect(first.stdout).not.toContain('b verify post-upgrade   exit');
    expect(rig.steps().at(-1)).toBe('a/verify:target@autumn');
  });

  test('the result names the check that passed before, and the commands to look further', async () => {
    await using rig = shop();
    const { stdout } = await rig.start(['run'], { env: { FAIL: 'a/verify:target' } }).outcome;
    expect(stdout).toMatch(/It passed before the upgrade \(\d+\) and with no API \(\d+\)/);
    const [, number = ''] = /grenade logs (\d+)/.exec(stdout) ?? [];
    const logs = await rig.grenade('logs', number);
    expect(logs.stdout).toBe('called: resources.sh verify post-upgrade\n');
    const report = await rig.grenade('report');
    expect(report.stdout).toContain('✘ The upgrade broke a');
    expect(report.status).toBe(1);
  });
});

describe('the proof of release', () => {
  const at = (base: string, target: string): string =>
    `releases:\n  - name: spring\n    versions: { a: "${base}" }\n  - name: autumn\n    versions: { a: "${target}" }\n`;
  const reports = (base: string, target: string): string =>
    bash(`if [[ $RELEASE == spring ]]; then echo ${base}; else echo ${target}; fi`);

  test.each([
    ['14', '17', '14.23', '17.10', 0],
    ['14', '17', '14.23', '170', 1],
    ['14', '17', '14.23', '14.23', 1],
    ['15', '17', '14.23', '17.10', 3],
    ['14', '14', '14.23', '14.23', 0],
  ])('named %s → %s, reported %s → %s: exit %i', async (base, target, before, after, exit) => {
    await using rig = new Rig({
      'grenade.yaml': at(base, target),
      ...project('a'),
      'projects/a/version.sh': reports(before, after),
      ...project('b'),
    });
    const { status, stdout } = await rig.grenade('run');
    expect([status, stdout]).toEqual([exit, stdout]);
  });

  test('what a version hook printed is in its log when it fails, too', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      ...project('a'),
      'projects/a/version.sh': bash('echo "no answer from the server"', 'exit 3'),
    });
    const { status, stdout } = await rig.grenade('run');
    expect([status, stdout]).toEqual([3, expect.stringContaining('no answer from the server')]);
    expect(rig.log('a/version:base')).toBe('no answer from the server\n');
  });

  test('with nothing named, a release that did not change fails', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      ...project('a'),
      'projects/a/version.sh': bash('echo 1.0'),
    });
    const { status, stdout } = await rig.grenade('run');
    expect(stdout).toMatch(/1\.0/);
    expect(status).toBe(1);
  });

  test('no version hook: said in the first lines, and a failure only under --strict', async () => {
    await using rig = shop();
    rig.write({ 'projects/30_c/start.sh': HOOK, 'projects/30_c/shutdown.sh': HOOK });
    const { status, stdout } = await rig.grenade('run', '-q');
    expect(status).toBe(0);
    const firstLines = stdout.split('\n').slice(0, 4).join('\n');
    expect(firstLines).toMatch(/c has no verify/);
    expect(firstLines).toMatch(/c has no version hook: its release is not proven/);
    expect((await rig.grenade('run', '-q', '--strict')).status).toBe(1);
    expect((await rig.grenade('report')).status).toBe(1);
  });
});

describe('parts of a run', () => {
  test('-b ends with the base ready, and -t goes on with the same run, data, ports and resources', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      'projects/a/start.sh': withFunctions(
        'free_port web >"$DATA_DIR/port-$RELEASE"',
        'service_start web -- sleep 1000',
      ),
      'projects/a/shutdown.sh': withFunctions('service_stop web'),
      'projects/a/version.sh': VERSION,
      'projects/a/resources.sh': withFunctions(
        'if [[ $1 == create ]]; then resource_save a thing "$RUN_ID"; fi',
        'if [[ $1 == verify ]]; then [[ $(resource_get a thing) == "$RUN_ID" ]]; fi',
        'if [[ $1 == verify && $2 == post-upgrade ]]; then cmp "$DATA_DIR/port-spring" "$DATA_DIR/port-autumn"; fi',
      ),
    });
    const base = await rig.grenade('run', '-b');
    expect(base.stdout).toMatch(/The base spring is ready; nothing was upgraded/);
    expect(base.status).toBe(0);
    const run = rig.latest;
    const target = await rig.grenade('run', '-t');
    expect(target.stdout).toContain('✔');
    expect(target.status).toBe(0);
    expect(rig.latest).toBe(run);
    expect(rig.steps().filter((step) => step === 'a/create:base@spring')).toHaveLength(1);
  });

  test('-t refuses what there is nothing to go on with', async () => {
    await using rig = shop();
    const none = await rig.grenade('run', '-t');
    expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('there is no run to go on with')]);
    await rig.grenade('run');
    const over = await rig.grenade('run', '-t');
    expect([over.status, over.stderr]).toEqual([2, expect.stringMatching(/and run \S+ is over/)]);
  });

  test('-t refuses to go on with a base that failed, or that is one no more, and says why', async () => {
    await using rig = shop();
    const failing = (step: string, ...args: string[]) => rig.start(['run', ...args], { env: { FAIL: step } }).outcome;
    expect((await failing('a/verify:base', '-b')).status).toBe(3);
    const broken = await rig.grenade('run', '-t');
    expect([broken.status, broken.stderr]).toEqual([
      2,
      expect.stringContaining('failed before that, in a verify pre-upgrade'),
    ]);
    expect(broken.stderr).toContain('could not be told from what was broken before it');

    expect((await failing('a/verify:target')).status).toBe(1);
    const begun = await rig.grenade('run', '-t');
    expect([begun.status, begun.stderr]).toEqual([2, expect.stringContaining('had begun the target part')]);
  });

  test('-s stops as asked, and refuses a label that is none', async () => {
    await using rig = shop();
    const { status, stdout } = await rig.grenade('run', '-s', 'shutdown');
    expect(stdout).toMatch(/stopped/i);
    expect(status).toBe(1);
    expect(rig.steps().at(-1)).toBe('a/shutdown:base@spring');
    expect((await rig.grenade('run', '-t')).status).toBe(0);
    const wrong = await rig.grenade('run', '-s', 'shutdwon');
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('shutdown')]);
  });

  test('a saved plan runs again, and is refused where it no longer fits', async () => {
    await using rig = shop();
    rig.write({ 'plan.json': (await rig.grenade('plan', '--json')).stdout });
    expect((await rig.grenade('run', '--plan', 'plan.json')).status).toBe(0);
    rig.write({ 'grenade.yaml': TWO_RELEASES.replace('autumn', 'winter') });
    const { status, stderr } = await rig.grenade('run', '--plan', 'plan.json');
    expect([status, stderr]).toEqual([2, expect.stringContaining('autumn')]);
  });

  test('--jobs runs side by side what no needs orders', async () => {
    await using rig = shop();
    const wait = (gate: string): string =>
      bash(`if [[ $* == "verify pre-upgrade" ]]; then read -r <"$GATES/${gate}" || true; fi`);
    rig.write({ 'projects/10_a/resources.sh': wait('a'), 'projects/20_b/resources.sh': wait('b') });
    const [a, b] = [rig.gate('a'), rig.gate('b')];
    const { outcome } = rig.start(['run', '--jobs', '2']);
    // Neither is let go before both are there.
    await Promise.all([a.reached(), b.reached()]);
    await Promise.all([a.open(), b.open()]);
    expect((await outcome).status).toBe(0);
  });

  test('one run at a time in a workspace', async () => {
    await using rig = shop();
    rig.write({ 'projects/10_a/start.sh': bash('read -r <"$GATES/start" || true') });
    const gate = rig.gate('start');
    const { outcome } = rig.start(['run', '-b']);
    await gate.reached();
    const second = await rig.grenade('run');
    expect([second.status, second.stderr]).toEqual([2, expect.stringContaining('a run is going on')]);
    const report = await rig.grenade('report');
    expect([report.status, report.stdout]).toEqual([
      0,
      expect.stringContaining('Still running during 01 a start base'),
    ]);
    expect(report.stdout).not.toContain('grenade clean');
    const cleaning = await rig.grenade('clean');
    expect([cleaning.status, cleaning.stderr]).toEqual([2, expect.stringContaining('a run is going on')]);
    await gate.open();
    expect((await outcome).status).toBe(0);
  });
});
