import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResponseReader } from '../../src/probes/response.js';

const bodies = fc.array(fc.uint8Array({ minLength: 1, maxLength: 300 }), { maxLength: 5 });
const cuts = fc.array(fc.nat(2000), { maxLength: 8 });

/** Feeds a text in pieces, and returns after how many bytes it was done. */
function read(
  bytes: Buffer,
  at: readonly number[],
): { readonly reader: ResponseReader; readonly doneAt: number | undefined } {
  const reader = new ResponseReader();
  const ends = [...new Set([...at.filter((cut) => cut > 0 && cut < bytes.length), bytes.length])].sort((a, b) => a - b);
  let from = 0;
  let doneAt: number | undefined;
  for (const end of ends) {
    reader.push(bytes.subarray(from, end));
    from = end;
    if (reader.done) doneAt ??= end;
  }
  return { reader, doneAt };
}

const whole = (head: string, ...body: readonly (Buffer | Uint8Array)[]): Buffer =>
  Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), ...body]);

describe('a response', () => {
  test('of a known length ends where it says, however it arrives', () => {
    fc.assert(
      fc.property(bodies, cuts, fc.constantFrom(200, 301, 404, 503), (parts, at, status) => {
        const body = Buffer.concat(parts);
        const bytes = whole(`HTTP/1.1 ${status} x\r\nContent-Length: ${body.length}`, body);
        const { reader, doneAt } = read(bytes, at);
        expect(reader).toMatchObject({ status, done: true, keeps: true, bad: undefined });
        if (body.length > 0) expect(doneAt).toBe(bytes.length);
      }),
    );
  });

  test('in pieces ends behind the last of them, with trailers or without', () => {
    fc.assert(
      fc.property(bodies, cuts, fc.boolean(), (parts, at, trailer) => {
        const chunks = parts.flatMap((part) => [
          Buffer.from(`${part.length.toString(16)};a=b\r\n`),
          part,
          Buffer.from('\r\n'),
        ]);
        const end = Buffer.from(trailer ? '0\r\nX-Sum: 1\r\n\r\n' : '0\r\n\r\n');
        const bytes = whole('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked', ...chunks, end);
        const { reader, doneAt } = read(bytes, at);
        expect(reader).toMatchObject({ status: 200, done: true, keeps: true, bad: undefined });
        expect(doneAt).toBe(bytes.length);
      }),
    );
  });

  test.each([
    [
      'announced by an interim one',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content',
      { status: 204, done: true, keeps: true },
    ],
    [
      'after which the server closes',
      'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0',
      { status: 200, done: true, keeps: false },
    ],
    ['of HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0', { status: 200, keeps: false }],
    ['that ends with the connection', 'HTTP/1.1 200 OK', { status: 200, done: false, keeps: false }],
    ['of another protocol', 'SSH-2.0-OpenSSH_9.2', { status: undefined, bad: 'it does not speak HTTP' }],
    ['of a status that is none', 'HTTP/1.1 abc', { status: undefined, bad: 'it does not speak HTTP' }],
  ])('%s', (_, head, expected) => {
    expect(read(whole(head), []).reader).toMatchObject(expected);
  });

  test('whose pieces have no length is no answer', () => {
    const { reader } = read(whole('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked', Buffer.from('zz\r\n')), []);
    expect(reader.bad).toBe('its answer comes in pieces that have no length');
  });
});
