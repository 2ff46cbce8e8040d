import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const have = spawnSync('shellcheck', ['--version']).status === 0;

test.runIf(have)('every shell script of the repository is clean, chosen and checked as scripts/test does', () => {
  const script = `set -euo pipefail
    have() { :; }
    source <(sed -n '/^scripts_lint() {/,/^}/p' scripts/test)
    scripts=()
    scripts_lint`;
  const { status, stdout } = spawnSync('bash', ['-c', script], { cwd: root, encoding: 'utf8' });
  expect(stdout).toMatch(/^\d+ scripts are clean\.\n$/);
  expect(status).toBe(0);
});
