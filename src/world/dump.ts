import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describeFault } from '../basics/fault.js';
import { tail } from '../services/record.js';
import { kernelLog } from './kernel.js';
import { disk, machine, memory, mounts } from './machine.js';
import { Names } from './names.js';
import { byPid, processes, socketOwners, whatRuns } from './processes.js';
import { sockets } from './sockets.js';

export interface DumpOptions {
  readonly runDir: string;
  readonly workspace: string;
  /** Names and absolute paths of services' logs. */
  readonly logs: readonly { readonly name: string; readonly path: string }[];
  /** After a failure everything; otherwise what a failure can be held against. */
  readonly whole: boolean;
  readonly mask: (text: string) => string;
  /** What is not done by then is left out, in milliseconds. */
  readonly limitMs: number;
}

/** Where it lies in a run's directory. */
export const WORLDDUMP = 'worlddump';
const LARGEST = 256 * 1024;
const LOG_LINES = 200;

/**
 * Writes down how the machine looks, as text files in an order that does not change, so that `diff -r` of two runs
 * shows what was different. What cannot be found out is said in its file. Returns the names of the files.
 */
export async function dumpWorld(options: DumpOptions): Promise<readonly string[]> {
  const { runDir, limitMs, mask } = options;
  const beside = join(runDir, `${WORLDDUMP}.new`);
  rmSync(beside, { recursive: true, force: true });
  const began = performance.now();
  const written: string[] = [];
  for (const [name, look] of views(options)) {
    const late = performance.now() - began > limitMs;
    const text = late ? `left out: the rest had taken ${Math.round(limitMs / 1000)} s already` : await said(look);
    const path = join(beside, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, `${cut(mask(text))}\n`, { mode: 0o600 });
    written.push(name);
  }
  // Whole or not at all; that of an earlier part of the run has had its time.
  rmSync(join(runDir, WORLDDUMP), { recursive: true, force: true });
  renameSync(beside, join(runDir, WORLDDUMP));
  return written;
}

type View = readonly [file: string, look: () => string | Promise<string>];

function views({ runDir, workspace, logs, whole, mask }: DumpOptions): View[] {
  const names = new Names(runDir, workspace, mask);
  const all = processes(runDir, names);
  return [
    ['machine.txt', () => machine(names)],
    ['processes.txt', () => whatRuns(all)],
    ['sockets.txt', () => sockets(socketOwners(all), names, { connections: false })],
    ['mounts.txt', () => mounts(names)],
    ['disk.txt', () => disk(['/', tmpdir(), workspace, runDir], names)],
    ['memory.txt', memory],
    ...(whole
      ? ([
          ['processes-by-pid.txt', () => byPid(all)],
          ['connections.txt', () => sockets(socketOwners(all), names, { connections: true })],
          ['kernel.txt', kernelLog],
          ...logs.map(({ name, path }): View => [`services/${name}.log`, () => tail(path, 0, LOG_LINES).join('\n')]),
        ] satisfies View[])
      : []),
  ];
}

async function said(look: View[1]): Promise<string> {
  try {
    return await look();
  } catch (error) {
    return `could not be found out: ${describeFault(error)}`;
  }
}

/** The end counts most: a log's last lines. */
const cut = (text: string): string =>
  text.length <= LARGEST
    ? text
    : `… the first ${text.length - LARGEST} characters are left out …\n${text.slice(-LARGEST)}`;
