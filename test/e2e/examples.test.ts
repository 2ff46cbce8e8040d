import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GRENADE } from './rig.js';

// What we ship for newcomers to run, run for real: services from npm, in two releases each. A copy, so that what the
// working tree keeps of earlier runs neither helps nor is touched.
const SHIPPED = fileURLToPath(new URL('../../examples', import.meta.url));
const LINKS_STAY = { recursive: true, verbatimSymlinks: true } as const;
let top: string;

beforeAll(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'grenade-examples-')));
  chmodSync(top, 0o755); // PostgreSQL runs as nobody when the tests run as root.
  cpSync(SHIPPED, top, { ...LINKS_STAY, filter: (path) => !path.endsWith('/.grenade') });
});

afterAll(() => {
  rmSync(top, { recursive: true, force: true });
});

describe('the quickstart', () => {
  test('takes three services to their next release with all that they held', { timeout: 180_000 }, () => {
    const first = grenade('run', 'quickstart');
    expect(first.status, first.stdout + first.stderr).toBe(0);
    expect(first.stdout).toMatch(/postgres +14\.23 → 17\.10 +proven/);
    expect(first.stdout).toMatch(/worker +0\.13\.0 → 0\.16\.6 +proven/);
    expect(first.stdout).toMatch(/s3rver +2\.2\.9 → 3\.7\.1 +proven/);
    expect(first.stdout).toContain('1 row of graphile_worker.jobs with another key and the same content');
    expect(first.stdout).toContain('column payload of graphile_worker.jobs gone, with 1 value');
    expect(first.stdout).toContain('4 files moved (s3rver 3 keeps the parts of an object side by side)');
    expect(first.stdout).toContain('2 files rewritten (s3rver 3 describes an object in other words)');
    expect(first.stdout).not.toContain('did not happen');
    expect(left(), 'processes after a run that passed').toEqual([]);
  });

  test('installs nothing a second time, and tells nobody its password', { timeout: 120_000 }, () => {
    const second = grenade('run', 'quickstart');
    expect(second.status, second.stdout + second.stderr).toBe(0);
    expect(stepLogs('quickstart', 'install')).toHaveLength(6);
    for (const log of stepLogs('quickstart', 'install')) expect(log).toContain('is there already');

    const password = readFileSync(join(latest('quickstart'), 'resources', 'postgres', 'password'), 'utf8');
    expect(password).not.toBe('');
    expect(second.stdout + grenade('report', 'quickstart').stdout).not.toContain(password);
    grenade('clean', 'quickstart');
  });
});

describe('known bad', () => {
  const CASES = [
    {
      example: 'pg-boss-fails-to-migrate',
      fails: 'start',
      says: ['The upgrade broke boss', 'column "retry_limit" of relation "job" does not exist'],
    },
    {
      example: 's3rver-not-converted',
      fails: 'verify',
      says: ['The upgrade broke s3rver', 'verify post-upgrade', 'resources.sh:', 'answered 404', 'NoSuchKey'],
    },
    {
      example: 's3rver-loses-metadata',
      fails: 'verify',
      says: [
        'The upgrade broke s3rver',
        'verify post-upgrade',
        'resources.sh:',
        'x-amz-meta-colour was "green" and is gone',
      ],
    },
    {
      example: 'old-server-still-answers',
      fails: 'version',
      says: ['web', '2.0', '1.0.4'],
    },
  ];

  test.for(CASES)('$example fails in $fails', { timeout: 120_000 }, ({ example, fails, says }) => {
    const workspace = `known-bad/${example}`;
    lendInstalled('quickstart', workspace);
    const run = grenade('run', workspace);
    expect(run.status, run.stdout + run.stderr).toBe(1);
    for (const words of says) expect(run.stdout).toContain(words);
    expect(failedSteps(workspace)).toEqual([expect.stringMatching(new RegExp(`/${fails}:target@autumn$`))]);

    expect(left(), 'processes kept up to look at').not.toEqual([]);
    const clean = grenade('clean', workspace);
    expect(clean.status, clean.stdout + clean.stderr).toBe(0);
    expect(left(), 'processes after clean').toEqual([]);
  });
});

function grenade(...args: readonly string[]): { status: number; stdout: string; stderr: string } {
  try {
    const stdout = execFileSync(process.execPath, [GRENADE, ...args], {
      cwd: top,
      env: { ...process.env, NO_COLOR: '1' },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { status: 0, stdout, stderr: '' };
  } catch (error) {
    return error as { status: number; stdout: string; stderr: string };
  }
}

/** What one workspace has installed spares another the fetching of the same. */
function lendInstalled(from: string, to: string): void {
  const installed = join(top, from, '.grenade', 'releases');
  if (existsSync(installed)) cpSync(installed, join(top, to, '.grenade', 'releases'), LINKS_STAY);
}

function latest(workspace: string): string {
  return realpathSync(join(top, workspace, '.grenade', 'latest'));
}

function stepLogs(workspace: string, hook: string): string[] {
  const steps = join(latest(workspace), 'steps');
  return readdirSync(steps)
    .filter((name) => name.endsWith(`-${hook}.log`))
    .map((name) => readFileSync(join(steps, name), 'utf8'));
}

function failedSteps(workspace: string): string[] {
  return readFileSync(join(latest(workspace), 'journal.ndjson'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((event) => event.type === 'step-finished' && event.failure !== undefined)
    .map((event) => event.step);
}

/** Command lines of processes whose environment or arguments name our directory. */
function left(): string[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const [command, environment] = ['cmdline', 'environ'].map((file) =>
        readFileSync(`/proc/${entry}/${file}`, 'utf8'),
      );
      return `${command}${environment}`.includes(top) ? [`${command}`.replaceAll('\0', ' ')] : [];
    } catch {
      return []; // It ended meanwhile.
    }
  });
}
