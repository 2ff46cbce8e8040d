import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { Job } from '../../src/probes/sampling.js';
import { waitUntil } from '../../src/process/wait.js';
import { inGroup } from '../process/group.js';
import { Sampled, Service, scratch } from './rig.js';

const job = (name: string, target: Job['target'], intervalMs = 20): Job => ({ name, target, intervalMs, wasUp: [] });

describe('the sampler', () => {
  test('sees a service leave and come back, when it did', async () => {
    const service = new Service();
    await service.come();
    const tcp = { kind: 'tcp', host: '127.0.0.1', port: service.port } as const;
    const sampled = new Sampled([job('web', service.http), job('port', tcp)]);
    await sampled.until('web', 'reused', 'up');
    await sampled.until('port', 'new', 'up');

    const left = Date.now();
    service.leave();
    await sampled.until('web', 'new', 'down');
    await sampled.until('web', 'reused', 'down');
    await sampled.until('port', 'new', 'down');
    const back = Date.now();
    await service.come();
    await sampled.until('web', 'new', 'up');
    await sampled.until('web', 'reused', 'up');
    await sampled.until('port', 'new', 'up');
    expect(await sampled.end()).toBe(0);

    for (const name of ['web', 'port']) {
      const outages = sampled.outages(name);
      expect(outages).toHaveLength(1);
      const [{ begin, end, open, causes }] = outages as [(typeof outages)[number]];
      expect(begin[0]).toBeLessThanOrEqual(left + 1);
      expect(begin[1]).toBeGreaterThanOrEqual(left);
      expect(end[0]).toBeLessThanOrEqual(back + 1);
      expect(end[1]).toBeGreaterThanOrEqual(back);
      expect(open).toBe(false);
      // Whoever had just connected is reset, or has asked and gets no answer.
      expect(causes.join()).toMatch(/^(?:(?:ECONNREFUSED|ECONNRESET|it closed the connection without an answer),?)+$/);
    }
  });

  test('tells connections that are kept from new ones', async () => {
    const service = new Service();
    await service.come();
    const sampled = new Sampled([job('web', service.http)]);
    await sampled.until('web', 'reused', 'up');
    await sampled.until('web', 'new', 'up');
    service.refuse();
    await sampled.until('web', 'new', 'down');
    await sampled.end();
    expect(sampled.outages('web')).toMatchObject([{ connections: ['new'], open: true }]);
    // It lived to the end on the connection it had.
    const [, reused] = sampled.state.probes.get('web')?.tracks ?? [];
    expect(reused?.intervals).toMatchObject([{ status: 'up' }]);
    expect(reused?.failed).toBe(0);
  });

  test('counts nothing before a service was up, and says why it never was', async () => {
    const sampled = new Sampled([job('nobody', { kind: 'tcp', host: '127.0.0.1', port: 1 })]);
    const taken = (): true | undefined => (existsSync(sampled.path) ? true : undefined);
    await waitUntil(taken, { limitMs: 15_000, intervalMs: 5 });
    await sleep(100);
    await sampled.end();
    expect(sampled.events).toMatchObject([
      { type: 'sampling-ended', probes: [{ probe: 'nobody', connection: 'new', never: 'ECONNREFUSED' }] },
    ]);
  });

  test('goes on from an earlier part of the run: what was up then and is not now is an outage', async () => {
    const sampled = new Sampled([{ ...job('db', { kind: 'tcp', host: '127.0.0.1', port: 1 }), wasUp: ['new'] }]);
    await sampled.until('db', 'new', 'down');
    await sampled.end();
    expect(sampled.outages('db')).toMatchObject([{ open: true, causes: ['ECONNREFUSED'] }]);
  });

  test('calls a request that is not answered within its limit an outage from its start on', async () => {
    let hangs = false;
    const waiting: (() => void)[] = [];
    const service = new Service((respond) => {
      if (hangs) waiting.push(respond);
      else respond();
    });
    await service.come();
    const sampled = new Sampled([job('web', service.http, 100)]);
    await sampled.until('web', 'new', 'up');
    const hung = Date.now();
    hangs = true;
    await sampled.until('web', 'new', 'down');
    hangs = false;
    for (const respond of waiting) respond();
    await sampled.until('web', 'new', 'up');
    await sampled.end();
    const [outage] = sampled.outages('web');
    expect(outage?.causes).toEqual(['no answer within 1 s']);
    expect(outage?.begin[0]).toBeLessThanOrEqual(hung);
    expect(outage?.begin[1]).toBeGreaterThanOrEqual(hung);
  });

  test('knows nothing of what it slept through, and holds nobody to limits meanwhile', async () => {
    const service = new Service();
    await service.come();
    const sampled = new Sampled([job('web', service.http)]);
    await sampled.until('web', 'new', 'up');
    await sampled.until('web', 'reused', 'up');
    sampled.child.kill('SIGSTOP');
    await sleep(1500); // Longer than the limit of a sample.
    sampled.child.kill('SIGCONT');
    const slept = (): true | undefined => (sampled.slept('web').some((ms) => ms > 1000) ? true : undefined);
    const told = await waitUntil(slept, { limitMs: 15_000, intervalMs: 5 });
    expect(told.ok).toBe(true);
    await sampled.until('web', 'new', 'up');
    await sampled.until('web', 'reused', 'up');
    await sampled.end();
    expect(sampled.outages('web')).toEqual([]);
  });

  test('asks by a program without a shell, and leaves nothing of it', async () => {
    const dir = scratch();
    const target = {
      kind: 'exec',
      command: ['bash', '-c', 'echo $$ >"$1/pid"; sleep 1000 & wait', 'bash', dir],
      cwd: dir,
      env: {},
    } as const;
    const sampled = new Sampled([{ ...job('hangs', { ...target, command: [...target.command] }), wasUp: [] }]);
    const leader = await waitUntil(
      () => (existsSync(join(dir, 'pid')) ? Number(readFileSync(join(dir, 'pid'), 'utf8')) || undefined : undefined),
      { limitMs: 15_000, intervalMs: 5 },
    );
    if (!leader.ok) throw new Error('it was not run');
    await sampled.end();
    const gone = await waitUntil(() => (inGroup(leader.value).length === 0 ? true : undefined), {
      limitMs: 5000,
      intervalMs: 5,
    });
    expect(gone.ok).toBe(true);
  });

  test('says how a program answers', async () => {
    const dir = scratch();
    const sampled = new Sampled([
      job('file', { kind: 'exec', command: ['test', '!', '-e', join(dir, 'gone')], cwd: dir, env: {} }, 50),
    ]);
    await sampled.until('file', 'new', 'up');
    writeFileSync(join(dir, 'gone'), '');
    await sampled.until('file', 'new', 'down');
    await sampled.end();
    expect(sampled.outages('file')).toMatchObject([{ causes: ['exit 1'] }]);
  });

  test('tells the last that a failing program said first, and no change where it says something else each time', async () => {
    const dir = scratch();
    const asked = join(dir, 'asked');
    const says =
      'echo >>asked; [[ ! -e gone ]] || { echo trying >&2; echo "no guest, try $(wc -l <asked)" >&2; exit 3; }';
    const sampled = new Sampled([job('guest', { kind: 'exec', command: ['bash', '-c', says], cwd: dir, env: {} })]);
    await sampled.until('guest', 'new', 'up');
    writeFileSync(asked, '');
    writeFileSync(join(dir, 'gone'), '');
    await sampled.until('guest', 'new', 'down');
    const often = (): true | undefined => (readFileSync(asked, 'utf8').length >= 5 ? true : undefined);
    expect((await waitUntil(often, { limitMs: 15_000, intervalMs: 5 })).ok).toBe(true);
    await sampled.end();
    expect(sampled.outages('guest')).toMatchObject([{ causes: [expect.stringMatching(/^exit 3: no guest, try \d$/)] }]);
    expect(sampled.events.filter((event) => event.type === 'probe-changed' && event.status === 'down')).toHaveLength(1);
    expect(readdirSync(dir).sort()).toEqual(['asked', 'gone']);
  });

  test('lets a program open its standard error again, and tells no line that is too long, which could end in half a secret', async () => {
    const dir = scratch();
    const says = 'set -e; echo well >/dev/stderr; [[ ! -e gone ]] || { printf "%05000d\\n" 7 >&2; kill -KILL $$; }';
    const sampled = new Sampled([job('guest', { kind: 'exec', command: ['bash', '-c', says], cwd: dir, env: {} })]);
    await sampled.until('guest', 'new', 'up');
    writeFileSync(join(dir, 'gone'), '');
    await sampled.until('guest', 'new', 'down');
    await sampled.end();
    expect(sampled.outages('guest')).toMatchObject([{ causes: ['ended by SIGKILL'] }]);
  });
});
