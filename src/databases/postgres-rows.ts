import type { Duplex } from 'node:stream';
import type { Client } from 'pg';
import { type Batch, Pieces } from './batch.js';
import type { Format } from './reader.js';

/** What a message is and how long, itself in four bytes. */
const HEADER = 5;
const [QUERY, TERMINATE, ROW, ERROR, READY] = ['Q', 'X', 'd', 'E', 'Z'].map((letter) => letter.charCodeAt(0));

/**
 * Takes a client's connection over from it, once and for all. The client would make an object of every row, which costs
 * more than all that is done with rows here.
 */
export function takeOver(client: Client): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const nothing = (): void => {};
    client.query({
      submit: ({ stream }) => {
        stream.removeAllListeners('data');
        resolve(stream);
      },
      // Told by whoever reads.
      handleError: reject,
      handleReadyForQuery: nothing,
    });
  });
}

/**
 * Runs `COPY … TO STDOUT` over a connection that is idle, and reads its rows as they come. A connection that was not read
 * to its end is of no more use, and is ended.
 */
export async function* copyRows(connection: Duplex, sql: string): AsyncGenerator<Batch> {
  connection.write(message(QUERY, `${sql}\0`));
  const pieces = new Pieces();
  let failure: Error | undefined;
  let over = false;
  try {
    for await (const chunk of connection.iterator({ destroyOnReturn: false })) {
      const bytes = pieces.add(chunk);
      if (bytes === undefined) continue;
      let ends: number[] = [];
      let begin = 0;
      let at = 0;
      let size = HEADER;
      for (; at + HEADER <= bytes.length; at += size) {
        size = 1 + bytes.readUInt32BE(at + 1);
        if (at + size > bytes.length) break;
        if (bytes[at] === ROW) {
          ends.push(at + size - begin);
          continue;
        }
        if (ends.length > 0) yield { bytes: bytes.subarray(begin, at), ends };
        ends = [];
        begin = at + size;
        if (bytes[at] === ERROR) failure = new Error(messageOf(bytes.toString('utf8', at + HEADER, at + size)));
        if (bytes[at] === READY) over = true;
      }
      if (ends.length > 0) yield { bytes: bytes.subarray(begin, at), ends };
      if (over) break;
      pieces.keep(bytes.subarray(at), at + HEADER <= bytes.length ? size : HEADER);
    }
    if (failure !== undefined) throw failure;
    if (!over) throw new Error('the connection ended');
  } finally {
    if (!over) connection.destroy();
  }
}

/** Says goodbye, and waits until the server has left. */
export function leave(connection: Duplex): Promise<void> {
  return new Promise((resolve) => {
    if (connection.destroyed) resolve();
    connection.once('close', () => resolve());
    connection.resume();
    connection.end(message(TERMINATE, ''));
  });
}

function message(kind: number | undefined, text: string): Buffer {
  const body = Buffer.from(text);
  const head = Buffer.alloc(HEADER);
  head.writeUInt8(kind ?? 0);
  head.writeUInt32BE(4 + body.length, 1);
  return Buffer.concat([head, body]);
}

/** What an error says to people: a field of its message, each of which begins with a letter and ends with a NUL. */
const messageOf = (fields: string): string =>
  fields
    .split('\0')
    .find((field) => field.startsWith('M'))
    ?.slice(1) ?? 'an error without words';

/** A row as COPY writes it: values with tabs between them, and a newline. */
export const COPY: Format = {
  header: HEADER,
  skip(bytes, from, count) {
    let at = from;
    for (let left = count; left > 0; at++) if (bytes[at] === 9 || bytes[at] === 10) left--;
    return at;
  },
  cells: (row) =>
    row
      .slice(HEADER, -1)
      .split('\t')
      .map((field) => (field === '\\N' ? null : field.includes('\\') ? unescapeCopy(field) : field)),
};

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

/** A value as it was before COPY wrote it in its text format. */
const unescapeCopy = (field: string): string =>
  field.replace(/\\([\s\S])/g, (_, char: string) => ESCAPED[char] ?? char);
