import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Stretch } from '../../src/checks/logs/windows.js';
import { scanLog } from '../../src/run/log-scan.js';

const MEGABYTE = 1024 * 1024;
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'grenade-scan-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What was new in a log of these parts, each read as one window. */
async function fresh(...parts: readonly (readonly [Stretch['window'], string])[]) {
  const path = join(dir, 'log');
  const text = parts.map(([, part]) => part).join('');
  writeFileSync(path, text);
  let from = 0;
  const stretches = parts.map(([window, part]): Stretch => {
    const stretch = { window, from, step: window };
    from += Buffer.byteLength(part);
    return stretch;
  });
  const groups = await scanLog(path, from, stretches, new AbortController().signal);
  return groups.fresh()?.map(({ pattern, count, first }) => ({ pattern, count, line: first.line, text: first.text }));
}

const TRACE = 'Error: gone\n    at a (x.js:1:2)\n    at b (x.js:3:4)\n';

test('what was never printed before is new, and counted', async () => {
  const found = await fresh(
    ['before', 'ERROR: known 1\nfine\n'],
    ['neither', 'ERROR: while it was stopped\n'],
    ['after', 'ERROR: known 2\nERROR: new at 10:00:01\nERROR: new at 10:00:02\nERROR: while it was stopped'],
  );
  expect(found).toEqual([
    { pattern: 'new at <time>', count: 2, line: 5, text: 'ERROR: new at 10:00:01' },
    { pattern: 'while it was stopped', count: 1, line: 7, text: 'ERROR: while it was stopped' },
  ]);
});

test('a block is whole wherever chunks of the file end in it', async () => {
  for (let cut = 0; cut <= TRACE.length; cut += 7) {
    const filler = `${'x'.repeat(MEGABYTE - cut - 2)}\n`;
    const found = await fresh(['before', ''], ['after', `${filler}${TRACE}fine\n`]);
    expect(found).toEqual([{ pattern: 'gone', count: 1, line: 2, text: TRACE.trimEnd() }]);
  }
});

test('a line of many megabytes is one line, and what follows is found', async () => {
  const long = `ERROR: ${'é'.repeat(2 * MEGABYTE)}\n`;
  const found = await fresh(['before', ''], ['after', `${long}${TRACE}`]);
  expect(found?.map(({ line }) => line)).toEqual([1, 2]);
  expect(found?.[0]?.text.length).toBeLessThan(600);
});

test('a window ends a block', async () => {
  const found = await fresh(['before', 'Error: gone\n'], ['after', '    at a (x.js:1:2)\nfine\n']);
  expect(found).toEqual([]);
});

test('where everything is different, nothing is said to be new', async () => {
  // Twenty thousand and one: written in letters, for numbers would make one of them.
  const name = (n: number): string => [...String(n)].map((digit) => 'ghijklmnop'[Number(digit)]).join('');
  const many = Array.from({ length: 20_001 }, (_, n) => `ERROR: the ${name(n)}\n`).join('');
  expect(await fresh(['before', many], ['after', 'ERROR: new\n'])).toBeUndefined();
});
