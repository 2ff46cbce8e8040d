// `npm run bench`: what Grenade promises about its own speed, measured side by side in one run. bench/README.md says
// what each number means. `npm run bench -- overhead growth` runs only those.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readJournal } from '../src/journal/journal.js';
import { classic } from './classic.js';
import { removeRuns, timedRun, timedSpawn } from './grenade.js';
import { interleave, median, printRows, type Row } from './measure.js';
import { page } from './page.js';
import { sampling } from './sampling.js';
import { snapshots } from './snapshots.js';
import { state } from './state.js';
import { witness } from './witness.js';
import { makeWorkspace } from './workspace.js';

const ROUNDS = 5;
const ms = (value: number | undefined): string => `${(value ?? Number.NaN).toFixed(1)} ms`;
const ratio = (a: number | undefined, b: number | undefined): number => (a ?? Number.NaN) / (b ?? Number.NaN);

/** What running hooks under Grenade costs over only spawning them. */
async function overhead(): Promise<Row[]> {
  const workspace = makeWorkspace(400);
  // A process of its own: spawning takes longer the more memory the spawning process holds.
  const loop = fileURLToPath(new URL('loop.mjs', import.meta.url));
  const calls = join(workspace.dir, 'calls.json');
  writeFileSync(calls, JSON.stringify(workspace.calls));
  const [ours, theirs] = await interleave(
    ROUNDS,
    async () => {
      const { wallMs, firstStepMs } = await timedRun(workspace.dir);
      return wallMs - firstStepMs;
    },
    () => Number(execFileSync(process.execPath, [loop, calls], { encoding: 'utf8' })),
  );
  workspace.remove();
  const from = `${ms(ours)} against ${ms(theirs)} for ${workspace.calls.length} calls`;
  return [
    { what: 'a run ÷ a loop that only spawns its hooks', value: ratio(ours, theirs), unit: '×', reach: 1.25, from },
  ];
}

/** Whether time and memory grow with the number of projects and no faster. */
async function growth(): Promise<Row[]> {
  const sizes = [100, 400, 1600];
  const runs: { readonly each: number; readonly peakMb: number }[] = [];
  for (const size of sizes) {
    const workspace = makeWorkspace(size);
    const { wallMs, peakMb } = await timedRun(workspace.dir);
    runs.push({ each: wallMs / size, peakMb });
    workspace.remove();
  }
  const from = sizes.map((size, at) => `${size}: ${ms(runs[at]?.each)} a project`).join(', ');
  return [
    {
      what: 'time a project, 1,600 ÷ 100 projects',
      value: ratio(runs[2]?.each, runs[0]?.each),
      unit: '×',
      reach: 1.1,
      from,
    },
    {
      what: 'most memory with 1,600 projects',
      value: runs[2]?.peakMb ?? Number.NaN,
      unit: 'MB',
      reach: 150,
      from: '12,800 hooks',
    },
  ];
}

/** From `grenade run` to the first hook's first instruction, against Node doing nothing. */
async function start(): Promise<Row[]> {
  const clock = '#!/bin/bash\nprintf "%s" "$EPOCHREALTIME" >"$GRENADE_WORKSPACE/first"\n';
  const workspace = makeWorkspace(1, { 'install.sh': clock });
  const first = async (): Promise<number> => {
    const at = Date.now();
    await timedRun(workspace.dir);
    return Number(readFileSync(join(workspace.dir, 'first'), 'utf8')) * 1000 - at;
  };
  await first();
  const [ours, node] = await interleave(3 * ROUNDS, first, () => timedSpawn([process.execPath, '-e', '0']));
  workspace.remove();
  const from = `${ms(ours)} against ${ms(node)}`;
  return [{ what: 'grenade run to the first hook ÷ node -e 0', value: ratio(ours, node), unit: '×', reach: 4, from }];
}

/** `resource_get … VAR` in a script, against a `cat` of the same file. */
async function resource(): Promise<Row[]> {
  const times = 500;
  const loop = (body: string): string =>
    `began=\${EPOCHREALTIME/./}; for ((i = 0; i < ${times}; i++)); do ${body}; done; ` +
    `printf '%s' "$((\${EPOCHREALTIME/./} - began))"`;
  const script = [
    '#!/bin/bash',
    'source "$GRENADE_DIR/functions"',
    'resource_save p key "a value"',
    `{ ${loop('resource_get p key value')}; } >"$GRENADE_WORKSPACE/get"`,
    `{ ${loop('value=$(cat "$GRENADE_RUN_DIR/resources/p/key")')}; } >"$GRENADE_WORKSPACE/cat"`,
    '',
  ].join('\n');
  const workspace = makeWorkspace(1, { 'install.sh': script });
  const read = (name: string): number => Number(readFileSync(join(workspace.dir, name), 'utf8')) / times;
  const [get, cat] = await interleave(
    ROUNDS,
    async () => {
      await timedRun(workspace.dir);
      return read('get');
    },
    () => read('cat'),
  );
  workspace.remove();
  const from = `${get?.toFixed(0)} µs against ${cat?.toFixed(0)} µs`;
  return [{ what: 'resource_get … VAR ÷ cat', value: ratio(get, cat), unit: '×', reach: 0.2, from }];
}

