import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { environmentVariable, identify, isAlive, listProcesses, withMark } from '../../src/process/identity.js';
import { waitUntil } from '../../src/process/wait.js';
import { ServiceError } from '../../src/services/error.js';
import { freePort } from '../../src/services/ports.js';
import { waitReady } from '../../src/services/ready.js';
import {
  endEverything,
  listServices,
  livingServices,
  serviceLog,
  startService,
  stopService,
} from '../../src/services/supervisor.js';
import { Rig } from './rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.clean();
});

const sleeper = ['sleep', '300'];
const start = (name: string, command: readonly string[]) =>
  startService(rig.runDir, name, { command, notes: rig.notes });
const until = async (check: () => boolean) =>
  expect(await waitUntil(() => check() || undefined, { limitMs: 10_000, intervalMs: 5 })).toMatchObject({ ok: true });
const state = (name: string) => listServices(rig.runDir).find((service) => service.name === name)?.state;
const marked = () => withMark('GRENADE_RUN_DIR', (value) => value === rig.runDir);
const log = (name: string) => readFileSync(serviceLog(rig.runDir, name), 'utf8');

describe('a started service', () => {
  test('runs in a group of its own, marked, in a session that is not ours', async () => {
    const service = await start('api', sleeper);
    const stat = identify(service.pid);
    expect(stat).toMatchObject({ pid: service.pid, startTime: service.startTime, group: service.pid });
    expect(stat?.session).not.toBe(identify(process.pid)?.session);
    expect(environmentVariable(service.pid, 'GRENADE_SERVICE')).toBe(join(rig.runDir, 'api'));
    expect(environmentVariable(service.pid, 'GRENADE_NOTES')).toBeUndefined();
    expect(state('api')).toEqual({ kind: 'running' });
    expect(rig.readNotes()).toEqual([['service-started', 'api', String(service.pid), '0']]);
  });

  test('is known with its exit status when it ended at once', async () => {
    await start('brief', ['sh', '-c', 'echo gone; exit 7']);
    await until(() => state('brief')?.kind !== 'running');
    expect(state('brief')).toEqual({ kind: 'died', status: 7 });
    expect(log('brief')).toBe('gone\n');
  });

  test('leaves its status also when it is killed', async () => {
    const { pid } = await start('victim', sleeper);
    process.kill(pid, 'SIGKILL');
    await until(() => state('victim')?.kind === 'died');
    expect(state('victim')).toEqual({ kind: 'died', status: 137 });
    expect(log('victim')).toBe('');
  });

  test('is running as long as its daemon is', async () => {
    await start('daemon', ['bash', '-c', 'setsid -f sleep 300']);
    await until(() => existsSync(join(rig.runDir, 'supervised/daemon.exit')));
    expect(state('daemon')).toEqual({ kind: 'running' });
    expect(livingServices(rig.runDir)).toHaveLength(1);
    await stopService(rig.runDir, 'daemon');
    expect(marked()).toEqual([]);
    expect(state('daemon')).toEqual({ kind: 'stopped', status: 0 });
  });

  test('gets its environment, its directory and its arguments as they are', async () => {
    await startService(rig.runDir, 'told', {
      command: [
        'node',
        '-e',
        'console.log(JSON.stringify([process.argv.slice(1), process.cwd(), process.env.A, process.env.B]))',
        '',
        'a b',
        '$x',
      ],
      cwd: '/tmp',
      env: { A: 'yes', B: undefined, PATH: process.env.PATH },
    });
    await until(() => state('told')?.kind !== 'running');
    expect(JSON.parse(log('told'))).toEqual([['', 'a b', '$x'], '/tmp', 'yes', null]);
  });

  test.runIf(process.getuid?.() === 0)('runs as another user', async () => {
    await startService(rig.runDir, 'nobody', {
      command: ['sh', '-c', 'id -u; id -g; exec sleep 300'],
      uid: 65534,
      gid: 65534,
    });
    await waitReady(rig.runDir, 'nobody', { log: /65534\n65534\n/ }, { limitMs: 5000 });
    await stopService(rig.runDir, 'nobody');
  });
});

