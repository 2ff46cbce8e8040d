// What a snapshot of the base saves: the quickstart, whole, from nothing and from its snapshot.
import { chmodSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { foldRun } from '../src/journal/fold.js';
import { readJournal } from '../src/journal/journal.js';
import { timedSpawn } from './grenade.js';
import { median, type Row } from './measure.js';
import { GRENADE } from './workspace.js';

const ROUNDS = 3;
const QUICKSTART = fileURLToPath(new URL('../examples/quickstart', import.meta.url));
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** A run of a workspace, from its start to its end in milliseconds, and how long its steps took by whom they speak about. */
async function timed(dir: string, env: NodeJS.ProcessEnv, from: boolean) {
  const ms = await timedSpawn([process.execPath, GRENADE, 'run', '-q', '--from-snapshot', dir], env);
  const state = foldRun(readJournal(join(dir, '.grenade', 'latest', 'journal.ndjson')));
  if (state.verdict !== 'passed') throw new Error(`the quickstart ended with ${state.verdict}`);
  if ((state.restored !== undefined) !== from) throw new Error('it did not begin where it should');
  const spent = (of: (blame: string) => boolean): number =>
    state.steps.reduce(
      (sum, { phase, status }) => sum + (of(phase.blame) && status.kind === 'passed' ? status.ms : 0),
      0,
    );
  return { ms, base: spent((blame) => blame === 'base'), rest: spent((blame) => blame !== 'base') };
}

type Timed = Awaited<ReturnType<typeof timed>>;

/** One first run and one second run, with npm's cache as it is, or with an empty one. */
async function pair(empty: boolean): Promise<{ readonly first: Timed; readonly second: Timed }> {
  const top = mkdtempSync(join(tmpdir(), 'grenade-bench-snapshots-'));
  try {
    // PostgreSQL runs as another user, who has to get there.
    chmodSync(top, 0o755);
    const dir = join(top, 'quickstart');
    cpSync(QUICKSTART, dir, { recursive: true, filter: (path) => !path.endsWith('.grenade') });
    const env = empty ? { ...process.env, npm_config_cache: join(top, 'npm') } : process.env;
    const first = await timed(dir, env, false);
    const second = await timed(dir, env, true);
    await timedSpawn([process.execPath, GRENADE, 'clean', '--all', dir]);
    return { first, second };
  } finally {
    rmSync(top, { recursive: true, force: true });
  }
}

/** How long the second run of the quickstart takes, as a part of the first; whole time. */
export async function snapshots(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const empty of [true, false]) {
    const pairs: Awaited<ReturnType<typeof pair>>[] = [];
    for (let round = 0; round < ROUNDS; round++) pairs.push(await pair(empty));
    const of = (which: 'first' | 'second', part: keyof Timed): number => median(pairs.map((each) => each[which][part]));
    const parts = (which: 'first' | 'second'): string =>
      `${seconds(of(which, 'ms'))} (base ${seconds(of(which, 'base'))}, upgrade ${seconds(of(which, 'rest'))})`;
    rows.push({
      what: `the second run of the quickstart, from its snapshot ÷ the first, npm's cache ${empty ? 'empty' : 'full'}`,
      value: of('second', 'ms') / of('first', 'ms'),
      unit: '×',
      reach: 1 / 3,
      from: `${parts('second')} against ${parts('first')}; median of ${ROUNDS}`,
    });
  }
  return rows;
}
