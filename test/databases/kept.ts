import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { keepState, readKept } from '../../src/databases/keep.js';
import { compareSource, type OpenSource, openSource } from '../../src/databases/source.js';
import type { Difference } from '../../src/journal/difference.js';

const never = new AbortController().signal;
const telling = { secrets: ['pin'], mask: (text: string) => text.replaceAll('sesame', '***') };

/** Keeps the state of a database or a directory in `top`. */
export async function keep(source: OpenSource, top: string): Promise<void> {
  const reader = await openSource(source);
  await keepState(reader, join(top, 'kept'), never).finally(() => reader.close());
}

/** What differs from what was kept in `top`, and a line each: kind, place, column, count, detail. */
export async function compare(source: OpenSource, top: string): Promise<{ lines: string[]; found: Difference[] }> {
  const kept = readKept(join(top, 'kept'));
  if (kept === undefined) throw new Error('nothing was kept');
  const reader = await openSource(source);
  const found: Difference[] = [];
  const scratch = join(top, 'scratch');
  mkdirSync(scratch, { recursive: true });
  const options = { scratch, telling, stop: never, copy: join(top, 'copy') };
  await compareSource(source, kept, reader, options, (difference) => found.push(difference)).finally(() =>
    reader.close(),
  );
  const lines = found.map(({ kind, at, column, count, detail }) =>
    [kind, at, column, count, detail].filter((word) => word !== undefined).join(' '),
  );
  return { lines: lines.sort(), found };
}
