import type { Duplex } from 'node:stream';
import { type Batch, Pieces } from './batch.js';
import type { Cell, Format } from './reader.js';

/** A packet's length in three bytes, and its number. */
const HEADER = 4;
const QUERY = 3;
const ERROR = 0xff;
const END = 0xfe;
const LONGEST_PACKET = 0xffffff;

/**
 * Sends a query over a connection that is idle, and reads its rows as they come (the text protocol of MySQL and
 * MariaDB). A client library makes an object of each value: that takes five times as long where they are many and small.
 * A connection that was not read to its end is of no more use, and is ended.
 */
export async function* queryRows(socket: Duplex, sql: string): AsyncGenerator<Batch> {
  const text = Buffer.from(sql);
  const head = Buffer.alloc(HEADER + 1, 0);
  head.writeUIntLE(text.length + 1, 0, 3);
  head[HEADER] = QUERY;
  socket.write(Buffer.concat([head, text]));

  const pieces = new Pieces();
  // Columns are described first, and an end follows them as one follows the rows.
  let described = false;
  let over = false;
  try {
    for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
      const bytes = pieces.add(chunk);
      if (bytes === undefined) continue;
      const ends: number[] = [];
      let begin = 0;
      let at = 0;
      let size = HEADER;
      while (!over && at + HEADER <= bytes.length) {
        const length = bytes.readUIntLE(at, 3);
        size = HEADER + length;
        if (length === LONGEST_PACKET) throw new Error('a row is longer than 16 MB');
        if (at + size > bytes.length) break;
        const kind = bytes[at + HEADER];
        if (kind === ERROR) throw new Error(bytes.toString('utf8', at + HEADER + 9, at + size));
        if (kind === END && length < 9) {
          if (described) over = true;
          else begin = at + size;
          described = true;
        } else if (described) {
          // A packet's number is no part of a row.
          bytes[at + 3] = 0;
          ends.push(at + size - begin);
        }
        at += size;
        size = HEADER;
      }
      if (ends.length > 0) yield { bytes: bytes.subarray(begin), ends };
      if (over) return;
      pieces.keep(bytes.subarray(at), size);
    }
    throw new Error('the connection ended');
  } finally {
    if (!over) socket.destroy();
  }
}

/** A row as its packet: values with their length before them. */
export const PACKETS: Format = {
  header: HEADER,
  skip(bytes, from, count) {
    let at = from;
    for (let left = count; left > 0; left--) {
      const first = bytes[at] ?? 0;
      const width = widthOf(first);
      at += 1 + width + (width > 0 ? bytes.readUIntLE(at + 1, width) : first === NULL ? 0 : first);
    }
    return at;
  },
  cells(row) {
    const bytes = Buffer.from(row, 'latin1');
    const cells: Cell[] = [];
    for (let at = HEADER; at < bytes.length; ) {
      const first = bytes[at] ?? 0;
      const end = PACKETS.skip(bytes, at, 1);
      cells.push(first === NULL ? null : row.slice(at + 1 + widthOf(first), end));
      at = end;
    }
    return cells;
  },
};

const NULL = 0xfb;

/** How many bytes a length has whose first byte is not the length itself. Rows with longer ones are refused. */
const widthOf = (first: number): 0 | 2 | 3 => (first === 0xfc ? 2 : first === 0xfd ? 3 : 0);