/** A hook that prints 1 GB, against `cat` of the same into a file. */
async function flood(): Promise<Row[]> {
  const size = 1024 ** 3;
  const scratch = mkdtempSync(join(tmpdir(), 'grenade-bench-flood-'));
  const big = join(scratch, 'big');
  await timedSpawn([
    'bash',
    '-c',
    'yes "a line of a log that goes on and on" | head -c "$1" >"$2"',
    'bash',
    `${size}`,
    big,
  ]);
  const workspace = makeWorkspace(1, { 'install.sh': `#!/bin/bash\nexec cat '${big}'\n` });
  const peaks: number[] = [];
  const [ours, cat] = await interleave(
    ROUNDS,
    async () => {
      removeRuns(workspace.dir);
      const { runDir, peakMb } = await timedRun(workspace.dir);
      peaks.push(peakMb);
      for (const event of readJournal(join(runDir, 'journal.ndjson'))) {
        if (event.type !== 'step-finished' || !event.step.includes('/install:')) continue;
        const stored = statSync(join(runDir, event.log)).size;
        if (stored !== size) throw new Error(`${stored} of ${size} bytes are in the log`);
        return event.ms;
      }
      throw new Error('the hook did not run');
    },
    async () => {
      const took = await timedSpawn(['bash', '-c', 'cat "$1" >"$2"', 'bash', big, `${big}.copy`]);
      rmSync(`${big}.copy`);
      return took;
    },
  );
  workspace.remove();
  rmSync(scratch, { recursive: true });
  return [
    {
      what: 'a hook that prints 1 GB ÷ cat into a file',
      value: ratio(ours, cat),
      unit: '×',
      reach: 1.5,
      from: `${ms(ours)} against ${ms(cat)}`,
    },
    { what: 'most memory meanwhile', value: median(peaks), unit: 'MB', reach: 150, from: 'the harness alone' },
  ];
}

/** From the moment a service listens to the moment its hook goes on. */
async function ready(): Promise<Row[]> {
  const server =
    'require("node:http").createServer().listen(process.argv[1], "127.0.0.1", () => ' +
    'require("node:fs").writeFileSync(process.env.GRENADE_WORKSPACE + "/listening", String(Date.now())))';
  const script = [
    '#!/bin/bash',
    'set -euo pipefail',
    'source "$GRENADE_DIR/functions"',
    'free_port bench >/dev/null',
    `service_start bench -- node -e '${server}' "$(free_port bench)"`,
    'wait_for_port "$(free_port bench)"',
    'printf "%s" "$EPOCHREALTIME" >"$GRENADE_WORKSPACE/going-on"',
    '',
  ].join('\n');
  const workspace = makeWorkspace(1, { 'install.sh': script });
  const read = (name: string): number => Number(readFileSync(join(workspace.dir, name), 'utf8'));
  const [after] = await interleave(3 * ROUNDS, async () => {
    await timedRun(workspace.dir);
    return read('going-on') * 1000 - read('listening');
  });
  workspace.remove();
  const from = `median of ${3 * ROUNDS}, wait_for_port`;
  return [
    { what: 'a service is ready, to the step going on', value: after ?? Number.NaN, unit: 'ms', reach: 50, from },
  ];
}

const { values, positionals: asked } = parseArgs({
  options: { grenade: { type: 'string' }, devstack: { type: 'string' } },
  allowPositionals: true,
});
const { grenade, devstack } = values;
const originals = grenade === undefined || devstack === undefined ? undefined : { grenade, devstack };

const BENCHES: Readonly<Record<string, () => Promise<Row[]>>> = {
  start,
  resource,
  ready,
  overhead,
  growth,
  flood,
  page: () => page(ROUNDS),
  sampling,
  state,
  witness,
  snapshots,
  classic: () =>
    originals === undefined
      ? Promise.resolve([{ what: 'classic', notRun: 'give --grenade DIR --devstack DIR' }])
      : classic(ROUNDS, originals),
};
for (const name of asked.length > 0 ? asked : Object.keys(BENCHES)) {
  const bench = BENCHES[name];
  if (bench === undefined) {
    console.error(`There is no bench ${name}; there are ${Object.keys(BENCHES).join(', ')}.`);
    process.exit(2);
  }
  printRows(await bench());
}
