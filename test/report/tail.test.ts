import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { tailOf } from '../../src/report/tail.js';

const dir = mkdtempSync(join(tmpdir(), 'tail-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('the last lines of a log, without the empty ones', () => {
  writeFileSync(join(dir, 'a.log'), 'one\n\ntwo\nthree\n\n');
  expect(tailOf(dir, 2)('a.log')).toEqual(['two', 'three']);
});

test('of a large log only the end is read, and no half of a line shown', () => {
  writeFileSync(join(dir, 'b.log'), `${'é'.repeat(100_001)}\nlast\n`);
  expect(tailOf(dir)('b.log')).toEqual(['last']);
});

test('a log that is gone has no lines', () => {
  expect(tailOf(dir)('c.log')).toEqual([]);
});
