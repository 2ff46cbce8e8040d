import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeName, readResource, saveResource } from '../../src/resources/store.js';
import { Rig } from '../services/rig.js';

const rig = new Rig();
beforeAll(() => {
  rig.installShell();
  mkdirSync(rig.runDir);
});
afterAll(() => rig.clean());

/** What a shell variable can hold: any bytes but NUL. */
const bytes = fc.uint8Array({ max: 255, min: 1, maxLength: 40 }).map((value) => Buffer.from(value));
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }).filter((value) => !value.includes('\0'));
const name = fc.oneof(
  text,
  fc.constantFrom('.', '..', 'a/b', '../../x', '-n', '*', '~', 'a b', "it's", '%41', 'é', '\n'),
);

/**
 * Scripts with arguments of any bytes: written out as `$'\xNN'`, since neither Node's arguments nor its environment
 * take what is not text.
 */
const quoted = (value: Uint8Array): string =>
  `$'${[...value].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}'`;

function shell(locale: string, ...commands: readonly string[]) {
  const done = spawnSync('bash', ['-c', `set -eu\nsource "$GRENADE_DIR/functions"\n${commands.join('\n')}\n`], {
    env: rig.environment({ LC_ALL: locale }),
  });
  expect(done.stderr.toString()).toBe('');
  return done;
}

describe('bash and TypeScript', () => {
  test.each(['C', 'C.UTF-8'])('keep exact bytes and find what the other kept (%s)', (locale) => {
    fc.assert(
      fc.property(name, name, bytes, bytes, (project, key, fromBash, fromHere) => {
        const [p, k] = [quoted(Buffer.from(project)), quoted(Buffer.from(key))];
        expect(saveResource(rig.runDir, project, `${key}2`, fromHere)).toMatchObject({ ok: true });
        const done = shell(
          locale,
          `resource_save ${p} ${k} ${quoted(fromBash)}`,
          `resource_get ${p} ${quoted(Buffer.from(`${key}2`))} VALUE`,
          'printf %s "$VALUE"',
        );
        expect(done.stdout).toEqual(fromHere);
        expect(readResource(rig.runDir, project, key)).toEqual({ ok: true, value: fromBash });
      }),
      // Bash loses a control byte that it reads after the beginning of a character.
      { numRuns: 60, examples: [['p', 'k', Buffer.from([194, 1, 1]), Buffer.from([194, 1, 1])]] },
    );
  });
});

test('a name becomes one plain file', () => {
  fc.assert(
    fc.property(name, (any) => {
      expect(encodeName(any)).toMatch(/^(?!\.{1,2}$)[A-Za-z0-9_.%-]+$/);
      expect(Buffer.from(decodeURIComponent(encodeName(any))).toString()).toBe(any);
    }),
  );
});

test('nothing is left beside the values', () => {
  shell('C.UTF-8', 'resource_save tidy a 1', 'resource_save tidy a 2');
  saveResource(rig.runDir, 'tidy', 'b', '3');
  expect(readdirSync(join(rig.runDir, 'resources/tidy')).sort()).toEqual(['a', 'b']);
});

test('values saved side by side are whole', async () => {
  const many = Array.from(
    { length: 8 },
    (_, i) => `( for n in 1 2 3 4 5; do resource_save side k ${'x'.repeat(100)}${i}; done ) &`,
  );
  const { status } = await rig.bashBeside(`source $GRENADE_DIR/functions; ${many.join(' ')} wait`).ended;
  expect(status).toBe(0);
  const value = readResource(rig.runDir, 'side', 'k');
  expect(value.ok && value.value.toString()).toMatch(/^x{100}[0-7]$/);
});

describe('what cannot be', () => {
  test('an empty name, in both', () => {
    expect(saveResource(rig.runDir, '', 'k', 'v')).toMatchObject({ ok: false, error: { kind: 'bad-name' } });
    expect(saveResource(rig.runDir, 'p', '', 'v')).toMatchObject({ ok: false, error: { kind: 'bad-name' } });
    const result = rig.bash('source $GRENADE_DIR/functions\nresource_save p "" v');
    expect(result).toMatchObject({ status: 2 });
    expect(result.stderr).toContain('write resource_save PROJECT KEY VALUE');
  });

  test('what nobody saved', () => {
    expect(readResource(rig.runDir, 'p', 'nobody')).toMatchObject({ ok: false, error: { kind: 'missing' } });
    const result = rig.bash('source $GRENADE_DIR/functions\nx=$(resource_get p nobody)\n');
    expect(result).toMatchObject({
      status: 1,
      stderr: 'resource_get: no resource nobody of p was saved in this run\n',
    });
  });

  test('a NUL byte in a variable', () => {
    saveResource(rig.runDir, 'p', 'nul', Buffer.from('a\0b'));
    const result = rig.bash('source $GRENADE_DIR/functions\nresource_get p nul V');
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('holds a NUL byte');
  });
});

test('resource_save tells the runner what was saved, with names as they were given', () => {
  const result = rig.bash(
    "source $GRENADE_DIR/functions\nresource_save 'p q' $'k\\tey' v\nresource_get 'p q' $'k\\tey'",
  );
  expect(result).toMatchObject({ status: 0, stdout: 'v\n', notes: [['saved', 'p q', 'k\tey']] });
});
