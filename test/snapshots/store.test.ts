import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { err, ok } from '../../src/basics/result.js';
import {
  type About,
  dropSnapshot,
  findDamage,
  keepSnapshot,
  listSnapshots,
  markUsed,
  readSnapshot,
  storeOf,
  sweep,
} from '../../src/snapshots/store.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'grenade-store-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const about = (key: string): About => ({
  key,
  base: 'spring',
  target: 'autumn',
  run: 'run-1',
  ports: { db: 12345 },
  installed: {},
  created: [],
  unsupervised: [],
  ingredients: { node: 'v20' },
});

/** Keeps a snapshot that holds one file of so many bytes. */
const keep = (
  key: string,
  bytes: number,
  more: {
    limit?: number;
    inUse?: (key: string) => boolean;
    sync?: () => Promise<ReturnType<typeof ok<undefined>>>;
  } = {},
) =>
  keepSnapshot(root, about(key), {
    fill: async (held) => {
      mkdirSync(join(held, 'data'));
      writeFileSync(join(held, 'data', 'rows'), 'r'.repeat(bytes));
      return ok(undefined);
    },
    sync: async () => ok(undefined),
    limit: 1e9,
    inUse: () => false,
    ...more,
  });
const keys = (): string[] => listSnapshots(root).map(({ key }) => key);
const damage = async (key: string): Promise<string | undefined> => {
  const snapshot = readSnapshot(root, key);
  if (snapshot === undefined) throw new Error(`there is no ${key}`);
  return findDamage(root, snapshot);
};
const rows = (key: string): string => join(storeOf(root), key, 'held', 'data', 'rows');

