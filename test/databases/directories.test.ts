import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { compareDirectories } from '../../src/databases/compare-directories.js';
import { type Difference, weightOf } from '../../src/journal/difference.js';

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'grenade-directories-'));
});
afterEach(() => rmSync(top, { recursive: true, force: true }));

const write = (side: string, files: Readonly<Record<string, string | Buffer>>): void => {
  for (const [path, content] of Object.entries(files)) {
    const full = join(top, side, path);
    mkdirSync(dirname(full), { recursive: true });
    writeFileSync(full, content);
  }
};

async function compare(wanted: (path: string) => boolean = () => true): Promise<Difference[]> {
  const found: Difference[] = [];
  // What each system calls its own is the same to both.
  const side = (name: string) => ({ root: join(top, name), plain: (text: string) => text.replaceAll(name, 'SELF') });
  const options = { wanted, stop: new AbortController().signal };
  await compareDirectories(side('fresh'), side('upgraded'), options, (difference) => found.push(difference));
  return found;
}

const lines = (found: readonly Difference[]): string[] =>
  found.map(({ kind, at, detail }) => [kind, at, detail].filter(Boolean).join(' ')).sort();

describe('two directories', () => {
  test('that say the same, each of itself, are the same', async () => {
    for (const side of ['fresh', 'upgraded']) {
      write(side, {
        'etc/app.conf': `home = /srv/${side}\n`,
        [`run/${side}.id`]: side,
        'db/data.bin': Buffer.from([0, 1]),
      });
      symlinkSync(`/srv/${side}`, join(top, side, 'here'));
    }
    expect(await compare()).toEqual([]);
  });

  test('may lack files, on either side', async () => {
    write('fresh', { 'policy.yaml': 'x', both: 'x' });
    write('upgraded', { 'old.conf': 'x', both: 'x', 'server.pid': '7', 'a.lock': '' });
    const found = await compare();
    expect(lines(found)).toEqual(['file-extra old.conf', 'file-missing policy.yaml']);
    expect(found.map(weightOf)).toEqual(['addition', 'drift']);
  });

  test('may say something else, which is shown line by line', async () => {
    write('fresh', { 'app.conf': '# since autumn\nworkers = 4\n\nport=1\n' });
    write('upgraded', { 'app.conf': '# since spring\nworkers = 2\nport=1\n' });
    const [difference, ...others] = await compare();
    expect(others).toEqual([]);
    expect(difference).toMatchObject({
      kind: 'file-differs',
      at: 'app.conf',
      examples: ['here: workers = 2', 'fresh: workers = 4'],
    });
  });

  test('may say the same in other comments, or in another order', async () => {
    write('fresh', { 'a.conf': '# one\nx = 1\ny = 2\n', 'b.conf': 'x = 1\ny = 2\n' });
    write('upgraded', { 'a.conf': '; two\n  x = 1\ny = 2', 'b.conf': 'y = 2\nx = 1\n' });
    const found = await compare();
    expect(lines(found)).toEqual(['file-differs b.conf the same lines in another order', 'looks-differ others']);
    expect(found.map(weightOf).sort()).toEqual(['addition', 'drift']);
  });

  test('may have a file that others may read, or a link in its place', async () => {
    for (const side of ['fresh', 'upgraded']) write(side, { secret: 'x', other: 'x' });
    chmodSync(join(top, 'fresh', 'secret'), 0o600);
    chmodSync(join(top, 'upgraded', 'secret'), 0o644);
    rmSync(join(top, 'upgraded', 'other'));
    symlinkSync('secret', join(top, 'upgraded', 'other'));
    expect(lines(await compare())).toEqual([
      expect.stringMatching(/^file-differs other kind link \(fresh: file\)/),
      'file-differs secret mode 644 (fresh: 600)',
    ]);
  });

  test('are compared only in what is wanted, and what is not there is empty', async () => {
    write('upgraded', { 'a.conf': 'x', data: 'x' });
    expect(lines(await compare((path) => path.endsWith('.conf')))).toEqual(['file-extra a.conf']);
  });
});
