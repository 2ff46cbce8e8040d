import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { readJournal } from '../src/journal/journal.js';
import { GRENADE } from './workspace.js';

export interface Timed {
  /** From the start of the process to its end, in milliseconds. */
  readonly wallMs: number;
  /** From the start of the process to the first step of the journal. */
  readonly firstStepMs: number;
  readonly runDir: string;
}

/** Runs `grenade run` on a workspace that passes. */
export async function timedRun(dir: string): Promise<Timed> {
  return await timed(dir);
}

/**
 * The same, and the most memory it ever held, in MB; earlier runs are removed first. Whoever is looked at so often cannot
 * start processes meanwhile, and where many files were removed ext4 takes long to make new ones: for what is measured in
 * megabytes, not in processes.
 */
export async function watchedRun(dir: string): Promise<Timed & { readonly peakMb: number }> {
  rmSync(join(dir, '.grenade', 'runs'), { recursive: true, force: true });
  let peakMb = 0;
  const timing = await timed(dir, (status) => {
    peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
  });
  return { ...timing, peakMb };
}

async function timed(dir: string, watch?: (status: string) => void): Promise<Timed> {
  const at = Date.now();
  const began = performance.now();
  const child = spawn(process.execPath, [GRENADE, 'run', '-q', dir], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  const look = (tell: (status: string) => void): void => {
    try {
      tell(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
    } catch {
      // It ended between two looks.
    }
  };
  const watching = watch === undefined ? undefined : setInterval(look, 20, watch);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(watching);
  const wallMs = performance.now() - began;
  if (status !== 0) throw new Error(`grenade run ended with ${status}:\n${Buffer.concat(said)}`);
  const runDir = join(dir, '.grenade', 'latest');
  for (const event of readJournal(join(runDir, 'journal.ndjson'))) {
    if (event.type === 'step-started') return { wallMs, firstStepMs: event.at - at, runDir };
  }
  throw new Error('the journal names no step');
}

/** How long a program takes from start to end, in milliseconds; its output goes nowhere. */
export function timedSpawn(command: readonly [string, ...string[]], env = process.env): Promise<number> {
  const [program, ...args] = command;
  const began = performance.now();
  const child = spawn(program, args, { stdio: 'ignore', env });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => resolve(performance.now() - began));
  });
}