describe('the store of snapshots', () => {
  test('gives back what was kept, with what it said of itself', async () => {
    expect(await keep('aa', 10)).toMatchObject({ ok: true, value: { dropped: [] } });
    expect(readSnapshot(root, 'aa')).toMatchObject({ ...about('aa'), held: join(storeOf(root), 'aa', 'held') });
    expect(readFileSync(rows('aa'), 'utf8')).toBe('rrrrrrrrrr');
    expect(await damage('aa')).toBeUndefined();
    expect(readdirSync(storeOf(root))).toEqual(['aa']);
    expect(statSync(storeOf(root)).mode & 0o777).toBe(0o700);
  });

  test('replaces one of the same key, whole', async () => {
    await keep('aa', 10);
    await keep('aa', 20);
    expect(keys()).toEqual(['aa']);
    expect(readFileSync(rows('aa'), 'utf8')).toHaveLength(20);
    expect(await damage('aa')).toBeUndefined();
  });

  test('says what is not what it was', async () => {
    await keep('aa', 10);
    writeFileSync(rows('aa'), 'rrrrrrrrrR');
    expect(await damage('aa')).toBe('data/rows does not hold what it did');
    await keep('aa', 10);
    rmSync(rows('aa'));
    expect(await damage('aa')).toBe('data/rows is gone');
    await keep('aa', 10);
    truncateSync(join(storeOf(root), 'aa', 'entries.ndjson'), 5);
    expect(await damage('aa')).toBe('its list of files is not what it was');
    rmSync(join(storeOf(root), 'aa', 'entries.ndjson'));
    expect(await damage('aa')).toBe('its list of files is gone');
    await keep('aa', 10);
    rmSync(join(storeOf(root), 'aa', 'held'), { recursive: true });
    expect(await damage('aa')).toBe('what it held is gone');
  });

  test('trusts nothing that was written before the machine started', async () => {
    await keep('aa', 10);
    const file = join(storeOf(root), 'aa', 'manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/"boot": "[^"]*"/, '"boot": "earlier"'));
    utimesSync(file, 1000, 1000);
    expect(await damage('aa')).toBeUndefined();
    expect(readSnapshot(root, 'aa')?.usedAt).toBe(1_000_000);
    // All of it was read, and from now on that is known.
    expect(readSnapshot(root, 'aa')?.boot).not.toBe('earlier');
    expect(await damage('aa')).toBeUndefined();
  });

  test('has no snapshot that is torn, and sweeps away what is left of it', async () => {
    await keep('aa', 10);
    await keep('bb', 10);
    await keep('cc', 10);
    truncateSync(join(storeOf(root), 'aa', 'manifest.json'), 40);
    rmSync(join(storeOf(root), 'bb', 'manifest.json'));
    // One that was killed in the middle: everything is there but its name.
    mkdirSync(join(storeOf(root), 'making.1', 'held'), { recursive: true });
    writeFileSync(
      join(storeOf(root), 'making.1', 'manifest.json'),
      readFileSync(join(storeOf(root), 'cc', 'manifest.json')),
    );
    expect(keys()).toEqual(['cc']);
    sweep(root);
    expect(readdirSync(storeOf(root))).toEqual(['cc']);
  });

  test('has none of another format', async () => {
    await keep('aa', 10);
    const file = join(storeOf(root), 'aa', 'manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace('"format": 1', '"format": 99'));
    expect(keys()).toEqual([]);
  });

  test.each([
    ['filled', { fill: async () => err('cp: No space left on device') }, 'cp: No space left on device'],
    ['written to the disk', { sync: async () => err('sync: Input/output error') }, 'sync: Input/output error'],
  ])('leaves nothing of one that could not be %s', async (_, more, reason) => {
    const kept = await keepSnapshot(root, about('aa'), {
      fill: async () => ok(undefined),
      sync: async () => ok(undefined),
      limit: 1e9,
      inUse: () => false,
      ...more,
    });
    expect(kept).toEqual({ ok: false, error: { kind: 'not-copied', reason } });
    expect(readdirSync(storeOf(root))).toEqual([]);
  });

  test('leaves nothing of one that was called off', async () => {
    const stop = AbortSignal.abort(new Error('interrupted'));
    const kept = await keepSnapshot(root, about('aa'), {
      stop,
      fill: async (held) => {
        writeFileSync(join(held, 'large'), Buffer.alloc(100_000_000));
        return ok(undefined);
      },
      sync: async () => ok(undefined),
      limit: 1e9,
      inUse: () => false,
    });
    expect(kept).toEqual({ ok: false, error: { kind: 'not-copied', reason: 'it was called off' } });
    expect(readdirSync(storeOf(root))).toEqual([]);
  });

  test('makes room by dropping what was used longest ago, and never what is in use', async () => {
    for (const key of ['aa', 'bb', 'cc']) await keep(key, 100_000);
    const age = (key: string, seconds: number): void =>
      utimesSync(join(storeOf(root), key, 'manifest.json'), seconds, seconds);
    for (const [at, key] of ['aa', 'bb', 'cc'].entries()) age(key, 1000 + at);
    markUsed(root, 'aa');
    const limit = 450_000;
    expect(await keep('dd', 100_000, { limit })).toMatchObject({ value: { dropped: [] } });
    expect(await keep('ee', 100_000, { limit, inUse: (key) => key === 'bb' })).toMatchObject({
      value: { dropped: ['cc'] },
    });
    expect(new Set(keys())).toEqual(new Set(['aa', 'bb', 'dd', 'ee']));
  });

  test('keeps none that is larger than the limit, or than what may go leaves room for', async () => {
    await keep('aa', 100_000);
    expect(await keep('bb', 500_000, { limit: 400_000 })).toMatchObject({ error: { kind: 'too-large' } });
    expect(await keep('bb', 350_000, { limit: 400_000, inUse: () => true })).toMatchObject({
      error: { kind: 'too-large' },
    });
    expect(keys()).toEqual(['aa']);
  });

  test('drops', async () => {
    await keep('aa', 10);
    appendFileSync(join(storeOf(root), 'aa', 'held', 'more'), 'x');
    dropSnapshot(root, 'aa');
    expect(existsSync(join(storeOf(root), 'aa'))).toBe(false);
  });
});
