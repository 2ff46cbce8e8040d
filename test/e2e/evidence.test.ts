import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bash, Rig, TWO_RELEASES, withFunctions } from './rig.js';

/** A real server that logs; at the target it says what the test's environment holds, besides what it says as the base. */
const SERVER = `
import { createServer } from 'node:http';
const { PORT, SAYS = '', TOKEN } = process.env;
console.log(new Date().toISOString(), 'INFO starting');
console.log(new Date().toISOString(), 'ERROR: cannot reach 127.0.0.1:' + (30000 + process.pid % 1000) + ' for job ' + process.pid);
if (SAYS.includes('error')) for (let i = 0; i < 3; i++) console.log(new Date().toISOString(), 'ERROR: no table ' + i + ' with ' + TOKEN);
if (SAYS.includes('trace')) console.error(new Error('bad row'));
if (SAYS.includes('deprecation')) process.emitWarning('old() goes away', 'DeprecationWarning', 'DEP9999');
createServer((_, response) => response.end('ok')).listen(Number(PORT), '127.0.0.1');
process.on('SIGTERM', () => {
  console.log(new Date().toISOString(), 'ERROR: connection lost at the ' + (process.env.GRENADE_SIDE ?? ''));
  process.exit(0);
});
`;
const START = withFunctions(
  'port=$(free_port web)',
  '[[ $GRENADE_SIDE == target && -v SAYS ]] || SAYS=',
  'SAYS=$SAYS PORT=$port service_start web -- node "$PROJECT_DIR/server.mjs"',
  'wait_for_port "$port"',
);
const web = (config = ''): Rig =>
  new Rig({
    'grenade.yaml': `${TWO_RELEASES}${config}`,
    localrc: 'export TOKEN=verysecretvalue\n',
    'projects/web/server.mjs': SERVER,
    'projects/web/start.sh': START,
    'projects/web/shutdown.sh': withFunctions('service_stop web'),
    'projects/web/version.sh': bash('echo "$RELEASE"'),
    'projects/web/resources.sh': bash('[[ $1 != never ]]'),
  });

const SAYS = { env: { SAYS: 'error trace deprecation' } };

test('what a service says as before, and while it is stopped, is no evidence', async () => {
  await using rig = web('logs: { fail: [error, traceback, deprecation] }\n');
  const { status, stdout } = await rig.grenade('run');
  expect(status, stdout).toBe(0);
  expect(stdout).not.toContain('never before');
  expect(rig.journal().filter(({ type }) => type === 'log-evidence')).toEqual([]);
  expect(rig.journal().find(({ type }) => type === 'logs-compared')).toMatchObject({ logs: ['web'] });
});

test('what it began to say is shown with the first of each, and fails nothing by itself', async () => {
  await using rig = web();
  const { status, stdout } = await rig.start(['run'], SAYS).outcome;
  expect(status, stdout).toBe(0);
  expect(stdout).toContain('Printed since the upgrade, and never before it:');
  expect(stdout).toMatch(/web +error 3 times +services\/web\.log:\d+\n +\S+ ERROR: no table 0 with \*\*\*/);
  expect(stdout).toMatch(/web +traceback +services\/web\.log:\d+\n +Error: bad row/);
  expect(stdout).toMatch(
    /web +deprecation +services\/web\.log:\d+\n +\(node:\d+\) \[DEP9999\] DeprecationWarning: old/,
  );
  const found = rig.journal().flatMap((event) => (event.type === 'log-evidence' ? [event] : []));
  expect(found.map(({ pattern }) => pattern)).toEqual([
    'no table <n> with verysecretvalue',
    'bad row',
    '(node:<n>) [DEP<n>] DeprecationWarning: old() goes away',
  ]);
  const log = readFileSync(join(rig.latest, 'services', 'web.log'), 'utf8');
  for (const { first } of found) {
    expect(log.split('\n')[first.line - 1]).toBe(first.text.split('\n')[0]);
    expect(log.slice(first.offset).startsWith(first.text)).toBe(true);
    expect(first.step).toBe('web/start:target@autumn');
  }
  const junit = readFileSync(join(rig.latest, 'junit.xml'), 'utf8');
  expect(junit).toMatch(/<testcase name="log of web" classname="web"[^>]*>\s*<system-out>/);
  expect(junit).not.toContain('verysecretvalue');
});

