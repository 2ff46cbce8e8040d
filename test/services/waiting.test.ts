import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ensureStarted, ensureStopped } from '../../src/services/ensure.js';
import { freePort } from '../../src/services/ports.js';
import { waitHttp, waitPort, waitReady } from '../../src/services/ready.js';
import { startService, stopService } from '../../src/services/supervisor.js';
import { Rig } from './rig.js';

let rig: Rig;
beforeEach(() => {
  rig = new Rig();
});
afterEach(async () => {
  await rig.clean();
});

const start = (name: string, script: string) => startService(rig.runDir, name, { command: ['bash', '-c', script] });
const limits = { limitMs: 10_000 };

describe('until ready', () => {
  test('by log, port and HTTP', async () => {
    const port = await freePort(rig.runDir, 'web');
    const server = `require('http').createServer((_, r) => r.end('hi')).listen(${port}, () => console.log('up'))`;
    await startService(rig.runDir, 'web', { command: ['node', '-e', server] });
    await waitReady(rig.runDir, 'web', { log: /^up$/m, port, http: `http://127.0.0.1:${port}/` }, limits);
  });

  test('ends at once when the service dies, with what it said and its status', async () => {
    await start('bad', "echo 'cannot open database' >&2; exit 3");
    const error = await waitReady(rig.runDir, 'bad', { log: /ready/ }, { limitMs: 60_000 }).catch(String);
    expect(error).toMatch(
      /Service bad ended with status 3 while its log to say \/ready\/ was awaited, after 0\.\d s\n/,
    );
    expect(error).toContain('cannot open database');
  });

  test('gives up with what was awaited, for how long, and the last lines', async () => {
    await start('mute', 'echo still thinking; exec sleep 300');
    const port = await freePort(rig.runDir, 'mute');
    const error = await waitReady(rig.runDir, 'mute', { port }, { limitMs: 300 }).catch(String);
    expect(error).toMatch(
      new RegExp(`Waited 0.3 s for port ${port}: nothing listens there\n.*services/mute.log:\n    still thinking`),
    );
  });

  test('says what a server answered that is not ready', async () => {
    const server = createServer((_, response) => {
      response.statusCode = 503;
      response.end();
    });
    const port = await freePort(rig.runDir, 'x');
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await waitPort(port, limits);
    await expect(waitHttp(`http://127.0.0.1:${port}/`, { limitMs: 200 })).rejects.toThrow(
      'it last answered with status 503',
    );
    server.close();
  });

  test('is not held up by a server that never answers, and can be aborted', async () => {
    const server = createServer(() => {});
    const port = await freePort(rig.runDir, 'x');
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    await expect(waitHttp(`http://127.0.0.1:${port}/`, { limitMs: 200 })).rejects.toMatchObject({
      problem: 'not-ready',
    });
    const signal = AbortSignal.timeout(100);
    await expect(waitHttp(`http://127.0.0.1:${port}/`, { ...limits, signal })).rejects.toMatchObject({
      problem: 'aborted',
    });
    server.closeAllConnections();
    server.close();
  });

  test('refuses what is no URL at once', async () => {
    await expect(waitHttp('localhost:80', limits)).rejects.toThrow('is no URL to wait for');
  });
});

describe('ensuring', () => {
  test('that services run', async () => {
    await start('a', 'exec sleep 300');
    await ensureStarted(rig.runDir, ['a'], limits);
    await stopService(rig.runDir, 'a');
    await expect(ensureStarted(rig.runDir, ['a'], limits)).rejects.toThrow('Service a does not run: it was stopped');
  });

  test('names the culprit, its status and its last lines', async () => {
    await start('a', 'exec sleep 300');
    await start('b', 'echo no more; exit 4');
    await waitReady(rig.runDir, 'b', { log: /never/ }, limits).catch(() => undefined);
    const error = await ensureStarted(rig.runDir, ['a', 'b'], limits).catch(String);
    expect(error).toMatch(
      /Service b does not run: it ended with status 4; it was started \d+\.\d s ago\n.*\n {4}no more$/,
    );
  });

  test('that services are gone, as soon as they are', async () => {
    const { pid } = await start('a', 'exec sleep 300');
    const stopped = ensureStopped(rig.runDir, ['a'], limits);
    process.kill(pid);
    await stopped;
    await ensureStopped(rig.runDir, ['a'], limits);
  });

  test('says who is still there', async () => {
    const { pid } = await start('a', 'echo busy; exec sleep 300');
    await waitReady(rig.runDir, 'a', { log: /busy/ }, limits);
    const error = await ensureStopped(rig.runDir, ['a'], { limitMs: 100 }).catch(String);
    expect(error).toMatch(new RegExp(`Service a still runs after 0.1 s, as process ${pid}\n.*\n    busy$`));
  });

  test('is no vacuous success for a name that nobody started', async () => {
    await start('worker', 'exec sleep 300');
    for (const ensure of [ensureStarted, ensureStopped]) {
      await expect(ensure(rig.runDir, ['wroker'], limits)).rejects.toThrow('did you mean worker?');
      await expect(ensure(rig.runDir, ['something'], limits)).rejects.toThrow('there is worker');
    }
  });
});

describe('a port', () => {
  test('stays with its name, and two names never have one', async () => {
    const names = Array.from({ length: 20 }, (_, i) => `p${i % 10}`);
    const ports = await Promise.all(names.map((name) => freePort(rig.runDir, name)));
    expect(ports.slice(0, 10)).toEqual(ports.slice(10));
    expect(new Set(ports).size).toBe(10);
    for (const port of ports) expect(port).toBeGreaterThanOrEqual(10_000);
    for (const port of ports) expect(port).toBeLessThan(32_768);
  });
});
