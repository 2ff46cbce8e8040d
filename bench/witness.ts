// Whether probes tell the truth: a service that is away for a known time, on a machine that has no time for anybody.
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { type ProbeResult, probeResults } from '../src/checks/budget.js';
import { foldRun } from '../src/journal/fold.js';
import { readJournal } from '../src/journal/journal.js';
import type { Row } from './measure.js';
import { GRENADE, makeWorkspace } from './workspace.js';

const TIMES = 20;
const AWAY_MS = 300;
/** Further apart bounds say less than is wanted, in milliseconds. */
const APART = 200;

/** Answers until it is sent SIGUSR2; then takes no connections for a while, and writes down when that was. */
const SERVER = `
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
const [port, file] = process.argv.slice(2);
const serve = () => createServer((_, response) => response.end('well')).listen(Number(port), '127.0.0.1');
let server = serve();
process.on('SIGUSR2', () => {
  server.close();
  server.closeAllConnections();
  const left = performance.timeOrigin + performance.now();
  setTimeout(() => {
    server = serve();
    const back = performance.timeOrigin + performance.now();
    server.once('listening', () => writeFileSync(file, JSON.stringify({ left, back })));
  }, ${AWAY_MS});
});
`;

const script = (...lines: readonly string[]): string =>
  ['#!/bin/bash', 'set -euo pipefail', 'source "$GRENADE_DIR/functions"', ...lines, ''].join('\n');

/** A workspace of one service that stays up, but for what its upgrade asks of it. */
function workspaceOf(leaves: boolean) {
  const workspace = makeWorkspace(1, {
    settings:
      'register_project_for_upgrade web\nregister_probe web http "http://127.0.0.1:{port:web}/" --interval 50ms\n',
    'server.mjs': SERVER,
    'start.sh': script(
      'service_start web -- node "$PROJECT_DIR/server.mjs" "$(free_port web)" "$GRENADE_WORKSPACE/away"',
      'wait_for_port "$(free_port web)"',
    ),
    'shutdown.sh': script('echo "it stays up"'),
    'upgrade.sh': script(
      'sleep 0.3',
      ...(leaves
        ? ['kill -USR2 "$(sed -n \'s/.*"pid":\\([0-9]*\\).*/\\1/p\' "$GRENADE_RUN_DIR/supervised/web.json")"']
        : []),
      `sleep ${(2 * AWAY_MS) / 1000}`,
      ...(leaves ? ['until [[ -s $GRENADE_WORKSPACE/away ]]; do sleep 0.05; done'] : []),
      'sleep 0.2',
    ),
    'resources.sh': script('sleep 0.1'),
  });
  return workspace;
}

interface Seen {
  readonly result: ProbeResult;
  /** How long the service was away by its own clock, in milliseconds. */
  readonly truth: number | undefined;
}

async function once(dir: string): Promise<Seen> {
  const away = join(dir, 'away');
  rmSync(away, { force: true });
  rmSync(join(dir, '.grenade', 'runs'), { recursive: true, force: true });
  const child = spawn(process.execPath, [GRENADE, 'run', '-q', dir], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (status !== 0) throw new Error(`grenade run ended with ${status}:\n${said}`);
  const state = foldRun(readJournal(join(dir, '.grenade', 'latest', 'journal.ndjson')));
  const [result] = probeResults(state, Date.now());
  if (result === undefined) throw new Error('the run had no probe');
  return { result, truth: timeIn(away) };
}

function timeIn(file: string): number | undefined {
  try {
    const { left, back }: { left: number; back: number } = JSON.parse(readFileSync(file, 'utf8'));
    return back - left;
  } catch {
    return undefined;
  }
}

/** As many processes that want all of a processor as there are processors. */
function load(): readonly ChildProcess[] {
  return Array.from({ length: availableParallelism() }, () =>
    spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }),
  );
}

export async function witness(): Promise<Row[]> {
  const burning = load();
  const [leaving, staying] = [workspaceOf(true), workspaceOf(false)];
  const wrong = { length: 0, apart: 0, charge: 0, invented: 0, unknown: 0 };
  const told: string[] = [];
  try {
    for (let time = 0; time < TIMES; time++) {
      const { result, truth } = await once(leaving.dir);
      const [outage, ...more] = result.outages;
      if (outage === undefined || truth === undefined || more.length > 0) {
        wrong.length++;
        told.push(`${result.outages.length} outages seen, away ${truth ?? '?'} ms`);
        continue;
      }
      const { shortest, longest, charges } = outage;
      if (truth < shortest || truth > longest) wrong.length++;
      if (longest - shortest > APART) wrong.apart++;
      if (charges.length !== 1 || charges[0]?.step.record.key.startsWith('web/upgrade:') !== true) wrong.charge++;
      told.push(`${truth.toFixed(0)} in ${shortest}–${longest}`);
    }
    for (let time = 0; time < TIMES; time++) {
      const { result } = await once(staying.dir);
      if (result.outages.length > 0) wrong.invented++;
      if (result.unseenMs > 0) wrong.unknown++;
    }
  } finally {
    for (const child of burning) child.kill('SIGKILL');
    leaving.remove();
    staying.remove();
  }
  const of = `of ${TIMES} runs beside ${availableParallelism()} busy processors`;
  return [
    {
      what: `a service away for ${AWAY_MS} ms: its true length lies outside the bounds`,
      value: wrong.length,
      unit: 'runs',
      reach: 0,
      from: `${of}: ${told.join(', ')} ms`,
    },
    { what: `bounds more than ${APART} ms apart`, value: wrong.apart, unit: 'runs', reach: 2, from: of },
    { what: 'charged to another step than its own', value: wrong.charge, unit: 'runs', reach: 0, from: of },
    {
      what: 'an outage where there was none',
      value: wrong.invented,
      unit: 'runs',
      reach: 0,
      from: `${of}; in ${wrong.unknown} something could not be seen`,
    },
  ];
}
