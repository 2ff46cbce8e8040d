import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { planFetch } from '../../src/git/plan.js';
import { gitSettings } from '../../src/git/settings.js';
import { listProcesses, withMark } from '../../src/process/identity.js';
import { GitRig } from './rig.js';

let rig: GitRig;
beforeEach(() => {
  rig = new GitRig();
});
afterEach(() => rig.clean());

const HEX = /^[0-9a-f]{40}$/;

describe('a checkout that is not there', () => {
  test.each(['a branch', 'a tag', 'a commit', 'a short commit', 'a Gerrit change', 'nothing'])(
    'is cloned at %s',
    async (what) => {
      const first = rig.commit('origin/heat', { 'a/b': 'one' });
      const at = join(rig.dir, 'origin/heat');
      rig.git('-C', at, 'branch', 'stable/one');
      rig.git('-C', at, 'tag', 'v1');
      rig.git('-C', at, 'update-ref', 'refs/changes/45/12345/6', first);
      rig.commit('origin/heat', { 'a/b': 'two' });
      const refs: Record<string, string | undefined> = {
        'a branch': 'stable/one',
        'a tag': 'v1',
        'a commit': first,
        'a short commit': first.slice(0, 10),
        'a Gerrit change': 'refs/changes/45/12345/6',
      };
      const ref = refs[what];
      const checkout = rig.checkout('heat', ref === undefined ? {} : { ref });
      const fetched = await rig.fetch(checkout);
      expect(fetched.how).toBe('cloned');
      expect(fetched.commit).toMatch(HEX);
      expect(fetched.commit === first).toBe(ref !== undefined);
      expect(rig.read('plugins/heat/a/b')).toBe(ref === undefined ? 'two' : 'one');
      expect(readdirSync(join(rig.dir, 'plugins'))).toEqual(['heat']);
      expect(rig.git('-C', checkout.dir, 'status', '--porcelain')).toBe('');
    },
  );

  test('has only as much history as GIT_DEPTH says', async () => {
    for (const text of ['1', '2', '3']) rig.commit('origin/heat', { a: text });
    const checkout = rig.checkout('heat', { url: `file://${join(rig.dir, 'origin/heat')}`, ref: 'master' });
    await rig.fetch(checkout, gitSettings({ GIT_DEPTH: '1' }));
    expect(rig.git('-C', checkout.dir, 'rev-list', '--count', 'HEAD')).toBe('1');
  });

  test('leaves nothing behind when it cannot be cloned', async () => {
    await expect(rig.fetch(rig.checkout('gone'))).rejects.toThrow(
      /gone could not be cloned from .*origin\/gone: git ended with exit 128; it said:\n.*does not exist/s,
    );
    rig.commit('origin/heat', { a: 'a' });
    await expect(rig.fetch(rig.checkout('heat', { ref: 'nowhere' }))).rejects.toThrow(
      /heat could not be fetched at nowhere .*couldn't find remote ref nowhere/s,
    );
    expect(readdirSync(join(rig.dir, 'plugins'))).toEqual([]);
  });

  test('what a killed clone left beside it goes, and what a living one is making stays', async () => {
    rig.commit('origin/heat', { a: 'a' });
    const self = listProcesses().find(({ pid }) => pid === process.ppid);
    const dead = join(rig.dir, 'plugins/.heat.cloning-4194304-1');
    const living = join(rig.dir, `plugins/.heat.cloning-${self?.pid}-${self?.startTime}`);
    for (const each of [dead, living]) mkdirSync(each, { recursive: true });
    await rig.fetch(rig.checkout('heat'));
    expect(existsSync(dead)).toBe(false);
    expect(existsSync(living)).toBe(true);
  });

  test('is no business of OFFLINE and ERROR_ON_CLONE', () => {
    const checkout = rig.checkout('heat', { asked: { file: '/w/pluginrc', line: 3 } });
    const offline = planFetch(checkout, gitSettings({ OFFLINE: 'True' }));
    expect(offline).toMatchObject({ ok: false, error: { file: '/w/pluginrc', line: 3 } });
    expect(!offline.ok && offline.error.message).toMatch(/heat is not there, and OFFLINE is set/);
    const forbidden = planFetch(checkout, gitSettings({ ERROR_ON_CLONE: 'True' }));
    expect(!forbidden.ok && forbidden.error.message).toMatch(/ERROR_ON_CLONE forbids/);
  });
});

