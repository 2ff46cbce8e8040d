import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import {
  commandLine,
  endProcesses,
  environmentVariable,
  identify,
  isAlive,
  listProcesses,
  ownLine,
  withMark,
} from '../../src/process/identity.js';
import { waitUntil } from '../../src/process/wait.js';
import { inGroup } from './group.js';

const mark = `identity-test-${process.pid}`;
const mine = (value: string) => value === mark;
const marked = () => withMark('GRENADE_TEST_MARK', mine);

afterEach(async () => {
  await endProcesses({ find: (among) => withMark('GRENADE_TEST_MARK', mine, among), graceMs: 0 });
});

function start(script: string) {
  const env = { ...process.env, GRENADE_TEST_MARK: mark };
  return spawn('bash', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'], env });
}
/** Starts a script and waits until it says that it is up. */
async function up(script: string) {
  const child = start(script);
  await once(child.stdout, 'data');
  return { child, pid: child.pid ?? 0 };
}

test('a process is known by its start time too', async () => {
  const { child, pid } = await up('echo; exec sleep 300');
  const id = identify(pid);
  expect(id).toMatchObject({ pid, parent: process.pid, group: pid, session: pid });
  expect(isAlive({ pid, startTime: id?.startTime ?? '' })).toBe(true);
  expect(isAlive({ pid, startTime: '1' })).toBe(false);
  child.kill();
  await once(child, 'exit');
  expect(isAlive({ pid, startTime: id?.startTime ?? '' })).toBe(false);
});

test('a zombie has ended', async () => {
  const { pid } = await up('sleep 0 & echo $!; exec sleep 300');
  const zombie = await waitUntil(
    () => {
      const found = [...Array(200).keys()]
        .map((i) => identify(pid + i))
        .find((s) => s?.parent === pid && s.state === 'Z');
      return found;
    },
    { limitMs: 5000, intervalMs: 5 },
  );
  expect(zombie.ok && isAlive(zombie.value)).toBe(false);
  expect(listProcesses().some((stat) => zombie.ok && stat.pid === zombie.value.pid)).toBe(false);
});

test('a name with parentheses and spaces does not confuse', async () => {
  const { pid } = await up("printf 'x) S 1 (' >/proc/$$/comm; echo; while :; do read -t 1 <> <(:); done");
  expect(identify(pid)).toMatchObject({ parent: process.pid, group: pid });
});

test('processes are found by group and by mark', async () => {
  const { pid } = await up('setsid sleep 301 & sleep 302 & echo; wait');
  const commands = (stats: readonly { pid: number }[]) => stats.map((stat) => commandLine(stat.pid)).sort();
  const settled = () => commands(inGroup(pid)).includes('sleep 302') && commands(marked()).includes('sleep 301');
  expect(await waitUntil(() => settled() || undefined, { limitMs: 5000, intervalMs: 5 })).toMatchObject({ ok: true });
  expect(commands(inGroup(pid))).not.toContain('sleep 301');
  expect(commands(marked())).toEqual(expect.arrayContaining(['sleep 301', 'sleep 302']));
  expect(environmentVariable(pid, 'GRENADE_TEST_MARK')).toBe(mark);
  expect(environmentVariable(pid, 'GRENADE_TEST')).toBeUndefined();
});

test('ending never touches us or whom we descend from', async () => {
  expect(ownLine()).toContain(process.pid);
  expect(ownLine()).toContain(process.ppid);
  const { ended } = await endProcesses({ find: (among) => among.filter(({ pid }) => ownLine().has(pid)), graceMs: 0 });
  expect(ended).toEqual([]);
});

test('what starts others while it is ended is ended with them', async () => {
  await up("trap 'sleep 303 & exit' TERM; echo; while :; do sleep 0.01; done");
  const { ended, survivors } = await endProcesses({
    find: (all) => withMark('GRENADE_TEST_MARK', mine, all),
    graceMs: 2000,
  });
  expect(survivors).toEqual([]);
  expect(ended.length).toBeGreaterThan(0);
  expect(marked()).toEqual([]);
});
