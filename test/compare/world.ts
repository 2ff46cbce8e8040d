import { spawn } from 'node:child_process';
import { closeSync, existsSync, lstatSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Case } from './case.js';
import { NOBODY } from './lay.js';
import { ALONE, find } from './programs.js';
import { type Act, plainer, readRecording } from './recording.js';
import { git } from './templates.js';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** Where ours is for who runs it in a world. The checkout may lie where nobody gets to, or below the machine's /tmp. */
const ours = (root: string): string => (NOBODY === undefined ? CHECKOUT : join(root, 'ours'));

export type Side = 'original' | 'ours';

/** What one run of a world did. */
export interface Ran {
  /** Its exit status. */
  readonly status: number | 'limit';
  readonly acts: readonly Act[];
  readonly output: string;
  /** Of ours: what `result.json` says. */
  readonly result: Result | undefined;
}

/** What is asked of `result.json`. */
export interface Result {
  readonly verdict: string | null;
  readonly steps: readonly {
    readonly key: string;
    readonly phase: string;
    readonly hook: string | null;
    readonly status: string;
    readonly failure: { readonly short: string } | null;
  }[];
}

/** What a world looks like when its runs are over. */
export interface Outcome {
  readonly root: string;
  readonly runs: readonly Ran[];
  /** Text, or for directories the names in them, by path. */
  readonly left: ReadonlyMap<string, string>;
}

/** Runs the original or ours over a world, as often as its case says. */
export async function runWorld(root: string, side: Side, test: Case): Promise<Outcome> {
  const ws = join(root, 'ws');
  const plain = plainer(root, side === 'original' ? ws : join(ours(root), 'shell'));
  const runs: Ran[] = [];
  for (const flags of test.runs) {
    const output = join(root, `output-${runs.length}`);
    const status = await runOnce(root, commandOf(side, root, flags, test.failFast), output);
    runs.push({
      status,
      acts: readRecording(readFileSync(join(root, 'record')), plain),
      output: `${readFileSync(output, 'utf8')}${side === 'original' ? quietly(root) : ''}`,
      result: side === 'ours' ? readResult(join(ws, '.grenade', 'latest', 'result.json')) : undefined,
    });
    writeFileSync(join(root, 'record'), '');
    rmSync(join(ws, '.grenade', 'latest', 'result.json'), { force: true });
  }
  return { root, runs, left: whatIsLeft(root, plain) };
}

/** What the original said where nobody saw it: with -q its output is in the log alone. */
function quietly(root: string): string {
  const log = join(root, 'stack', 'logs', 'grenade.sh.log');
  return existsSync(log) ? readFileSync(log, 'utf8') : '';
}

function readResult(path: string): Result | undefined {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Result) : undefined;
}

/** What either says of itself in a `local.conf`. */
const ADDED_BY = /^# added by \S*\/(grenade\.sh|settings\.bash)$/gm;

/**
 * How long a run of a world takes, in milliseconds, with nothing recorded but what stand-ins do.
 *
 * @throws When it does not end with status 0.
 */
export async function timeWorld(root: string, side: Side): Promise<number> {
  const output = join(root, 'output');
  const began = performance.now();
  const status = await runOnce(root, commandOf(side, root, ['-q'], false), output, { timed: true });
  const took = performance.now() - began;
  if (status !== 0) {
    const said = `${readFileSync(output, 'utf8')}${quietly(root)}`.trimEnd().split('\n').slice(-20);
    throw new Error(`${side} ended with ${status}:\n${said.join('\n')}`);
  }
  return took;
}

const commandOf = (side: Side, root: string, flags: readonly string[], failFast: boolean): readonly string[] =>
  side === 'original'
    ? ['./grenade.sh', ...flags]
    : [
        ...['node', join(ours(root), 'bin/grenade.js'), 'run'],
        ...(failFast ? ['--fail-fast'] : []),
        ...[...flags, join(root, 'ws')],
      ];

/** What later steps, or people, read of what a run wrote. */
function whatIsLeft(root: string, plain: (text: string) => string): Map<string, string> {
  const left = new Map<string, string>();
  const stack = join(root, 'stack');
  for (const side of ['old', 'new']) {
    for (const name of ['local.conf', 'localrc', '.localrc.auto']) {
      const path = join(stack, side, 'devstack', name);
      if (existsSync(path))
        left.set(`stack/${side}/devstack/${name}`, plain(readFileSync(path, 'utf8')).replace(ADDED_BY, ''));
    }
  }
  for (const dir of ['stack/save', 'etc']) {
    for (const path of existsSync(join(root, dir)) ? readdirSync(join(root, dir), { recursive: true }) : []) {
      const file = join(root, dir, String(path));
      if (lstatSync(file).isFile()) left.set(`${dir}/${path}`, plain(readFileSync(file, 'utf8')));
    }
  }
  for (const dir of ['stack/plugins', 'given-plugins', 'stack/old', 'stack/new']) {
    for (const name of existsSync(join(root, dir)) ? readdirSync(join(root, dir)) : []) {
      const path = join(root, dir, name);
      if (!lstatSync(path).isDirectory() || !existsSync(join(path, '.git'))) continue;
      left.set(`${dir}/${name}`, git(path, 'rev-parse', 'HEAD').trim());
    }
  }
  return left;
}

/** How long one run may take; on a busy machine a real plugin takes minutes. */
const LIMIT_MS = 1_200_000;

const MOUNTED =
  '"$1" --bind "$3" "$2/ours" && "$1" --bind "$2/etc" /etc && "$1" --bind "$2/tmp" /tmp && shift 3 && exec "$@"';

async function runOnce(
  root: string,
  command: readonly string[],
  output: string,
  { timed = false } = {},
): Promise<number | 'limit'> {
  const log = openSync(output, 'w');
  // There /etc and /tmp are its world's.
  const alone = [
    ...[find('unshare') ?? 'unshare', ...ALONE],
    ...['sh', '-c', MOUNTED, 'sh', find('mount') ?? 'mount', root, CHECKOUT],
    ...[find('setpriv') ?? 'setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'],
  ];
  // The last of what it said comes through programs that it does not wait for.
  const whole = timed ? command : ['sh', '-c', '"$@"; status=$?; /bin/sleep 0.3; exit $status', 'sh', ...command];
  const [program = '', ...args] = NOBODY === undefined ? whole : [...alone, ...whole];
  const child = spawn(program, args, {
    cwd: join(root, 'ws'),
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: join(root, 'bin'),
      HOME: join(root, 'home'),
      TMPDIR: join(root, 'tmp'),
      USER: 'stack',
      LOGNAME: 'stack',
      LANG: 'C.UTF-8',
      ...(timed ? {} : { BASH_ENV: join(root, 'record.bash') }),
      GIT_CONFIG_GLOBAL: join(root, 'gitconfig'),
      GIT_CONFIG_SYSTEM: join(root, 'gitconfig.system'),
      NO_COLOR: '1',
    },
  });
  closeSync(log);
  return await new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      resolve('limit');
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, LIMIT_MS);
    child.once('error', reject);
    child.once('exit', (status, signal) => {
      clearTimeout(limit);
      resolve(status ?? (signal === null ? 255 : 128));
    });
  });
}
