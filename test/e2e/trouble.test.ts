import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bash, eventually, GRENADE, Rig, TWO_RELEASES, withFunctions } from './rig.js';

const VERSION = bash('echo "$RELEASE"');

/** A service that its hooks start and stop as they should. */
const SERVICE = {
  'projects/web/settings': 'register_project_for_upgrade web\nregister_service web\n',
  'projects/web/start.sh': withFunctions('service_start web -- sleep 1000', 'ensure_services_started web'),
  'projects/web/shutdown.sh': withFunctions('service_stop web', 'ensure_services_stopped web'),
  'projects/web/version.sh': VERSION,
  'projects/web/resources.sh': bash(':  "$@"'),
};

describe('a hook in trouble', () => {
  test('that hangs is ended at its limit with all that it started, and the limit is named', async () => {
    await using rig = new Rig({
      'grenade.yaml': `${TWO_RELEASES}limits: { hooks: { start: 1s } }\n`,
      'projects/a/start.sh': bash('sleep 1000 & timeout 1000 sleep 1000 & echo "waiting" ; wait'),
      'projects/a/shutdown.sh': bash('echo never'),
    });
    const { status, stdout } = await rig.grenade('run');
    expect(stdout).toMatch(/limits\.hooks\.start/);
    expect(stdout).toMatch(/waiting/);
    expect(status).toBe(3);
    expect(rig.processes()).toEqual([]);
  });

  test('at its limit what left its session is ended too, and its services stay', async () => {
    await using rig = new Rig({
      'grenade.yaml': `${TWO_RELEASES}limits: { hooks: { start: 2s } }\n`,
      'projects/a/start.sh': withFunctions('service_start a -- sleep 1001', 'setsid sleep 1002 &', 'sleep 1003'),
      'projects/a/shutdown.sh': withFunctions('service_stop a'),
    });
    const { status, stdout } = await rig.grenade('run');
    expect(stdout).toContain('was ended with all that it had started, services excepted.');
    expect(stdout).not.toContain('though no service_start started it');
    expect(status).toBe(3);
    const ended = (await rig.grenade('clean')).stdout;
    expect(ended).toMatch(/^ended a \(\d+\)\n1 ended\./);
  });

  test('that ignores TERM is killed', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      'projects/a/start.sh': bash("trap '' TERM", 'read -r <"$GATES/go" || true', 'while :; do sleep 0.1; done'),
      'projects/a/shutdown.sh': bash('echo never'),
    });
    const gate = rig.gate('go');
    const { child, outcome } = rig.start(['run']);
    await gate.open();
    child.kill('SIGINT');
    await eventually('the interruption', () => rig.journal().some(({ type }) => type === 'interrupted'));
    // The second one, once it cannot be the same press any more.
    const again = setInterval(() => child.kill('SIGINT'), 350);
    const { status } = await outcome;
    clearInterval(again);
    expect(status).toBe(130);
    expect(rig.processes()).toEqual([]);
  });

  test('that floods its log is stored whole, at a mode for its owner alone', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      'projects/a/start.sh': bash('yes "a line" | head -c 50000000'),
      'projects/a/shutdown.sh': bash('echo bye'),
    });
    expect((await rig.grenade('run', '-q')).status).toBe(0);
    const log = join(rig.latest, 'steps', '01-a-start.log');
    expect(statSync(log).size).toBe(50_000_000);
    expect(statSync(log).mode & 0o777).toBe(0o600);
  });

  test('that fails is shown with the command, its file and its line', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      'projects/a/start.sh': withFunctions('look() {', '  cat /nowhere/at/all', '}', 'look'),
      'projects/a/shutdown.sh': bash('echo bye'),
    });
    const { stdout } = await rig.grenade('run');
    expect(stdout).toContain('projects/a/start.sh:5');
    expect(stdout).toContain('cat /nowhere/at/all');
    expect(stdout).toContain('No such file or directory');
  });

  test.each([
    ['ends by a signal', 'kill -SEGV $$', /SIGSEGV/],
    ['has no interpreter any more', 'true', /exec|interpreter|ENOENT|127/],
  ])('that %s says so', async (what, line, said) => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      'projects/a/install.sh': what.startsWith('has no')
        ? bash('printf "#!/no/such/interpreter\\n" >"$PROJECT_DIR/start.sh"')
        : bash('echo ok'),
      'projects/a/start.sh': bash(line),
      'projects/a/shutdown.sh': bash('echo bye'),
    });
    const { status, stdout } = await rig.grenade('run');
    expect(stdout).toMatch(said);
    expect(status).toBe(3);
  });
});

