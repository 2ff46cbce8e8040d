import { createReadStream, writevSync } from 'node:fs';

/** Rows as they come: `bytes` holds one after the other, and each ends where `ends` says. */
export interface Batch {
  readonly bytes: Buffer;
  readonly ends: readonly number[];
}

/** The rows of batches as strings, a character a byte. */
export async function* rowsOf(batches: AsyncIterable<Batch>): AsyncGenerator<string> {
  for await (const batch of batches) yield* rowsIn(batch);
}

function* rowsIn({ bytes, ends }: Batch): Generator<string> {
  let from = 0;
  for (const to of ends) {
    yield bytes.toString('latin1', from, to);
    from = to;
  }
}

/** Pieces of a stream, held until they are enough to go on. */
export class Pieces {
  #held: Buffer[] = [];
  #size = 0;
  #needed = 0;

  /** All that is held with this; undefined as long as it is not enough. */
  add(piece: Buffer): Buffer | undefined {
    this.#held.push(piece);
    this.#size += piece.length;
    return this.#size < this.#needed ? undefined : this.take();
  }

  /** What is held, however little it is. */
  take(): Buffer {
    const [only] = this.#held;
    const all = this.#held.length === 1 && only !== undefined ? only : Buffer.concat(this.#held, this.#size);
    this.keep(all.subarray(all.length), 0);
    return all;
  }

  /** Holds what is left over, until there are `needed` bytes. */
  keep(rest: Buffer, needed: number): void {
    this.#held = rest.length === 0 ? [] : [rest];
    this.#size = rest.length;
    this.#needed = needed;
  }
}

/** Appends a batch to a file: how many rows and bytes it has, where each row ends, and the bytes. */
export function writeBatch(fd: number, { bytes, ends }: Batch): void {
  const last = ends.at(-1);
  if (last === undefined) return;
  const head = Buffer.allocUnsafe(8 + 4 * ends.length);
  head.writeUInt32LE(ends.length, 0);
  head.writeUInt32LE(last, 4);
  for (const [at, end] of ends.entries()) head.writeUInt32LE(end, 8 + 4 * at);
  let parts = [head, bytes.subarray(0, last)];
  for (let left = head.length + last; left > 0; ) {
    let written = writevSync(fd, parts);
    left -= written;
    parts = parts.map((part) => {
      const rest = part.subarray(written);
      written = Math.max(0, written - part.length);
      return rest;
    });
  }
}

/** Reads what `writeBatch` wrote; throws where that ends within a batch. */
export async function* readBatches(path: string): AsyncGenerator<Batch> {
  const pieces = new Pieces();
  for await (const chunk of createReadStream(path, { highWaterMark: 256 * 1024 })) {
    let bytes = pieces.add(chunk);
    if (bytes === undefined) continue;
    for (;;) {
      const rows = bytes.length < 8 ? 0 : bytes.readUInt32LE(0);
      const head = 8 + 4 * rows;
      const size = bytes.length < 8 ? 8 : head + bytes.readUInt32LE(4);
      if (bytes.length < size) {
        pieces.keep(bytes, size);
        break;
      }
      const ends: number[] = [];
      for (let at = 8; at < head; at += 4) ends.push(bytes.readUInt32LE(at));
      yield { bytes: bytes.subarray(head, size), ends };
      bytes = bytes.subarray(size);
    }
  }
  if (pieces.take().length > 0) throw new Error(`${path} ends within a row: it is not whole`);
}
