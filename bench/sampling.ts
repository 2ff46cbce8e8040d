// What the sampler itself costs.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readJournal } from '../src/journal/journal.js';
import type { Job, Orders } from '../src/probes/sampling.js';
import { median, type Row } from './measure.js';

const SAMPLER = fileURLToPath(new URL('../dist/sampler.js', import.meta.url));
const SECONDS = 10;
const ROUNDS = 3;
/** Ticks of the kernel's clock a second, in which /proc counts. */
const HZ = 100;

/** 50 probes at ten samples a second, half by HTTP and half by TCP, as a part of one processor. */
export async function sampling(): Promise<Row[]> {
  const dir = mkdtempSync(join(tmpdir(), 'grenade-bench-sampling-'));
  const server = spawn(
    process.execPath,
    [
      '-e',
      "const s = require('http').createServer((_, r) => r.end('well')).listen(0, '127.0.0.1', () => console.log(s.address().port))",
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const port = Number(await new Promise<string>((resolve) => server.stdout.setEncoding('utf8').once('data', resolve)));
  const jobs = Array.from(
    { length: 50 },
    (_, at): Job => ({
      name: `p${at}`,
      target:
        at % 2 === 0 ? { kind: 'http', url: `http://127.0.0.1:${port}/` } : { kind: 'tcp', host: '127.0.0.1', port },
      intervalMs: 100,
      wasUp: [],
    }),
  );
  const parts: number[] = [];
  let samples = 0;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const orders: Orders = { changes: join(dir, `changes-${round}`), jobs };
      const child = spawn(process.execPath, [SAMPLER], { stdio: ['pipe', 'inherit', 'inherit'] });
      child.stdin.write(`${JSON.stringify(orders)}\n`);
      // Starting is paid once a run.
      await sleep(2000);
      const before = cpuSeconds(child.pid);
      await sleep(SECONDS * 1000);
      parts.push(((cpuSeconds(child.pid) - before) / SECONDS) * 100);
      child.stdin.end();
      await new Promise((resolve) => child.once('exit', resolve));
      const ended = [...readJournal(orders.changes)].at(-1);
      if (ended?.type !== 'sampling-ended') throw new Error('the sampler did not say what it sampled');
      if (ended.probes.some(({ failed, never }) => failed > 0 || never !== undefined))
        throw new Error('samples failed');
      samples = ended.probes.reduce((sum, probe) => sum + probe.samples, 0);
    }
  } finally {
    server.kill('SIGKILL');
    rmSync(dir, { recursive: true });
  }
  const from = `${parts.map((part) => part.toFixed(1)).join(', ')} %; ${samples} samples in the last ${SECONDS + 2} s`;
  return [
    {
      what: '50 HTTP and TCP probes at 10 a second, of one processor',
      value: median(parts),
      unit: '%',
      reach: 15,
      from,
    },
  ];
}

/** How much of a processor a process has used so far, in seconds. */
function cpuSeconds(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / HZ;
}