describe('a service in trouble', () => {
  test('that dies while it should be up fails the run at once, with its last words and its status', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      ...SERVICE,
      'projects/web/start.sh': withFunctions(
        `service_start web -- bash -c 'echo "out of cheese"; read -r <"$GATES/die" || true; exit 7'`,
      ),
      'projects/web/resources.sh': bash('[[ $1 != create ]] || sleep 1000'),
    });
    const gate = rig.gate('die');
    const { outcome } = rig.start(['run']);
    await eventually(
      'create',
      () =>
        existsSync(join(rig.dir, '.grenade/latest/journal.ndjson')) && rig.steps().includes('web/create:base@spring'),
    );
    await gate.open();
    const { status, stdout } = await outcome;
    expect(stdout).toMatch(/web/);
    expect(stdout).toMatch(/exit(ed)?.* 7|status 7/);
    expect(stdout).toContain('out of cheese');
    expect(status).toBe(3);
  });

  test('that its shutdown leaves running fails the shutdown', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      ...SERVICE,
      'projects/web/shutdown.sh': bash('echo "it will be fine"'),
    });
    const { status, stdout } = await rig.grenade('run');
    expect(stdout).toMatch(/web/);
    expect(status).toBe(1);
    expect(rig.steps().at(-1)).toBe('web/shutdown:base@spring');
  });

  test('stays up after a failure, is ended by clean, and everything of a green run is taken down', async () => {
    await using rig = new Rig({ 'grenade.yaml': TWO_RELEASES, ...SERVICE });
    const failing = { ...SERVICE, 'projects/web/resources.sh': bash('[[ $1 != verify ]]') };
    rig.write(failing);
    const { stdout } = await rig.grenade('run');
    expect(stdout).toContain('still up');
    expect(rig.processes()).not.toEqual([]);
    const cleaned = await rig.grenade('clean');
    expect([cleaned.status, cleaned.stdout]).toEqual([0, expect.stringContaining('web')]);
    expect(rig.processes()).toEqual([]);
    expect(existsSync(join(rig.latest, 'data'))).toBe(false);
    expect((await rig.grenade('report')).stdout).not.toContain('still up');

    rig.write(SERVICE);
    expect((await rig.grenade('run')).status).toBe(0);
    expect(rig.processes()).toEqual([]);
    expect(existsSync(join(rig.latest, 'data'))).toBe(false);
  });

  test.runIf(process.getuid?.() === 0)('that is not ours to end keeps its data, and clean says so', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      'projects/a/start.sh': withFunctions('service_start root-owned -- sleep 1000'),
      'projects/a/shutdown.sh': withFunctions('service_stop root-owned'),
    });
    await rig.grenade('run', '-b');
    // Nobody may look into a home like /root, where a checkout may lie, and signal none of root's.
    const looks = ['--securebits=+no_setuid_fixup', '--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
    const nobody = ['setpriv', '--reuid=65534', '--clear-groups', ...looks, '--', process.execPath, GRENADE, 'clean'];
    execFileSync('chown', ['-R', '65534', rig.dir]);
    for (const flags of [[], ['--all']]) {
      const [program = '', ...args] = [...nobody, ...flags];
      const { status, stdout, stderr } = spawnSync(program, args, { cwd: rig.dir, encoding: 'utf8' });
      expect([status, stdout, stderr]).toEqual([1, '', expect.stringMatching(/root-owned \(\d+\) could not be ended/)]);
      expect(existsSync(join(rig.latest, 'data'))).toBe(true);
    }
    execFileSync('chown', ['-R', '0', rig.dir]);
    expect((await rig.grenade('clean')).stdout).toMatch(/^ended root-owned/);
  });

  test('is named where no service_start started it, and is ended by clean', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      'projects/a/start.sh': bash('sleep 1000 >/dev/null 2>&1 </dev/null &'),
      'projects/a/shutdown.sh': bash('echo "it will be fine"; exit 1'),
    });
    const { stdout } = await rig.grenade('run');
    expect(stdout).toMatch(/a's sleep \(pid \d+\) still runs, though no service_start started it\./);
    expect(rig.journal().at(-1)).toMatchObject({ type: 'run-finished', up: true, strays: [{ project: 'a' }] });
    const id = basename(rig.latest);
    // Later runs leave it alone: without its directory nobody could end it.
    rig.write({ 'projects/a/start.sh': bash('echo "$RELEASE"') });
    for (let later = 0; later < 5; later++) expect((await rig.grenade('run', '-q')).status).toBe(1);
    const cleaned = await rig.grenade('clean', '--run', id);
    expect(cleaned.status, cleaned.stderr).toBe(0);
    expect(rig.processes()).toEqual([]);
    expect((await rig.grenade('report', '--run', id)).stdout).not.toContain('still runs');
  });

  test('goes down with --on-failure destroy', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      ...SERVICE,
      'projects/web/resources.sh': bash('[[ $1 != verify ]]'),
    });
    const { status, stdout } = await rig.grenade('run', '--on-failure', 'destroy');
    expect(stdout).not.toContain('still up');
    expect(status).toBe(3);
    expect(rig.processes()).toEqual([]);
  });
});