describe('a checkout that is there', () => {
  test('is used as it is, changes and all, though its origin went on or is gone', async () => {
    const first = rig.commit('origin/heat', { a: 'one' });
    const checkout = rig.checkout('heat', { ref: 'master' });
    await rig.fetch(checkout);
    rig.commit('origin/heat', { a: 'two' });
    writeFileSync(join(checkout.dir, 'a'), 'mine');
    expect(await rig.fetch(checkout)).toMatchObject({ how: 'used', commit: first });
    rmSync(join(rig.dir, 'origin'), { recursive: true });
    expect(await rig.fetch(checkout, { offline: true })).toMatchObject({ how: 'used', commit: first });
    expect(rig.read('plugins/heat/a')).toBe('mine');
  });

  test('is brought up to date by RECLONE, and its changes are lost', async () => {
    rig.commit('origin/heat', { a: 'one' });
    const checkout = rig.checkout('heat', { ref: 'master' });
    await rig.fetch(checkout);
    const second = rig.commit('origin/heat', { a: 'two' });
    writeFileSync(join(checkout.dir, 'a'), 'mine');
    expect(await rig.fetch(checkout, gitSettings({ RECLONE: 'yes' }))).toMatchObject({
      how: 'updated',
      commit: second,
    });
    expect(rig.read('plugins/heat/a')).toBe('two');
  });

  test('follows a Gerrit change each time', async () => {
    const at = join(rig.dir, 'origin/heat');
    const first = rig.commit('origin/heat', { a: 'one' });
    rig.git('-C', at, 'update-ref', 'refs/changes/1/1/1', first);
    const checkout = rig.checkout('heat', { ref: 'refs/changes/1/1/1' });
    await rig.fetch(checkout);
    const second = rig.commit('origin/heat', { a: 'two' });
    rig.git('-C', at, 'update-ref', 'refs/changes/1/1/1', second);
    expect(await rig.fetch(checkout)).toMatchObject({ how: 'updated', commit: second });
  });

  test('that we fetched is fetched again when another ref or URL is asked for, and local changes are not lost', async () => {
    rig.commit('origin/heat', { a: 'one' });
    rig.git('-C', join(rig.dir, 'origin/heat'), 'branch', 'stable/one');
    const second = rig.commit('origin/heat', { a: 'two' });
    const other = rig.commit('origin/other', { a: 'other' });
    await rig.fetch(rig.checkout('heat', { ref: 'stable/one' }));
    const moved = rig.checkout('heat', { ref: 'master' });
    expect(await rig.fetch(moved)).toMatchObject({ how: 'updated', commit: second });
    const elsewhere = rig.checkout('heat', { ref: 'master', url: join(rig.dir, 'origin/other') });
    writeFileSync(join(moved.dir, 'a'), 'mine');
    await expect(rig.fetch(elsewhere)).rejects.toThrow(/heat could not be brought to master.*local changes/s);
    expect(rig.read('plugins/heat/a')).toBe('mine');
    rig.git('-C', moved.dir, 'checkout', 'a');
    expect(await rig.fetch(elsewhere)).toMatchObject({ how: 'updated', commit: other });
  });

  test('may be no checkout at all: then its commit is not known', async () => {
    mkdirSync(join(rig.dir, 'plugins/heat/devstack'), { recursive: true });
    expect(await rig.fetch(rig.checkout('heat', { ref: 'master' }))).toEqual({
      checkout: rig.checkout('heat', { ref: 'master' }),
      how: 'used',
    });
  });

  test('is refused when it is half a clone', async () => {
    const checkout = rig.checkout('heat');
    rig.git('init', '--quiet', checkout.dir);
    await expect(rig.fetch(checkout)).rejects.toThrow(/what is left of a clone/);
    rmSync(checkout.dir, { recursive: true });
    writeFileSync(checkout.dir, '');
    await expect(rig.fetch(checkout)).rejects.toThrow(/which is a file/);
  });
});