test('it fails the run where the workspace says so, while everything is still up', async () => {
  await using rig = web('logs: { fail: [traceback], ignore: ["NO TABLE * with"] }\n');
  const { status, stdout } = await rig.start(['run'], SAYS).outcome;
  expect(status, stdout).toBe(1);
  expect(stdout).toContain('✘ The upgrade broke web: it began to print tracebacks that it had not printed before.');
  expect(stdout).not.toContain('no table');
  expect(stdout).toContain('Everything is still up.');
  expect(rig.steps().at(-1)).toBe('web/verify:target@autumn');
  expect(readFileSync(join(rig.latest, 'junit.xml'), 'utf8')).toContain('type="log-evidence"');
  const again = await rig.grenade('report');
  expect([again.status, again.stdout.includes('services/web.log')]).toEqual([1, true]);
});

test('a run that fails otherwise shows it too; one whose base fails has nothing to compare', async () => {
  await using rig = web();
  rig.write({ 'projects/web/resources.sh': bash('[[ $* != "verify $BAD" ]]') });
  const after = await rig.start(['run'], { env: { ...SAYS.env, BAD: 'post-upgrade' } }).outcome;
  expect([after.status, after.stdout]).toEqual([1, expect.stringContaining('Error: bad row')]);
  await rig.grenade('clean');
  const before = await rig.start(['run'], { env: { ...SAYS.env, BAD: 'pre-upgrade' } }).outcome;
  expect([before.status, before.stdout.includes('Printed since')]).toEqual([3, false]);
  expect(existsSync(join(rig.latest, 'junit.xml'))).toBe(true);
});

test('the base and the upgrade in two goes are compared all the same', async () => {
  await using rig = web();
  expect((await rig.start(['run', '-b'], SAYS).outcome).status).toBe(0);
  const { status, stdout } = await rig.start(['run', '-t'], SAYS).outcome;
  expect(status, stdout).toBe(0);
  expect(rig.journal().filter(({ type }) => type === 'log-evidence')).toHaveLength(3);
});

test('a daemon that a project starts itself is compared when it logs where services do; one that does not is named', async () => {
  const files = {
    'grenade.yaml': `${TWO_RELEASES}logs: { fail: [error] }\n`,
    'projects/web/shutdown.sh': bash('echo down'),
    'projects/web/version.sh': bash('echo "$RELEASE"'),
  };
  const start = (log: string): string =>
    withFunctions(`echo "ERROR: known" >> ${log}`, `[[ $GRENADE_SIDE == base ]] || echo "ERROR: new" >> ${log}`);
  await using rig = new Rig({ ...files, 'projects/web/start.sh': start('"$(service_log web)"') });
  const red = await rig.grenade('run');
  expect([red.status, red.stdout]).toEqual([
    1,
    expect.stringContaining('The upgrade broke web: it began to print errors'),
  ]);
  expect(rig.journal().flatMap((event) => (event.type === 'log-evidence' ? [event.pattern] : []))).toEqual(['new']);

  rig.write({ 'projects/web/start.sh': start('"$DATA_DIR/web.log"') });
  const green = await rig.grenade('run');
  expect([green.status, green.stdout]).toEqual([0, expect.stringContaining('logs.fail was not looked at')]);
});

test('a log that was emptied in the middle of a run accuses nobody', async () => {
  await using rig = web();
  rig.write({ 'projects/web/migrate.sh': bash(': > "$GRENADE_RUN_DIR/services/web.log"') });
  const { status, stdout } = await rig.start(['run'], SAYS).outcome;
  expect([status, stdout]).toEqual([0, expect.stringContaining('the log of web was shortened')]);
  expect(stdout).not.toContain('never before');
});
