import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { GRENADE } from '../e2e/rig.js';

// Real OpenStack, upgraded where it lies: its root file systems are kept below `openstack/.grenade` and nowhere else, so
// that a second run downloads nothing. It needs root; `scripts/test` says so where it does not run.
export const OPENSTACK = fileURLToPath(new URL('../../openstack', import.meta.url));
/** No command of Grenade takes longer. It is waited for without a break, so it is ended before the test's own limit is looked at. */
const COMMAND_MS = 28 * 60_000;
export const LIMIT = { timeout: 30 * 60_000 };

/** The workspace of this name that must fail. */
export function knownBad(name: string): string {
  return join(OPENSTACK, 'known-bad', name);
}

/** Ends what a run of this workspace left, if there was one. */
export function clean(workspace: string): void {
  if (!existsSync(join(workspace, '.grenade', 'latest'))) return;
  const { status, said } = grenade('clean', workspace);
  expect(status, said).toBe(0);
}

export function grenade(...args: readonly string[]): { readonly status: number; readonly said: string } {
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

/** What lies in the directory of its latest run. */
export function ofLatest(workspace: string, file: string): string {
  return readFileSync(join(realpathSync(join(workspace, '.grenade', 'latest')), file), 'utf8');
}

/** Command lines of processes of any run below `openstack/`, and what is mounted in its root file systems where all can see it. */
export function left(): string[] {
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  const processes = readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8');
      if (!environment.includes(`GRENADE_RUN_DIR=${OPENSTACK}/`)) return [];
      return [readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ')];
    } catch {
      return []; // It ended meanwhile.
    }
  });
  return [...mounts.filter((line) => line.includes(OPENSTACK)), ...processes];
}
