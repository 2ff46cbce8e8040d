import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkTree, describeTree, sizeOf } from '../../src/snapshots/tree.js';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'grenade-tree-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

/** A small tree of everything that can lie in a data directory. */
function grow(): void {
  mkdirSync(join(top, 'db'));
  writeFileSync(join(top, 'db', 'rows'), 'one\ntwo\n');
  writeFileSync(join(top, 'db', 'empty'), '');
  symlinkSync('db/rows', join(top, 'latest'));
  // A name that is no UTF-8.
  writeFileSync(Buffer.concat([Buffer.from(`${top}/`), Buffer.from([0x6e, 0xff])]), 'named by bytes');
}

const look = async (trust = true) => {
  const entries = await describeTree(top);
  return async () => {
    const checked = await checkTree(top, entries, { trust });
    // One that is as it was is described again on the way, as if it were new.
    if (checked.ok) expect(checked.value).toEqual(await describeTree(top));
    return checked.ok ? undefined : checked.error;
  };
};

describe('a tree and its description', () => {
  test.each([true, false])('say the same as long as nothing happens; trust: %s', async (trust) => {
    grow();
    const again = await look(trust);
    expect(await again()).toBeUndefined();
    expect(sizeOf(top)).toBeGreaterThan(20);
  });

  test.each<[string, () => void, string]>([
    ['one that is gone', () => unlinkSync(join(top, 'db/empty')), 'db/empty is gone'],
    ['one that is new', () => writeFileSync(join(top, 'db/new'), ''), 'db/new was not there'],
    ['a longer one', () => writeFileSync(join(top, 'db/rows'), 'one\ntwo\nthree\n'), 'db/rows is not what it was'],
    ['another mode', () => chmodSync(join(top, 'db/rows'), 0o600), 'db/rows is not what it was'],
    [
      'a link that leads elsewhere',
      () => {
        unlinkSync(join(top, 'latest'));
        symlinkSync('db/rowz', join(top, 'latest'));
      },
      'latest is not what it was',
    ],
    [
      'a file in the place of a directory',
      () => {
        renameSync(join(top, 'db'), join(top, 'bd'));
        writeFileSync(join(top, 'db'), '');
      },
      'bd was not there',
    ],
  ])('differ by %s', async (_, change, expected) => {
    grow();
    const again = await look();
    change();
    expect(await again()).toBe(expected);
  });

  test('differ by one byte whose writer put the time back, wherever it is', async () => {
    const path = join(top, 'data');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2000 }), fc.nat(), async (bytes, at) => {
        writeFileSync(path, bytes);
        const { atime, mtime } = statSync(path);
        const again = await look();
        const other = Uint8Array.from(bytes);
        other[at % bytes.length] = (other[at % bytes.length] ?? 0) ^ 1;
        writeFileSync(path, other);
        utimesSync(path, atime, mtime);
        expect(await again()).toBe('data does not hold what it did');
      }),
      { numRuns: 30 },
    );
  });

  test('a file that was written anew with the same bytes is the same', async () => {
    grow();
    const again = await look();
    writeFileSync(join(top, 'beside'), 'one\ntwo\n');
    renameSync(join(top, 'beside'), join(top, 'db/rows'));
    expect(await again()).toBeUndefined();
  });

  test('long work ends when it is called off', async () => {
    writeFileSync(join(top, 'large'), Buffer.alloc(300_000_000));
    await expect(describeTree(top, { stop: AbortSignal.abort(new Error('called off')) })).rejects.toThrow('called off');
  });
});
