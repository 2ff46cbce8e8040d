import { closeSync, mkdtempSync, openSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Batch, readBatches, rowsOf, writeBatch } from '../../src/databases/batch.js';
import { PACKETS } from '../../src/databases/mysql-rows.js';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'grenade-batch-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const batchOf = (rows: readonly string[]): Batch => {
  let end = 0;
  return { bytes: Buffer.from(rows.join(''), 'latin1'), ends: rows.map(({ length }) => (end += length)) };
};
/** Any bytes, a character each; some longer than what is read at once. */
const row = fc.oneof(
  { weight: 20, arbitrary: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('latin1')) },
  { weight: 1, arbitrary: fc.integer({ min: 200_000, max: 600_000 }).map((length) => 'long\n'.repeat(length / 5)) },
);

async function all(batches: AsyncIterable<Batch>): Promise<string[]> {
  const rows: string[] = [];
  for await (const each of rowsOf(batches)) rows.push(each);
  return rows;
}

test('batches are read as they were written, whatever is in them', async () => {
  const path = join(directory, 'rows');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(row)), async (batches) => {
      const fd = openSync(path, 'w');
      for (const rows of batches) writeBatch(fd, batchOf(rows));
      closeSync(fd);
      expect(await all(readBatches(path))).toEqual(batches.flat());
    }),
    { numRuns: 50 },
  );
});

test('values of a packet are told apart by their lengths', () => {
  const value = fc.oneof(fc.constant(null), row);
  const packed = (cell: string | null): string => {
    if (cell === null) return '\u00fb';
    const { length } = cell;
    const bytes = length < 251 ? [length] : length < 65_536 ? [0xfc, length & 255, length >> 8] : undefined;
    return String.fromCharCode(...(bytes ?? [0xfd, length & 255, (length >> 8) & 255, length >> 16])) + cell;
  };
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 6 }), (cells) => {
      const text = `0000${cells.map(packed).join('')}`;
      expect(PACKETS.cells(text)).toEqual(cells);
      expect(PACKETS.skip(Buffer.from(text, 'latin1'), PACKETS.header, cells.length)).toBe(text.length);
    }),
  );
});

test('a file that ends within a batch is not read as if it were whole', async () => {
  const path = join(directory, 'torn');
  for (const left of [1, 9, 17, 21]) {
    const fd = openSync(path, 'w');
    writeBatch(fd, batchOf(['one', 'two']));
    closeSync(fd);
    truncateSync(path, left);
    await expect(all(readBatches(path))).rejects.toThrow('it is not whole');
  }
});
