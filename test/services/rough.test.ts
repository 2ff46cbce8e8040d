import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { identify, isAlive } from '../../src/process/identity.js';
import { endSession } from '../../src/process/spawn.js';
import { waitUntil } from '../../src/process/wait.js';
import { ensureStarted } from '../../src/services/ensure.js';
import { waitReady } from '../../src/services/ready.js';
import { filesOf, lastLines, readRecord } from '../../src/services/record.js';
import { listServices, livingServices, startService, stopService } from '../../src/services/supervisor.js';
import { inGroup } from '../process/group.js';
import { Rig } from './rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.clean();
});

const sleeper = ['sleep', '300'];
const start = (name: string, command: readonly string[]) => startService(rig.runDir, name, { command });
const until = async (check: () => boolean) =>
  expect(await waitUntil(() => check() || undefined, { limitMs: 10_000, intervalMs: 2 })).toMatchObject({ ok: true });
const state = (name: string) => listServices(rig.runDir).find((service) => service.name === name)?.state;
const FUNCTIONS = 'source $GRENADE_DIR/functions\n';

describe('what has ended is waited for no longer', () => {
  /** Longer than a test may take: whoever waits this out fails by that. */
  const FOR_EVER = 600_000;

  test('a command that ends at once is started, and its status known', async () => {
    await start('brief', ['sh', '-c', 'exit 9']);
    await until(() => state('brief')?.kind === 'died');
    expect(state('brief')).toEqual({ kind: 'died', status: 9 });
  });

  test('a wait for one that dies ends with it', async () => {
    await start('dying', ['sh', '-c', 'sleep 0.2; exit 9']);
    await expect(waitReady(rig.runDir, 'dying', { port: 9 }, { limitMs: FOR_EVER })).rejects.toThrow(
      /^Service dying ended with status 9 while port 9 was awaited/,
    );
  });

  test('a group of which only a zombie is left has ended', async () => {
    // Job control gives the child a group of its own, and what the shell turns into never asks for its status.
    const parent = spawn('bash', ['-c', 'set -m; sleep 0 & echo $!; exec sleep 300'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
    await until(() => identify(pid)?.state === 'Z');
    expect(inGroup(pid)).toEqual([]);
    await endSession(pid, FOR_EVER);
    parent.kill();
  });
});

describe('a service from a hook', () => {
  const started = (name: string) => readRecord(rig.runDir, name)?.cwd;
  beforeEach(() => {
    rig.installShell();
    for (const room of ['scratch/1/below', 'scratch2', 'data']) mkdirSync(join(rig.runDir, room), { recursive: true });
  });

  test('works where the hook is, and in the data where that is the scratch directory', () => {
    const script = `set -e\n${FUNCTIONS}
      at() { cd "$GRENADE_RUN_DIR/$2"; service_start "$1" -- sleep 300 >/dev/null; }
      at scratch scratch/1; at below scratch/1/below; at beside scratch2
      mkdir ../scratch/gone; cd ../scratch/gone; rmdir ../gone; service_start nowhere -- sleep 300 >/dev/null`;
    expect(rig.bash(script)).toMatchObject({ status: 0 });
    const data = join(rig.runDir, 'data');
    expect(started('scratch')).toBe(data);
    expect(started('below')).toBe(data);
    expect(started('nowhere')).toBe(data);
    expect(started('beside')).toBe(join(rig.runDir, 'scratch2'));
    const { pid } = readRecord(rig.runDir, 'scratch') ?? { pid: 0 };
    expect(realpathSync(`/proc/${pid}/cwd`)).toBe(data);
  });

  test('does so behind a link too', async () => {
    const link = join(rig.dir, 'link');
    symlinkSync(rig.runDir, link);
    const script = `${FUNCTIONS}cd "$GRENADE_RUN_DIR/scratch/1"; service_start linked -- sleep 300`;
    expect(rig.bash(script, { GRENADE_RUN_DIR: link })).toMatchObject({ status: 0 });
    expect(started('linked')).toBe(join(link, 'data'));
    await stopService(link, 'linked');
  });
});

describe('side by side', () => {
  beforeEach(() => {
    rig.installShell();
  });
  const times = (count: number, call: string) => `for i in {1..${count}}; do ( ${call} ) & done; wait`;

  test('many services start from parallel subshells', async () => {
    const { status, output } = await rig.bashBeside(
      FUNCTIONS + times(20, 'service_start "s$i" -- sleep 300 >/dev/null'),
    ).ended;
    expect({ status, output }).toEqual({ status: 0, output: '' });
    expect(livingServices(rig.runDir)).toHaveLength(20);
    expect(readdirSync(join(rig.runDir, 'supervised')).filter((name) => !name.endsWith('.json'))).toEqual([]);
  });

  test('one of many that start the same service does', async () => {
    const { output } = await rig.bashBeside(FUNCTIONS + times(10, 'service_start same -- sleep 300')).ended;
    const lines = output.trim().split('\n');
    expect(lines.filter((line) => line.startsWith('service same started as process'))).toHaveLength(1);
    const refused = /^service_start: Service same is (being started by|running already, as) process \d+$/;
    expect(lines.filter((line) => refused.test(line))).toHaveLength(9);
    expect(livingServices(rig.runDir)).toHaveLength(1);
  });

  test('a port is one name’s, and a name has one port', async () => {
    const call = 'echo "$((i % 10)) $(free_port "p$((i % 10))")"';
    const { status, output } = await rig.bashBeside(FUNCTIONS + times(30, call)).ended;
    expect(status).toBe(0);
    const lines = output.trim().split('\n');
    expect(lines).toHaveLength(30);
    expect(new Set(lines).size).toBe(10);
    expect(new Set(lines.map((line) => line.split(' ')[1])).size).toBe(10);
  });
});

describe('who was killed while starting a service', () => {
  const lock = () => filesOf(rig.runDir, 'api').starting;
  beforeEach(() => mkdirSync(join(rig.runDir, 'supervised'), { recursive: true }));

  test.each(['', '4194304 1'])('does not keep others from it (%j)', async (left) => {
    writeFileSync(lock(), left);
    await start('api', sleeper);
    expect(existsSync(lock())).toBe(false);
    expect(livingServices(rig.runDir)).toHaveLength(1);
  });

  test('is not waited for', async () => {
    await start('api', sleeper);
    writeFileSync(lock(), '4194304 1');
    await ensureStarted(rig.runDir, ['api'], { limitMs: 600_000 });
  });
});

describe('a log', () => {
  test('of any size is told by its end', async () => {
    await start('chatty', sleeper);
    const { log } = filesOf(rig.runDir, 'chatty');
    truncateSync(log, 5 * 1024 ** 3); // A hole: it takes no place.
    writeFileSync(log, '\nthe end\n', { flag: 'a' });
    const record = readRecord(rig.runDir, 'chatty');
    expect(record && lastLines(record, 1)).toEqual(['the end']);
  });

  test('that nobody can read in time does not outlast the limit', async () => {
    await start('flood', sleeper);
    truncateSync(filesOf(rig.runDir, 'flood').log, 10 * 1024 ** 3);
    await expect(waitReady(rig.runDir, 'flood', { log: /ready/ }, { limitMs: 300 })).rejects.toThrow(
      'Waited 0.3 s for its log to say /ready/ of service flood',
    );
  });
});

describe('what daemonizes', () => {
  const daemon = (last: string) => [
    'perl',
    '-MPOSIX',
    '-e',
    `exit 0 if fork; setsid(); exit 0 if fork; chdir "/"; close $_ for (*STDIN, *STDOUT, *STDERR); ${last}`,
  ];

  test('twice forked, is running until it is stopped', async () => {
    await start('daemon', daemon('sleep 300'));
    await until(() => existsSync(filesOf(rig.runDir, 'daemon').exit));
    expect(state('daemon')).toEqual({ kind: 'running' });
    const [{ pid, startTime } = { pid: 0, startTime: '' }] = livingServices(rig.runDir);
    await stopService(rig.runDir, 'daemon');
    expect(isAlive({ pid, startTime })).toBe(false);
  });

  test('and is deaf to TERM, is killed after the grace', async () => {
    await start('deaf', daemon('$SIG{TERM} = "IGNORE"; sleep 300 while 1'));
    await until(() => existsSync(filesOf(rig.runDir, 'deaf').exit));
    await stopService(rig.runDir, 'deaf', { graceMs: 100 });
    expect(livingServices(rig.runDir)).toEqual([]);
    expect(state('deaf')).toEqual({ kind: 'stopped', status: 0 });
  });
});
