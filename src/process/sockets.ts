import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A TCP socket that listens. */
export interface ListeningSocket {
  readonly port: number;
  /** The kernel's number of the socket: what a file descriptor under `/proc/PID/fd` names. */
  readonly inode: string;
}

const LISTEN = '0A';

/** Every listening TCP socket of this network namespace, IPv4 and IPv6. */
export function listeningSockets(): readonly ListeningSocket[] {
  return ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => {
    let text: string;
    try {
      text = readFileSync(table, 'latin1');
    } catch {
      return []; // No IPv6.
    }
    return text
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter((fields) => fields[3] === LISTEN)
      .map((fields) => ({ port: Number.parseInt(fields[1]?.split(':')[1] ?? '', 16), inode: fields[9] ?? '' }));
  });
}

/** What these processes listen on. Processes that are not ours to look at have nothing. */
export function socketsOf(pids: readonly number[]): readonly ListeningSocket[] {
  const inodes = new Set(pids.flatMap(socketInodes));
  return inodes.size === 0 ? [] : listeningSockets().filter((socket) => inodes.has(socket.inode));
}

export const isListenedOn = (port: number): boolean => listeningSockets().some((socket) => socket.port === port);

/** Those of these sockets that still listen: somebody holds them open. */
export function stillListening(sockets: readonly ListeningSocket[]): readonly ListeningSocket[] {
  if (sockets.length === 0) return [];
  const open = new Set(listeningSockets().map((socket) => socket.inode));
  return sockets.filter((socket) => open.has(socket.inode));
}

function socketInodes(pid: number): readonly string[] {
  const directory = `/proc/${pid}/fd`;
  let descriptors: readonly string[];
  try {
    descriptors = readdirSync(directory);
  } catch {
    return [];
  }
  return descriptors.flatMap((descriptor) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${directory}/${descriptor}`))?.[1] ?? [];
    } catch {
      return []; // Closed meanwhile.
    }
  });
}
