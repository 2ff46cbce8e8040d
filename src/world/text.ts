import { readFileSync } from 'node:fs';

/** Rows as aligned columns. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, at) => Math.max(...all.map((row) => row[at]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths[at] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/**
 * Rows whose cells begin at stops, so that what one looks like hangs on no other: a process that is there in one of two
 * runs is one line of their difference.
 */
function stops(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const padded = (cell: string): string => cell.padEnd(Math.ceil((cell.length + 2) / STOP) * STOP);
  return [head, ...rows].map((row) => row.map(padded).join('').trimEnd()).join('\n');
}

const STOP = 16;

/** The same row once, with how many there are in front; in the order of their text. */
export function counted(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const times = new Map<string, { readonly row: readonly string[]; count: number }>();
  for (const row of rows) {
    const key = row.join('\0');
    const known = times.get(key);
    if (known === undefined) times.set(key, { row, count: 1 });
    else known.count += 1;
  }
  const sorted = [...times].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, each]) => each);
  return stops(
    [...head.slice(0, -1), 'COUNT', ...head.slice(-1)],
    sorted.map(({ row, count }) => [...row.slice(0, -1), String(count), ...row.slice(-1)]),
  );
}

/** A file of the system; what it says where it cannot be read. */
export function systemFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // Not on this machine, not ours to read, or gone meanwhile.
  }
}

export const megabytes = (bytes: number): string => `${Math.round(bytes / 1024 / 1024)} MB`;
