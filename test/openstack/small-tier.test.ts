import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { GRENADE } from '../e2e/rig.js';

// Real OpenStack, upgraded where it lies: its root file systems are kept below `openstack/.grenade` and nowhere else, so
// that a second run downloads nothing. It needs root; `scripts/test` says so where it does not run.
const OPENSTACK = fileURLToPath(new URL('../../openstack', import.meta.url));
const KNOWN_BAD = join(OPENSTACK, 'known-bad/db-sync-skipped');
/** No command of Grenade takes longer. It is waited for without a break, so it is ended before the test's own limit is looked at. */
const COMMAND_MS = 18 * 60_000;
const LIMIT = { timeout: 20 * 60_000 };

afterEach(() => {
  for (const workspace of [OPENSTACK, KNOWN_BAD]) {
    // There is nothing to clean where nothing was run.
    if (!existsSync(join(workspace, '.grenade', 'latest'))) continue;
    const { status, said } = grenade('clean', workspace);
    expect(status, said).toBe(0);
  }
}, LIMIT.timeout);

test('keystone and placement go from Zed to 2025.1 with all that they held', LIMIT, () => {
  const { status, said } = grenade('run', OPENSTACK, '--projects', 'keystone,placement');
  expect(status, said).toBe(0);
  expect(said).toMatch(/database +10\.11\S* → 11\.8.* proven/);
  expect(said).toMatch(/keystone +22\.\S+ → 27\.\S+ +proven/);
  expect(said).toMatch(/placement +8\.\S+ → 13\.\S+ +proven/);
  expect(said).not.toContain('did not happen');
  for (const name of ['database', 'keystone', 'placement']) {
    expect(outages(OPENSTACK, name), `outages of ${name}, which was shut down and is asked all the time`).not.toEqual(
      [],
    );
  }
  expect(left(), 'processes after a run that passed').toEqual([]);
});

test('without its db_sync keystone fails, and the result has its own words for it', LIMIT, () => {
  const { status, said } = grenade('run', KNOWN_BAD);
  expect(status, said).toBe(1);
  expect(said).toContain('The upgrade broke keystone');
  expect(said).toContain("Unknown column 'mapping.schema_version'");
  expect(grenade('clean', KNOWN_BAD).status).toBe(0);
  expect(left(), 'processes after clean').toEqual([]);
});

function grenade(...args: readonly string[]): { readonly status: number; readonly said: string } {
  const options = {
    env: { ...process.env, NO_COLOR: '1' },
    encoding: 'utf8',
    stdio: 'pipe',
    timeout: COMMAND_MS,
    killSignal: 'SIGINT',
    maxBuffer: 64 << 20,
  } as const;
  try {
    return { status: 0, said: execFileSync(process.execPath, [GRENADE, ...args], options) };
  } catch (error) {
    const { status, stdout, stderr } = error as { status: number; stdout: string; stderr: string };
    return { status, said: stdout + stderr };
  }
}

function outages(workspace: string, probe: string): unknown[] {
  const run = realpathSync(join(workspace, '.grenade', 'latest'));
  const result = JSON.parse(readFileSync(join(run, 'result.json'), 'utf8'));
  return result.probes.find(({ name }: { name: string }) => name === probe).outages;
}

/** Command lines of processes of this workspace, and what is mounted in its root file systems where all can see it. */
function left(): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const processes = readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8');
      if (!environment.includes(`GRENADE_WORKSPACE=${OPENSTACK}`)) return [];
      return [readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ')];
    } catch {
      return []; // It ended meanwhile.
    }
  });
  return [...mounts.filter((line) => line.includes(OPENSTACK)), ...processes];
}
