import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { matchRows } from '../../src/databases/match.js';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'grenade-match-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

async function* each(rows: readonly string[]): AsyncGenerator<string> {
  yield* rows;
}

const row = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.stringMatching(/^[^\n]{0,8}$/));

test('every row is matched once or stands alone once, in one part or in many', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row), fc.array(row), fc.constantFrom(1, 60_000_000), async (lefts, rights, size) => {
      const [left, right] = [lefts, rights].map((rows) => rows.map(([key, text]) => `${key} ${text}`));
      const key = (text: string): string => text.split(' ', 1)[0] ?? '';
      const out: { both: [string, string][]; left: string[]; right: string[] } = { both: [], left: [], right: [] };
      await matchRows(
        each(left ?? []),
        each(right ?? []),
        { keyOfLeft: key, keyOfRight: key, size, scratch },
        { both: (a, b) => out.both.push([a, b]), left: (a) => out.left.push(a), right: (b) => out.right.push(b) },
      );
      expect([...out.both.map(([a]) => a), ...out.left].sort()).toEqual([...(left ?? [])].sort());
      expect([...out.both.map(([, b]) => b), ...out.right].sort()).toEqual([...(right ?? [])].sort());
      for (const [a, b] of out.both) expect(key(a)).toBe(key(b));
      const unmatched = new Set(out.left.map(key));
      for (const b of out.right) expect(unmatched.has(key(b))).toBe(false);
      expect(readdirSync(scratch)).toEqual([]);
    }),
    { numRuns: 60 },
  );
});
