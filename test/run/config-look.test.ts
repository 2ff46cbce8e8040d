import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { compareLooks, lookAt } from '../../src/run/config-look.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'grenade-config-'));
  mkdirSync(join(dir, 'conf.d'));
  writeFileSync(join(dir, 'app.conf'), 'a=1\nb=2\n', { mode: 0o644 });
  writeFileSync(join(dir, 'conf.d', 'more'), 'x\n');
  writeFileSync(join(dir, 'blob'), Buffer.from([0, 1, 2]));
  symlinkSync('app.conf', join(dir, 'link'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

async function after(change: () => void): Promise<string[]> {
  const before = await lookAt(dir);
  change();
  const differences = compareLooks(before, await lookAt(dir, before));
  return differences.map(({ kind, at, detail }) => [kind, at, detail].filter(Boolean).join(' '));
}

test('what was only touched, or written again as it was, is as it was', async () => {
  expect(await after(() => {})).toEqual([]);
  expect(await after(() => utimesSync(join(dir, 'app.conf'), 1, 1))).toEqual([]);
  expect(await after(() => writeFileSync(join(dir, 'app.conf'), 'a=1\nb=2\n'))).toEqual([]);
});

test('every other change is told, without what stands in the lines', async () => {
  expect(
    await after(() => {
      // As long as before, and as old: only when it was written tells.
      writeFileSync(join(dir, 'app.conf'), 'a=1\nb=3\n');
      utimesSync(join(dir, 'app.conf'), 1, 1);
      chmodSync(join(dir, 'conf.d', 'more'), 0o600);
      writeFileSync(join(dir, 'blob'), Buffer.from([0, 9, 2]));
      rmSync(join(dir, 'link'));
      symlinkSync('blob', join(dir, 'link'));
      writeFileSync(join(dir, 'conf.d', 'new'), '');
    }),
  ).toEqual(
    [
      'files-changed app.conf 1 new and 1 gone of its lines',
      'files-changed blob content',
      'files-new conf.d/new',
      'files-changed conf.d/more mode 644 → 600',
      'files-changed link content',
    ].sort((a, b) => (a.split(' ')[1] ?? '').localeCompare(b.split(' ')[1] ?? '')),
  );
});

test('a place can be a file, come and go', async () => {
  const file = join(dir, 'app.conf');
  const before = await lookAt(file);
  expect(before.root).toBe(dir);
  rmSync(file);
  expect(compareLooks(before, await lookAt(file, before))).toMatchObject([{ kind: 'files-gone', at: 'app.conf' }]);
  expect((await lookAt(join(dir, 'nowhere'))).files.size).toBe(0);
});