describe('the other side', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
    server = undefined;
  });

  async function serve(answer: (status: (code: number) => void, request: number) => void): Promise<string> {
    let requests = 0;
    server = createServer((_, response) => {
      requests++;
      answer((code) => {
        response.writeHead(code, { 'www-authenticate': 'Basic realm="x"' }).end();
      }, requests);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('not listening');
    return `http://127.0.0.1:${address.port}/heat`;
  }

  test('that hangs is tried again, and given up', async () => {
    let seen = 0;
    const url = await serve((_, request) => {
      seen = request;
    });
    await expect(rig.fetch(rig.checkout('heat', { url }), { limitMs: 300, attempts: 2 })).rejects.toThrow(
      /heat could not be cloned from http.*: git did not end within 0.3 s/,
    );
    expect(seen).toBe(2);
    expect(rig.read('git.log').match(/^\+ git clone/gm)).toHaveLength(2);
    expect(readdirSync(join(rig.dir, 'plugins'))).toEqual([]);
    expect(withMark('HOME', (value) => value === rig.dir)).toEqual([]);
  });

  test('that is busy is asked again', async () => {
    let seen = 0;
    const url = await serve((status, request) => {
      seen = request;
      status(request < 3 ? 503 : 404);
    });
    await expect(rig.fetch(rig.checkout('heat', { url }))).rejects.toThrow(/not found/);
    expect(seen).toBe(3);
  });

  test('that asks for a password is refused at once', async () => {
    const url = await serve((status) => status(401));
    await expect(rig.fetch(rig.checkout('heat', { url }))).rejects.toThrow(
      /could not read Username|terminal prompts disabled|Authentication failed/,
    );
    expect(rig.read('git.log').match(/^\+ git clone/gm)).toHaveLength(1);
  });

  test('can be left alone at any time', async () => {
    const ended = new AbortController();
    const url = await serve(() => ended.abort());
    await expect(rig.fetch(rig.checkout('heat', { url }), {}, ended.signal)).rejects.toThrow(/was interrupted/);
    expect(readdirSync(join(rig.dir, 'plugins'))).toEqual([]);
  });

  test('is never a program, whatever the settings of git make of a URL', async () => {
    rig.git('config', '--global', 'url.ext::sh -c "touch owned" .insteadOf', 'https://harmless.example/');
    await expect(rig.fetch(rig.checkout('heat', { url: 'https://harmless.example/x' }))).rejects.toThrow(
      /transport 'ext' not allowed/,
    );
    expect(existsSync(join(rig.dir, 'owned'))).toBe(false);
  });
});

test('git that is not there is said to be missing', async () => {
  rig.env.PATH = rig.dir;
  await expect(rig.fetch(rig.checkout('heat'))).rejects.toThrow(/git could not be started/);
});

test('settings are read as DevStack reads them', () => {
  expect(gitSettings({})).toEqual({
    offline: false,
    reclone: false,
    mayClone: true,
    limitMs: 1_800_000,
    attempts: 3,
    pauseMs: 5000,
  });
  expect(
    gitSettings({ OFFLINE: '1', RECLONE: 'YES', ERROR_ON_CLONE: 'true', GIT_DEPTH: '5', GIT_TIMEOUT: '90' }),
  ).toMatchObject({ offline: true, reclone: true, mayClone: false, depth: 5, limitMs: 90_000 });
  expect(gitSettings({ OFFLINE: 'no', GIT_DEPTH: '0', GIT_TIMEOUT: '0' })).toEqual(gitSettings({}));
  expect(gitSettings({ GIT_TIMEOUT: '10m', GIT_DEPTH: 'x' })).toMatchObject({ limitMs: 600_000 });
});
