import { linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { codeOf } from '../basics/fault.js';
import { isListenedOn } from '../process/sockets.js';
import { ServiceError } from './error.js';
import { checkName } from './names.js';
import { readText } from './record.js';

/** Below are ports that people have plans for. */
const LOWEST = 10_000;

/**
 * The port of a name: free when it was first asked for, and the same number all through the run. It lies below the
 * range from which the kernel takes ports for outgoing connections, or one of those could sit on it one day.
 */
export async function freePort(runDir: string, name: string): Promise<number> {
  checkName('port', name);
  const directory = join(resolve(runDir), 'ports');
  const taken = join(directory, '.taken');
  const file = join(directory, name);
  mkdirSync(taken, { recursive: true });
  for (const port of candidates()) {
    const known = readPort(file);
    if (known !== undefined) return known;
    // Two names never get one port: who creates this file has it.
    const claim = join(taken, String(port));
    if (!created(() => writeFileSync(claim, name, { flag: 'wx' }))) continue;
    if (isListenedOn(port) || !(await canListen(port))) continue;
    // One name never gets two: a link fails where a file is, and never shows half of one.
    const beside = join(taken, `${port}.${process.pid}`);
    writeFileSync(beside, `${port}\n`);
    const first = created(() => linkSync(beside, file));
    rmSync(beside);
    if (first) return port;
    rmSync(claim);
  }
  const known = readPort(file);
  if (known !== undefined) return known;
  throw new ServiceError('no-port', `There is no free port for ${name} from ${LOWEST} to ${highest()}`);
}

/** Gives a name the port that it had in another run; false when somebody else has that, or the name another one. */
export async function claimPort(runDir: string, name: string, port: number): Promise<boolean> {
  checkName('port', name);
  const directory = join(resolve(runDir), 'ports');
  const file = join(directory, name);
  const known = readPort(file);
  if (known !== undefined) return known === port;
  mkdirSync(join(directory, '.taken'), { recursive: true });
  if (isListenedOn(port) || !(await canListen(port))) return false;
  const claim = join(directory, '.taken', String(port));
  if (!created(() => writeFileSync(claim, name, { flag: 'wx' }))) return false;
  writeFileSync(file, `${port}\n`, { flag: 'wx' });
  return true;
}

/** What `free_port` has given so far, by name. */
export const portsOf = (runDir: string): Record<string, number> =>
  Object.fromEntries(
    readdirSync(join(runDir, 'ports'), { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => [name, Number(readFileSync(join(runDir, 'ports', name), 'utf8'))]),
  );

/** Takes back every port that was given so far, before anything listens on one. */
export function takeBackPorts(runDir: string): void {
  const directory = join(runDir, 'ports');
  rmSync(directory, { recursive: true });
  mkdirSync(directory);
}

function readPort(file: string): number | undefined {
  const port = Number(readText(file)?.trim() ?? '');
  return Number.isInteger(port) && port > 0 ? port : undefined;
}

/** Every port of the range once, from a random one on: runs side by side do not try the same ones. */
function* candidates(): Generator<number> {
  const count = highest() - LOWEST + 1;
  const first = Math.floor(Math.random() * count);
  for (let i = 0; i < count; i++) yield LOWEST + ((first + i) % count);
}

function highest(): number {
  const [lowestEphemeral = 32_768] = (readText('/proc/sys/net/ipv4/ip_local_port_range') ?? '32768')
    .trim()
    .split(/\s+/)
    .map(Number);
  return lowestEphemeral > LOWEST + 1000 ? lowestEphemeral - 1 : 32_767;
}

function canListen(port: number): Promise<boolean> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', () => settle(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => settle(true)));
  });
}

/** False when what should be created is there already. */
function created(create: () => void): boolean {
  try {
    create();
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}