describe('a run that is ended from outside', () => {
  const waiting = {
    'grenade.yaml': TWO_RELEASES,
    ...SERVICE,
    'projects/web/resources.sh': withFunctions(
      '[[ $1 == create ]] || exit 0',
      'resource_save web thing made',
      'echo_summary "halfway there"',
      'read -r <"$GATES/create"',
    ),
  };

  test('by Ctrl-C: the hook is ended, the journal closed, the system stays up, exit 130', async () => {
    await using rig = new Rig(waiting);
    const gate = rig.gate('create');
    const { child, outcome } = rig.start(['run']);
    await gate.reached();
    child.kill('SIGINT');
    const { status, stdout } = await outcome;
    expect(status).toBe(130);
    expect(stdout).toMatch(/[Ii]nterrupted/);
    expect(stdout).toContain('grenade clean');
    expect(rig.journal().at(-1)).toMatchObject({ type: 'run-finished', verdict: 'interrupted', up: true });
    expect(readdirSync(rig.latest)).toContain('junit.xml');
  });

  test('by a second Ctrl-C while services are taken down: they are killed at once, for all their graces', async () => {
    const many = Array.from({ length: 5 }, (_, at) => `deaf${at}`);
    await using rig = new Rig({
      'grenade.yaml': `${TWO_RELEASES}on-failure: destroy\n`,
      'projects/web/start.sh': withFunctions(
        ...many.map((name) => `service_start ${name} -- bash -c "trap 'echo asked' TERM; while :; do sleep 1; done"`),
      ),
      'projects/web/resources.sh': bash('[[ $1 != create ]] || false'),
    });
    const { child, outcome } = rig.start(['run']);
    // The first that is asked to end has ten seconds for it, and so has each of the others after it.
    await eventually('the end of the first service', () => {
      const log = join(rig.dir, '.grenade/latest/services', `${many.at(-1)}.log`);
      return existsSync(log) && readFileSync(log, 'utf8').includes('asked');
    });
    child.kill('SIGINT');
    const again = setInterval(() => child.kill('SIGINT'), 350);
    await outcome;
    clearInterval(again);
    expect(rig.processes()).toEqual([]);
  }, 40_000);

  test('by kill -9: report tells what it was doing, clean ends what it left', async () => {
    await using rig = new Rig(waiting);
    const gate = rig.gate('create');
    const { child, outcome } = rig.start(['run']);
    await gate.reached();
    child.kill('SIGKILL');
    expect((await outcome).signal).toBe('SIGKILL');
    expect(rig.processes()).not.toEqual([]);

    const report = await rig.grenade('report');
    expect(report.stdout).toMatch(/killed/);
    expect(report.stdout).toMatch(/web create/);
    expect(report.stdout).toMatch(/web's resources\.sh \(pid \d+\) still runs/);
    expect(report.status).toBe(4);
    expect(readFileSync(join(rig.latest, 'junit.xml'), 'utf8')).toContain('killed');

    const cleaned = await rig.grenade('clean');
    expect(cleaned.status).toBe(0);
    expect(rig.processes()).toEqual([]);
    expect(rig.journal().map(({ type }) => type)).toEqual(
      expect.arrayContaining(['resource-saved', 'summary-written', 'cleaned']),
    );
    // And the workspace can be run again.
    rig.write({ 'projects/web/resources.sh': SERVICE['projects/web/resources.sh'] });
    expect((await rig.grenade('run', '-q')).status).toBe(0);
  });

  test('by kill -9: the next run warns of the hook that goes on as it does of services', async () => {
    await using rig = new Rig(waiting);
    const gate = rig.gate('create');
    const { child, outcome } = rig.start(['run']);
    await gate.reached();
    child.kill('SIGKILL');
    await outcome;
    const { stdout, stderr } = await rig.grenade('run', '-q', '-s', 'start');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/warning: run \S+ left web, web's resources\.sh \(pid \d+\) up: grenade clean --run \S+\n/);
    expect((await rig.grenade('clean', '--all')).status).toBe(0);
    expect(rig.processes()).toEqual([]);
  });

  test('by the run’s own limit: which is named, and no project blamed', async () => {
    await using rig = new Rig({ ...waiting, 'grenade.yaml': `${TWO_RELEASES}limits: { run: 2s }\n` });
    const gate = rig.gate('create');
    const { outcome } = rig.start(['run']);
    await gate.reached();
    const { status, stdout } = await outcome;
    expect(stdout).toContain('limits.run');
    expect(status).toBe(3);
  });
});

describe('what hooks see and say', () => {
  test('the contract’s environment, in a scratch directory that is gone afterwards', async () => {
    const names =
      'PROJECT PROJECT_DIR RELEASE RELEASE_DIR PREVIOUS_RELEASE RUN_ID SAVE_DIR LOGDIR SERVICE_TIMEOUT DATA_DIR GREETING PG PWD';
    const show = bash(`for name in ${names}; do echo "$name=\${!name:-}"; done`);
    await using rig = new Rig({
      'grenade.yaml':
        'releases:\n  - name: spring\n    env: { PG: old }\n  - name: autumn\n    env: { PG: new }\nlimits: { services: 7s }\n',
      localrc: 'export GREETING="hello there"\nPLAIN=unseen\n',
      'projects/10_a/install.sh': show,
      'projects/10_a/shutdown.sh': show,
    });
    expect((await rig.grenade('run', '-q')).status).toBe(0);
    const seen = (key: string): Record<string, string> =>
      Object.fromEntries(
        rig
          .log(key)
          .split('\n')
          .map((line): [string, string] => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
      );
    const at = (name: string): string => join(rig.dir, '.grenade', name);
    expect(seen('a/install:base')).toMatchObject({
      PROJECT: 'a',
      PROJECT_DIR: join(rig.dir, 'projects/10_a'),
      RELEASE: 'spring',
      RELEASE_DIR: at('releases/a/spring'),
      PREVIOUS_RELEASE: '',
      DATA_DIR: join(rig.latest, 'data'),
      SAVE_DIR: join(rig.latest, 'save'),
      LOGDIR: join(rig.latest, 'steps'),
      SERVICE_TIMEOUT: '7',
      GREETING: 'hello there',
      PG: 'old',
      PWD: join(rig.latest, 'scratch/1'),
    });
    expect(seen('a/install:target')).toMatchObject({ RELEASE: 'autumn', PREVIOUS_RELEASE: 'spring', PG: 'new' });
    expect(seen('a/shutdown:base')).toMatchObject({ RELEASE: 'spring', PG: 'old' });
    expect(existsSync(join(rig.latest, 'scratch'))).toBe(false);
  });

  test('a release’s directory is kept once its install passed, and emptied when it did not', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      'projects/a/install.sh': bash(
        'ls "$RELEASE_DIR"',
        'touch "$RELEASE_DIR/part"',
        '[[ $BREAK == no ]] || exit 1',
        'touch "$RELEASE_DIR/whole"',
      ),
      'projects/a/shutdown.sh': bash('echo bye'),
    });
    expect((await rig.start(['run', '-q'], { env: { BREAK: 'yes' } }).outcome).status).toBe(3);
    expect((await rig.start(['run', '-q'], { env: { BREAK: 'no' } }).outcome).status).toBe(0);
    expect(rig.log('a/install:base')).toBe('');
    expect((await rig.start(['run', '-q'], { env: { BREAK: 'no' } }).outcome).status).toBe(0);
    expect(rig.log('a/install:base')).toBe('part\nwhole\n');
  });

  test('secrets are in the raw log and nowhere else', async () => {
    await using rig = new Rig({
      'grenade.yaml': `${TWO_RELEASES}secrets: [PIN_*]\n`,
      localrc: 'export DB_PASSWORD="open sesame"\nexport PIN_CODE=314159\n',
      'projects/a/start.sh': withFunctions(
        'resource_save a admin_token tok-made-up-now',
        'echo_summary "summary with tok-made-up-now"',
        'echo "password: $DB_PASSWORD pin: $PIN_CODE url: postgres://me:hunter22@localhost/x tok-made-up-now"',
        'false',
      ),
      'projects/a/shutdown.sh': bash('echo bye'),
    });
    const { stdout, stderr } = await rig.grenade('run');
    const said = [stdout, stderr, readFileSync(join(rig.latest, 'junit.xml'), 'utf8')];
    said.push((await rig.grenade('report')).stdout, (await rig.grenade('logs', '1')).stdout);
    for (const text of said) expect(text).not.toMatch(/open sesame|314159|hunter22|tok-made-up-now/);
    expect(stdout).toContain('password: ***');
    expect(rig.log('a/start')).toContain('open sesame');
  });

  test('secrets stay masked when -t or a hook by hand has others, or makes one up', async () => {
    const tell =
      'resource_save a "pin/code of $RELEASE" "made up: $DB_PASSWORD"; resource_get a "pin/code of $RELEASE"';
    await using rig = new Rig({
      'grenade.yaml': `${TWO_RELEASES}secrets: [pin/*]\n`,
      'projects/a/start.sh': withFunctions(tell),
      'projects/a/shutdown.sh': bash('echo bye'),
      'projects/a/smoke.sh': withFunctions(
        `${tell} | sed s/sesame/apple/`,
        'resource_save a token "fresh $RANDOM"; resource_get a token',
      ),
    });
    const told = async (password: string, ...args: readonly string[]): Promise<string> => {
      const { stdout, stderr } = await rig.start(args, { env: { DB_PASSWORD: password } }).outcome;
      return stdout + stderr;
    };
    await told('open sesame', 'run', '-b');
    const byHand = await told('third sesame', 'resource', 'a', 'start');
    expect(byHand).toContain('✔ passed');
    const smoke = await told('third sesame', 'resource', 'a', 'smoke');
    expect(smoke).toContain('✔ passed');
    await told('shut sesame', 'run', '-t');
    const first = await told('', 'logs', '1');
    for (const text of [byHand, smoke, first]) {
      expect(text).toContain('***');
      expect(text).not.toMatch(/sesame|fresh/);
    }
  });

  test('summaries, exceptions and warnings reach the journal while hooks run', async () => {
    await using rig = new Rig({
      'grenade.yaml': TWO_RELEASES,
      'projects/a/start.sh': withFunctions(
        'echo_summary "a tab\there, a \\\\ there"',
        '[[ $RELEASE == autumn ]] || read -r <"$GATES/start" || true',
      ),
      'projects/a/shutdown.sh': bash('echo bye'),
    });
    const gate = rig.gate('start');
    const { outcome } = rig.start(['run']);
    await gate.reached();
    await eventually('the summary', () => rig.journal().some(({ type }) => type === 'summary-written'));
    await gate.open();
    expect((await outcome).status).toBe(0);
    const summary = rig.journal().find(({ type }) => type === 'summary-written');
    expect(summary).toMatchObject({ text: 'a tab\there, a \\ there', step: 'a/start:base@spring' });
  });
});
