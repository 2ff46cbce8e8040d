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
  /** The most memory it ever held, in MB. */
  readonly peakMb: number;
  readonly runDir: string;
}

/**
 * Removes what earlier runs of a workspace left, where that is much. Not where processes are counted: for minutes after,
 * ext4 passes over each inode that was freed whenever it makes a file.
 */
export function removeRuns(dir: string): void {
  rmSync(join(dir, '.grenade', 'runs'), { recursive: true, force: true });
}

/** Runs `grenade run` on a workspace that passes, watching its memory. */
export async function timedRun(dir: string): Promise<Timed> {
  const at = Date.now();
  const began = performance.now();
  const child = spawn(process.execPath, [GRENADE, 'run', '-q', dir], { stdio: ['ignore', 'pipe', 'pipe'] });
  const said: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => said.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  let peakMb = 0;
  const watch = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakMb = Math.max(peakMb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      // It ended between two looks.
    }
  }, 20);
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(watch);
  const wallMs = performance.now() - began;
  if (status !== 0) throw new Error(`grenade run ended with ${status}:\n${Buffer.concat(said)}`);
  const runDir = join(dir, '.grenade', 'latest');
  for (const event of readJournal(join(runDir, 'journal.ndjson'))) {
    if (event.type === 'step-started') return { wallMs, firstStepMs: event.at - at, peakMb, runDir };
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
