import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rig } from '../services/rig.js';

const rig = new Rig();
beforeAll(() => {
  rig.installShell();
  mkdirSync(rig.runDir);
});
afterAll(() => rig.clean());

const FUNCTIONS = 'source $GRENADE_DIR/functions\n';
const kept = (project: string) => readdirSync(join(rig.runDir, 'resources', project)).sort();

describe.each(['C', 'POSIX', 'C.UTF-8'])('under LC_ALL=%s', (locale) => {
  test.each(['', 'set -euo pipefail\n'])('every byte comes back, in values and in names (%j)', (options) => {
    // Names in parts: one becomes a file's name, of three letters a byte.
    const result = rig.bash(
      `${options}${FUNCTIONS}
      for i in {1..255}; do printf -v x '\\\\x%02x' "$i"; all+=$x; done
      printf -v all "$all"
      for at in 0 60 120 180 240; do
        name=$(LC_ALL=C; printf %s. "\${all:at:60}"); name=\${name%.}
        resource_save "$name" "$name" "$all" && resource_get "$name" "$name" value
        [[ $value == "$all" ]] && echo same
      done
      LC_ALL=C; echo "\${#value}"`,
      { LC_ALL: locale },
    );
    expect(result).toMatchObject({ status: 0, stderr: '', stdout: `${'same\n'.repeat(5)}255\n` });
    expect(result.notes).toHaveLength(5);
  });
});

test('keys are names, whatever they look like', () => {
  const keys = ['a/b/../..', '.', '..', '$(exit 3)', 'ünï→😀', '*', '-n', "it's"];
  const quoted = [...keys.map((key) => `'${key.replaceAll("'", "'\\''")}'`), "$'new\\nline'"];
  const result = rig.bash(
    `set -eu\n${FUNCTIONS}keys=(${quoted.join(' ')})
    for i in "\${!keys[@]}"; do resource_save keys "\${keys[i]}" "$i"; done
    for key in "\${keys[@]}"; do resource_get keys "$key"; done`,
  );
  expect(result).toMatchObject({ status: 0, stderr: '', stdout: quoted.map((_, i) => `${i}\n`).join('') });
  expect(kept('keys')).toHaveLength(quoted.length);
});

test('an empty value and one of 5 MB come back', () => {
  const result = rig.bash(
    `set -eu\n${FUNCTIONS}big=$(head -c 5000000 /dev/zero | tr '\\0' x)
    resource_save size none ''; resource_get size none none; echo "\${#none}"
    resource_save size big "$big"; resource_get size big value; [[ $value == "$big" ]]; echo "\${#value}"`,
  );
  expect(result).toMatchObject({ status: 0, stdout: '0\n5000000\n' });
});

test('a long value written by many at once is never torn', async () => {
  const script = `${FUNCTIONS}
    a=$(printf 'a%.0s' {1..100000}) b=$(printf 'b%.0s' {1..100000})
    resource_save torn k "$a"
    for i in 1 2 3 4; do ( for n in {1..10}; do resource_save torn k "$a"; resource_save torn k "$b"; done ) & done
    for n in {1..100}; do resource_get torn k v; [[ $v == "$a" || $v == "$b" ]] || echo torn; done
    wait`;
  expect(await rig.bashBeside(script).ended).toEqual({ status: 0, output: '' });
  expect(kept('torn')).toEqual(['k']);
});

test('a name too long for a file is told, and leaves nothing behind', () => {
  const result = rig.bash(`${FUNCTIONS}resource_save long first 1\nresource_save long "$KEY" v`, {
    KEY: 'k'.repeat(300),
  });
  expect(result.status).toBe(1);
  expect(result.stderr).toMatch(
    /^resource_save: resource k{300} of long could not be kept in .*: File name too long\n$/,
  );
  expect(kept('long')).toEqual(['first']);
});

test('whatever a script set for itself, the functions understand each other', () => {
  const result = rig.bash(
    `IFS=,; set -f -C; shopt -s nullglob failglob nocasematch\n${FUNCTIONS}
    service_start odd -- sleep 300 >/dev/null
    # Without Node, which they only need when something is not as it should be.
    GRENADE_NODE=/none is_service_running odd && GRENADE_NODE=/none ensure_services_started odd && echo up
    service_stop odd && GRENADE_NODE=/none ensure_services_stopped odd && echo down
    echo_summary a b; warn c d; resource_save odd 'k K' v; resource_get odd 'k K'; die x y`,
  );
  expect(result).toMatchObject({ status: 1, stdout: 'up\ndown\na b\nv\n' });
  expect(result.stderr).toMatch(/^WARNING: c d\n.*script.sh:\d+: x y\n$/);
});

/** A file system of 64 kB, where we may mount one. */
function mountSmall(): string | undefined {
  const path = join(rig.dir, 'small');
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', path], { stdio: 'ignore' });
    return path;
  } catch {
    return undefined;
  }
}

test.runIf(process.getuid?.() === 0)('a full disk is told, and takes no value with it', (context) => {
  const small = mountSmall();
  if (small === undefined) return context.skip('this machine lets nobody mount');
  try {
    const result = rig.bash(
      `set -e\n${FUNCTIONS}resource_save p k old
      resource_save p k "$(head -c 200000 /dev/zero | tr '\\0' x)" || echo "status $?"
      head -c 100000 /dev/zero 2>/dev/null >"$GRENADE_RUN_DIR/fill" || :
      resource_save p k new || echo "status $?"
      resource_get p k
      service_start svc -- sleep 300 || echo "status $?"
      resource_save p other value`,
      { GRENADE_RUN_DIR: small },
    );
    expect(result).toMatchObject({ status: 1, stdout: 'status 1\nstatus 1\nold\nstatus 1\n' });
    const full = 'No space left on device';
    const told = (key: string) =>
      `resource_save: resource ${key} of p could not be kept in ${small}/resources/p: ${full}`;
    const [first, second, started, last] = result.stderr.trim().split('\n');
    expect([first, second, last]).toEqual([told('k'), told('k'), told('other')]);
    expect(started).toMatch(/^service_start: ENOSPC: no space left on device/);
    expect(readdirSync(join(small, 'resources/p'))).toEqual(['k']);
    expect(readdirSync(join(small, 'supervised'))).toEqual([]);
  } finally {
    execFileSync('umount', [small]);
  }
});
