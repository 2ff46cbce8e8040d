// What it costs to look at a database before an upgrade and after it, beside the engine's own dump of it in the same run.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal } from '../src/journal/journal.js';
import { type Engine, hasMariadb, postgresPrograms, startMariadb, startPostgres } from '../test/databases/engines.js';
import { removeRuns, timedRun } from './grenade.js';
import { median, type Row } from './measure.js';
import { FILL } from './state-data.js';
import { makeWorkspace } from './workspace.js';

const ROUNDS = 3;
/** How large each database is, in MB; the promise is about 1,024. */
const MB = Number(process.env.GRENADE_BENCH_MB ?? 1024);
const FILL_LIMIT_MS = 1_200_000;

interface Tried {
  readonly name: string;
  readonly fill: string;
  /** Undefined where it is not on this machine. */
  readonly start: (() => Promise<Engine>) | undefined;
}

/** The state of databases of five tables of different shapes: each side over the engine's dump, and the memory. */
export async function state(): Promise<Row[]> {
  const bin = postgresPrograms();
  const engines: Tried[] = [
    {
      name: 'PostgreSQL',
      fill: FILL.postgres(MB),
      start: bin === undefined || !existsSync('/usr/bin/pg_dump') ? undefined : () => startPostgres(bin),
    },
    {
      name: 'MariaDB',
      fill: FILL.mysql(MB),
      start: hasMariadb() && existsSync('/usr/bin/mysqldump') ? startMariadb : undefined,
    },
  ];
  const rows: Row[] = [];
  for (const { name, fill, start } of engines) {
    const what = `the state of ${name}, ${MB} MB`;
    if (start === undefined) rows.push({ what, notRun: `${name} with its dump program is not on this machine` });
    else rows.push(...(await measure(what, fill, await start())));
  }
  return rows;
}

async function measure(what: string, fill: string, engine: Engine): Promise<Row[]> {
  const settings = `register_project_for_upgrade p0000\nregister_data database "${engine.url}"\n`;
  const workspace = makeWorkspace(1, { settings });
  const [record, compare, dump, peaks]: [number[], number[], number[], number[]] = [[], [], [], []];
  try {
    engine.sql(fill, FILL_LIMIT_MS);
    // A run dumps, records, compares and dumps again, one after the other.
    for (let round = 0; round < ROUNDS; round++) {
      removeRuns(workspace.dir);
      const { runDir, peakMb } = await timedRun(workspace.dir);
      peaks.push(peakMb);
      for (const event of readJournal(join(runDir, 'journal.ndjson'))) {
        if (event.type !== 'step-finished') continue;
        if (event.step.startsWith('save-state:')) dump.push(event.ms);
        if (event.step.startsWith('record-state:')) record.push(event.ms);
        if (event.step.startsWith('compare-state:')) compare.push(event.ms);
      }
    }
  } finally {
    workspace.remove();
    await engine.stop();
  }
  const told = (values: readonly number[]): string =>
    values.length === 0 ? 'never' : `${[...values].map((value) => (value / 1000).toFixed(1)).join(', ')} s`;
  const over = (side: string, values: readonly number[]): Row => ({
    what: `${what}, ${side} ÷ its dump`,
    value: median(values) / median(dump),
    unit: '×',
    reach: 2,
    from: `${told(values)} against ${told(dump)}`,
  });
  return [
    over('recorded before the upgrade', record),
    over('compared after it', compare),
    {
      what: `${what}, most memory`,
      value: Math.max(...peaks),
      unit: 'MB',
      reach: 200,
      from: 'the harness, whole runs',
    },
  ];
}
