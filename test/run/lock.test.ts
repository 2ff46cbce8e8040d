import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockHolder, takeLock } from '../../src/run/lock.js';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'grenade-lock-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('the lock of a data root', () => {
  test('is held by one, and free once it is released', () => {
    const first = takeLock(root);
    expect(first.ok).toBe(true);
    expect(takeLock(root)).toEqual({ ok: false, error: { pid: process.pid } });
    if (first.ok) first.value.release();
    expect(lockHolder(root)).toBeUndefined();
    expect(readdirSync(root)).toEqual([]);
  });

  test('of somebody who is dead is taken, whatever it says', () => {
    for (const left of ['1 0', 'nonsense', `${process.pid} 1`]) {
      symlinkSync(left, join(root, 'lock'));
      const lock = takeLock(root);
      expect(lock.ok).toBe(true);
      if (lock.ok) lock.value.release();
    }
  });
});
