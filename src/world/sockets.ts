import type { Names } from './names.js';
import type { Process } from './processes.js';
import { counted, systemFile } from './text.js';

const STATES: Readonly<Record<string, string>> = {
  '01': 'established',
  '02': 'syn sent',
  '03': 'syn received',
  '04': 'fin wait 1',
  '05': 'fin wait 2',
  '06': 'time wait',
  '08': 'close wait',
  '09': 'last ack',
  '0A': 'listening',
  '0B': 'closing',
};

/**
 * Sockets of this network namespace with who holds them: what listens, or with `connections` all that is connected too.
 * The numbers that clients get by chance are left out.
 */
export function sockets(
  owners: ReadonlyMap<string, Process>,
  names: Names,
  { connections }: { readonly connections: boolean },
): string {
  const rows = ['tcp', 'tcp6', 'udp', 'udp6'].flatMap((table) => {
    const lines = (systemFile(`/proc/net/${table}`) ?? '').split('\n').slice(1).filter(Boolean);
    const entries = lines.map((line) => line.trim().split(/\s+/));
    const listening = new Set(entries.filter(([, , , state]) => state === '0A').map(([, local]) => portOf(local)));
    return entries.flatMap((fields) => {
      const [, local = '', remote = '', state = '', , , , , , inode = ''] = fields;
      const udp = table.startsWith('udp');
      const waits = state === '0A' || (udp && portOf(remote) === '0');
      if (!waits && !connections) return [];
      const owner = owners.get(inode);
      const client = !waits && !listening.has(portOf(local));
      return [
        [
          table,
          waits && udp ? 'bound' : (STATES[state] ?? state),
          client ? `${host(local)}:*` : address(local, names),
          waits ? '-' : client ? address(remote, names) : `${host(remote)}:*`,
          owner === undefined ? '-' : owner.of,
          owner?.command ?? '-',
        ],
      ];
    });
  });
  return counted(['KIND', 'STATE', 'HERE', 'THERE', 'OF', 'COMMAND'], rows);
}

const portOf = (hex = ''): string => String(Number.parseInt(hex.split(':')[1] ?? '0', 16));
const address = (hex: string, names: Names): string => `${host(hex)}:${names.port(portOf(hex))}`;

/** As `/proc/net` has it: words of four bytes, each backwards. */
function host(hex: string): string {
  const words = (hex.split(':')[0] ?? '').match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => (word.match(/../g) ?? []).reverse()).map((byte) => Number.parseInt(byte, 16));
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.every((byte) => byte === 0)) return '[::]';
  if (bytes.slice(0, -1).every((byte) => byte === 0)) return `[::${bytes.at(-1)?.toString(16)}]`;
  const mapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff;
  if (mapped) return `[::ffff:${bytes.slice(12).join('.')}]`;
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  return `[${groups.join(':')}]`;
}
