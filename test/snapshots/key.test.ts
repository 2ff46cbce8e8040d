import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Hook } from '../../src/journal/record.js';
import type { HookCommand, Project } from '../../src/project/project.js';
import { changedBetween, ingredientsOf, keyOf } from '../../src/snapshots/key.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { projectOf, workspaceOf } from '../workspace/made.js';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'grenade-key-'));
  for (const file of ['grenade.yaml', 'lib.sh', 'projects/db/start.sh', 'projects/db/migrate.sh']) write(file, file);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(dir, file)), { recursive: true });
  writeFileSync(join(dir, file), text);
}

const hook = (file: string): HookCommand => {
  const source = join(dir, 'projects/db', file);
  return { source, command: [source], reportsReturn: false };
};
const project = (hooks: readonly (readonly [Hook, string])[]): Project =>
  projectOf('db', [], {
    dir: join(dir, 'projects/db'),
    hooks: new Map(hooks.map(([name, file]) => [name, hook(file)])),
  });

const workspace = (more: Partial<Workspace> = {}): Workspace =>
  workspaceOf(
    [
      project([
        ['start', 'start.sh'],
        ['migrate', 'migrate.sh'],
      ]),
    ],
    {
      dir,
      file: join(dir, 'grenade.yaml'),
      base: { name: 'spring', versions: { db: '1' }, env: { DB: '1.0' } },
      target: { name: 'autumn', versions: { db: '2' }, env: { DB: '2.0' } },
      dataRoot: join(dir, '.grenade'),
      ...more,
    },
  );

const made = (more: Partial<Workspace> = {}, version = '1.0') => ingredientsOf(workspace(more), '/runs/1', version);
/** What is another ingredient after this. */
const changed = (change: () => void, more: Partial<Workspace> = {}): string[] => {
  const before = made();
  change();
  const after = made(more);
  const names = changedBetween(before, after);
  expect(keyOf(before) === keyOf(after)).toBe(names.length === 0);
  return names;
};
const nothing = (): void => {};

describe('the key of a base', () => {
  test('is the same for the same workspace', () => {
    expect(changed(nothing)).toEqual([]);
    expect(keyOf(made())).toMatch(/^[0-9a-f]{12}$/);
  });

  test('hangs on the files that its hooks can see, and on their run bits', () => {
    expect(changed(() => write('projects/db/start.sh', 'other'))).toEqual(['projects/db/start.sh']);
    expect(changed(() => write('lib.sh', 'other'))).toEqual(['lib.sh']);
    expect(changed(() => write('projects/db/new', ''))).toEqual(['projects/db/new']);
    expect(changed(() => chmodSync(join(dir, 'projects/db/start.sh'), 0o755))).toEqual(['projects/db/start.sh']);
  });

  test('does not hang on what only the target is made from, nor on what runs leave', () => {
    expect(changed(() => write('projects/db/migrate.sh', 'other'))).toEqual([]);
    expect(changed(() => write('projects/db/from-spring/upgrade-db', 'other'))).toEqual([]);
    expect(changed(() => write('grenade.yaml', 'other'))).toEqual([]);
    expect(changed(() => write('.grenade/runs/1/data/file', 'other'))).toEqual([]);
    expect(changed(() => write('.git/index', 'other'))).toEqual([]);
    expect(changed(nothing, { target: { name: 'autumn', versions: { db: '3' }, env: {} } })).toEqual([]);
  });

  test('a module whose migrate changes may have changed all else', () => {
    const projects = [
      project([
        ['start', 'project.ts'],
        ['migrate', 'project.ts'],
      ]),
    ];
    write('projects/db/project.ts', 'one');
    const before = made({ projects });
    write('projects/db/project.ts', 'two');
    expect(changedBetween(before, made({ projects }))).toEqual(['projects/db/project.ts']);
  });

  test('hangs on releases, projects, what settings export, and Grenade', () => {
    const base = { name: 'spring', versions: { db: '1.1' }, env: { DB: '1.1' } };
    expect(changed(nothing, { base })).toEqual(['release variable DB', 'version of db']);
    expect(changed(nothing, { target: { name: 'winter', versions: {}, env: {} } })).toEqual(['target']);
    expect(changed(nothing, { env: { MODE: 'fast' } })).toEqual(['variable MODE']);
    expect(changed(nothing, { projects: [] })).toContain('projects');
    expect(changedBetween(made(), made({}, '1.1'))).toEqual(['grenade']);
  });

  test("does not hang on the run's own paths, and holds no value that may be secret", () => {
    const one = ingredientsOf(workspace({ env: { CONF: '/runs/1/save/x' } }), '/runs/1', '1');
    const two = ingredientsOf(workspace({ env: { CONF: '/runs/2/save/x' } }), '/runs/2', '1');
    expect(keyOf(one)).toBe(keyOf(two));
    expect(JSON.stringify(made({ env: { DB_PASSWORD: 'hunter2' } }))).not.toContain('hunter2');
  });

  test('files of installed packages, and large ones, count by size and time', () => {
    write('node_modules/pg/index.js', 'aaaa');
    write('large', 'a'.repeat(1_000_001));
    const before = made();
    write('node_modules/pg/index.js', 'bbbbb');
    write('large', 'b'.repeat(1_000_002));
    expect(changedBetween(before, made())).toEqual(['large', 'node_modules/pg/index.js']);
  });
});