describe('what cannot be started', () => {
  test.each([
    [['no-such-program'], 'Service x was not started: no-such-program: not found'],
    [['/no/such/program'], 'Service x was not started: /no/such/program: No such file or directory'],
    [['/tmp'], 'Service x was not started: /tmp: cannot execute: Is a directory'],
    [['env', 'no-such-program'], 'Service x was not started: env: ‘no-such-program’: No such file or directory'],
    [[], 'Service x was given no command'],
  ])('%s', async (command, message) => {
    process.env.LC_ALL = 'C.UTF-8';
    await expect(start('x', command)).rejects.toThrow(new ServiceError('not-started', message));
    expect(listServices(rig.runDir)).toEqual([]);
    expect(marked()).toEqual([]);
  });

  test('one that runs already, and a second one at the same time', async () => {
    await start('api', sleeper);
    await expect(start('api', sleeper)).rejects.toThrow(/^Service api is running already, as process \d+$/);
    const both = await Promise.allSettled([start('twin', sleeper), start('twin', sleeper)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(livingServices(rig.runDir)).toHaveLength(2);
  });

  test('one whose name is no name', async () => {
    await expect(start('../x', sleeper)).rejects.toMatchObject({ problem: 'bad-name' });
  });

  test('one in a directory that is not there', async () => {
    const options = { command: sleeper, cwd: '/no/such/place' };
    await expect(startService(rig.runDir, 'x', options)).rejects.toThrow('there is no directory /no/such/place');
  });
});

describe('a stopped service', () => {
  test('is gone with all it started, and so is what it listened on', async () => {
    const port = await freePort(rig.runDir, 'web');
    const server = `require('http').createServer((_, r) => r.end('hi')).listen(${port}, '127.0.0.1')`;
    // The parent ends on TERM and leaves its server behind, in a session of its own.
    await start('web', ['bash', '-c', `setsid node -e "${server}" & sleep 300 & wait`]);
    await waitReady(rig.runDir, 'web', { http: `http://127.0.0.1:${port}/` }, { limitMs: 10_000 });
    await stopService(rig.runDir, 'web', { notes: rig.notes });
    expect(marked()).toEqual([]);
    expect(await refused(port)).toBe(true);
    expect(state('web')).toEqual({ kind: 'stopped', status: 143 });
    expect(rig.readNotes().map(([kind]) => kind)).toEqual(['service-started', 'service-stopping']);
  });

  test('is killed after the grace when it does not listen', async () => {
    await start('deaf', ['bash', '-c', "trap '' TERM; echo ready; while :; do sleep 1; done"]);
    await waitReady(rig.runDir, 'deaf', { log: /ready/ }, { limitMs: 5000 });
    await stopService(rig.runDir, 'deaf', { graceMs: 50 });
    expect(state('deaf')).toEqual({ kind: 'stopped', status: 137 });
  });

  test('that resists is killed as soon as nobody wants to wait any longer', async () => {
    await start('deaf', ['bash', '-c', "trap 'echo asked' TERM; echo ready; while :; do sleep 1; done"]);
    await until(() => log('deaf').includes('ready'));
    const impatient = new AbortController();
    const stopped = stopService(rig.runDir, 'deaf', { graceMs: 600_000, hurry: impatient.signal });
    await until(() => log('deaf').includes('asked'));
    impatient.abort();
    await stopped;
    expect(livingServices(rig.runDir)).toEqual([]);
  });

  test('is asked at its head with the signal given; what the head leaves behind gets TERM', async () => {
    // The grandchild is in a session of its own, and deaf to INT as background processes of a shell are.
    // Its whole group is asked: whom it kills may be gone by then.
    const child = "trap 'echo left behind; kill $! 2>/dev/null; exit' TERM; trap '' INT; sleep 300 & echo up; wait";
    await start('polite', [
      'bash',
      '-c',
      `trap 'echo asked; exit 3' INT; setsid bash -c "${child.replaceAll('$', '\\$')}" & wait`,
    ]);
    await waitReady(rig.runDir, 'polite', { log: /up/ }, { limitMs: 5000 });
    await stopService(rig.runDir, 'polite', { signal: 'SIGINT', graceMs: 600_000 });
    expect(state('polite')).toEqual({ kind: 'stopped', status: 3 });
    expect(log('polite')).toBe('up\nasked\nleft behind\n');
    expect(marked()).toEqual([]);
  });

  test('that hangs, stopped by a signal, ends too', async () => {
    const { pid } = await start('frozen', sleeper);
    process.kill(pid, 'SIGSTOP');
    await until(() => identify(pid)?.state === 'T');
    expect(state('frozen')).toEqual({ kind: 'running' });
    await stopService(rig.runDir, 'frozen');
    expect(state('frozen')).toEqual({ kind: 'stopped', status: 143 });
  });

  test('can be started again: a new record, the log goes on', async () => {
    const first = await start('again', ['sh', '-c', 'echo first; exec sleep 300']);
    await waitReady(rig.runDir, 'again', { log: /first/ }, { limitMs: 5000 });
    await stopService(rig.runDir, 'again');
    const second = await start('again', ['sh', '-c', 'echo second; exec sleep 300']);
    await expect(waitReady(rig.runDir, 'again', { log: /first/ }, { limitMs: 100 })).rejects.toThrow(/its log to say/);
    expect(second.pid).not.toBe(first.pid);
    expect(state('again')).toEqual({ kind: 'running' });
    expect(log('again')).toMatch(/^first\n--- \S+ service again is started again ---\nsecond\n$/);
  });

  test('may be stopped twice, and one that died may be stopped', async () => {
    await start('api', ['false']);
    await until(() => state('api')?.kind === 'died');
    await stopService(rig.runDir, 'api');
    await stopService(rig.runDir, 'api');
    expect(state('api')).toEqual({ kind: 'died', status: 1 });
  });

  test('that was never started is an error, with what was meant', async () => {
    await start('keystone', sleeper);
    const error = 'No service keytsone was started in this run by service_start; did you mean keystone?';
    await expect(stopService(rig.runDir, 'keytsone')).rejects.toThrow(error);
  });
});

describe('ending everything', () => {
  test('takes the services in reverse, then what else the run left, and nobody else', async () => {
    const stranger = spawn('sleep', ['300'], { stdio: 'ignore' });
    const own = spawn('sleep', ['300'], { stdio: 'ignore', env: { ...process.env, GRENADE_RUN_DIR: rig.runDir } });
    await start('first', sleeper);
    await start('second', sleeper);
    const ended = await endEverything(rig.runDir);
    expect(ended.map(({ name }) => name)).toEqual(['second', 'first', 'sleep 300']);
    expect(ended.map(({ service }) => service)).toEqual([true, true, false]);
    expect(livingServices(rig.runDir)).toEqual([]);
    // It is gone once nobody lives by its id; that its parent hears of it may come later.
    await until(() => (own.exitCode ?? own.signalCode) !== null);
    expect(isAlive({ pid: stranger.pid ?? 0, startTime: identify(stranger.pid ?? 0)?.startTime ?? '' })).toBe(true);
    stranger.kill();
  });

  test('works for a run of which nothing is there', async () => {
    expect(await endEverything(join(rig.dir, 'none'))).toEqual([]);
  });
});

test('a service outlives the death of whoever started it, and its whole session', async () => {
  rig.installShell();
  const script =
    'source $GRENADE_DIR/functions; exec 9>held; service_start api -- sleep 300; echo started; kill -KILL -- -$$';
  const child = spawn('bash', ['-c', script], {
    detached: true,
    cwd: rig.dir,
    env: rig.environment(),
    stdio: 'ignore',
  });
  await new Promise((resolve) => child.once('exit', resolve));
  const [service] = livingServices(rig.runDir);
  expect(service).toBeDefined();
  const open = listProcesses().filter(({ pid }) => pid === service?.pid);
  expect(open).toHaveLength(1);
  expect(existsSync(`/proc/${service?.pid}/fd/9`)).toBe(false);
  await stopService(rig.runDir, 'api');
  expect(state('api')).toEqual({ kind: 'stopped', status: 143 });
});

function refused(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.once('error', () => settle(true));
    socket.once('connect', () => {
      socket.destroy();
      settle(false);
    });
  });
}
