import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { probeResults } from '../../src/checks/budget.js';
import { foldRun } from '../../src/journal/fold.js';
import { waitUntil } from '../../src/process/wait.js';
import { bash, Rig, TWO_RELEASES, withFunctions } from './rig.js';

const SERVER = "require('http').createServer((_, r) => r.end('well')).listen(process.argv[1], '127.0.0.1')";

/** Waits, as a person would not, until the journal says this of the probe: hooks go on when there is something to go on. */
const until = (status: string): string =>
  `for ((i = 0; i < 600; i++)); do grep -q '"probe":"web","connection":"new","status":"${status}"' "$GRENADE_RUN_DIR/probes.ndjson" && break; sleep 0.05; done`;

/** One service that is taken down for its upgrade and answers again after it, asked by a probe. */
const web = (probe: string, more: Readonly<Record<string, string>> = {}): Rig =>
  new Rig({
    'grenade.yaml': TWO_RELEASES,
    'projects/web/settings': `register_project_for_upgrade web\nregister_service web\nregister_probe web http "http://127.0.0.1:{port:web}/" ${probe}\n`,
    'projects/web/start.sh': withFunctions(
      `service_start web -- node -e "${SERVER}" "$(free_port web)"`,
      'wait_for_port "$(free_port web)"',
      until('up'),
    ),
    'projects/web/shutdown.sh': withFunctions('service_stop web', until('down')),
    'projects/web/version.sh': bash('echo "$RELEASE"'),
    'projects/web/resources.sh': withFunctions('echo "looked"'),
    ...more,
  });

const judged = (rig: Rig) => {
  const [result] = probeResults(foldRun(rig.journal()), Date.now());
  if (result === undefined) throw new Error('the run had no probe');
  return result;
};

describe('probes', () => {
  test('charge an outage to the steps it lasts through, and without a budget fail nothing', async () => {
    await using rig = web('--interval 20ms');
    const { status, stdout } = await rig.grenade('run');
    expect(stdout).toMatch(/probe web +down .* s +from web shutdown to web start target: \S.* +no budget/);
    expect(status).toBe(0);
    const [outage] = judged(rig).outages;
    expect(outage?.charges.map(({ step }) => step.record.key)).toEqual([
      'web/shutdown:base@spring',
      'web/verify_noapi:base@spring',
      'web/start:target@autumn',
    ]);
    // Services that are taken down at the end of the run are no outage.
    expect(judged(rig).outages).toHaveLength(1);
    expect(rig.processes()).toEqual([]);
  });

  test('over their budget fail the run once everything of the upgrade had its turn, and leave it up', async () => {
    await using rig = web('--interval 20ms --budget 0s');
    const { status, stdout } = await rig.grenade('run');
    expect(stdout).toMatch(/✘ The upgrade broke a budget: web was down .* s, and must never be\./);
    expect(status).toBe(1);
    expect(rig.steps().at(-1)).toBe('web/verify:target@autumn');
    const junit = readFileSync(join(rig.latest, 'junit.xml'), 'utf8');
    expect(junit).toMatch(/<testcase name="probe web" classname="grenade"[^>]*>\s*<failure type="budget"/);
    expect(junit).not.toMatch(/testcase name="[^"]*\d+ s/);
  });

  test('by a program are told with the last that it said, and no secret of it', async () => {
    const probe = '[[ ! -e $DATA_DIR/down ]] || { echo "$APP_PASSWORD is no password, try $RANDOM" >&2; exit 3; }';
    await using rig = web('--interval 1s', {
      'projects/web/settings':
        'register_project_for_upgrade web\nregister_probe web exec ./probe.sh --interval 20ms --budget 0s\n',
      'projects/web/probe.sh': bash(probe),
      'projects/web/start.sh': withFunctions(until('up')),
      'projects/web/shutdown.sh': withFunctions('touch "$DATA_DIR/down"', until('down')),
    });
    const { outcome } = rig.start(['run'], { env: { APP_PASSWORD: 'sesame-and-more' } });
    const { status, stdout } = await outcome;
    expect(status, stdout).toBe(1);
    expect(stdout).toMatch(/probe web +down .*: exit 3: \*{3} is no password, try \d+ +budget/);
    const written = ['result.json', 'junit.xml', 'report.html'].map((name) => rig.read('.grenade', 'latest', name));
    for (const text of [stdout, ...written]) {
      expect(text).toContain('is no password, try');
      expect(text).not.toContain('sesame');
    }
  });

  test('are told of a run that was killed, and end with it', async () => {
    await using rig = web('--interval 20ms', { 'projects/web/migrate.sh': withFunctions('cat "$GATES/migrate"') });
    const gate = rig.gate('migrate');
    const running = rig.start(['run']);
    await gate.reached();
    running.child.kill('SIGKILL');
    await running.outcome;
    // The sampler hears of it by the end of its input.
    const said = await waitUntil(
      () => (readFileSync(join(rig.latest, 'probes.ndjson'), 'utf8').includes('sampling-ended') ? true : undefined),
      { limitMs: 15_000, intervalMs: 10 },
    );
    expect(said.ok).toBe(true);
    const { status, stdout } = await rig.grenade('report');
    expect(status).toBe(4);
    expect(stdout).toMatch(/probe web +down .* s +from web shutdown on: \S/);
    await rig.grenade('clean');
    expect(judged(rig).outages).toMatchObject([{ open: true }]);
  });

  test('of a base part and what goes on with it are one story', async () => {
    await using rig = web('--interval 20ms');
    expect((await rig.grenade('run', '-b')).status).toBe(0);
    expect(judged(rig).outages).toEqual([]);
    expect((await rig.grenade('run', '-t')).status).toBe(0);
    const { outages, unseenMs } = judged(rig);
    expect(outages).toHaveLength(1);
    expect(unseenMs).toBeLessThan(60_000);
  });

  test('that are written wrongly are refused, each with its place, before anything runs', async () => {
    await using rig = web('--during nowhere', {
      'grenade.yaml': `${TWO_RELEASES}probes:\n  - { name: web, tcp: "127.0.0.1:80" }\n  - { name: b, tcp: nowhere, budget: 2s }\n`,
    });
    const { status, stderr } = await rig.grenade('run');
    expect(status).toBe(2);
    expect(stderr).toContain('There are two probes web');
    expect(stderr).toMatch(/grenade\.yaml:\d+:\d+ +Probe b asks "nowhere", which is no address/);
    rig.write({ 'grenade.yaml': TWO_RELEASES });
    const phases = await rig.grenade('run');
    expect(phases.status).toBe(2);
    expect(phases.stderr).toMatch(
      /projects\/web\/settings:3 +Probe web cannot count during nowhere: this plan has no phase nowhere/,
    );
  });
});
