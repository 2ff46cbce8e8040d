import fc from 'fast-check';
import { expect, test } from 'vitest';
import { patternOf } from '../../../src/checks/logs/pattern.js';

const two = (n: number): string => String(n).padStart(2, '0');
const time = fc
  .date({ min: new Date('2000-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
  .chain((at) =>
    fc.constantFrom(
      at.toISOString(),
      at.toISOString().replace('T', ' ').replace('Z', ' UTC'),
      at.toISOString().slice(0, 19).replace('T', ' '),
      `${at.getFullYear()}/${two(at.getMonth() + 1)}/${two(at.getDate())} 10:11:12`,
    ),
  );
const number = fc.oneof(
  fc.nat(),
  fc.double({ min: 0, max: 1e6, noNaN: true }).map((n) => n.toFixed(3)),
);
const id = fc.oneof(
  fc.uuid(),
  fc.uuid().map((uuid) => uuid.replaceAll('-', '')),
  fc
    .uuid()
    .map((uuid) => uuid.slice(0, 8))
    .filter((hex) => /\d/.test(hex) && /[a-f]/.test(hex)),
);
const word = fc.stringMatching(/^[a-z]{1,8}$/);
const path = fc
  .array(fc.oneof(word, fc.nat().map(String)), { minLength: 1, maxLength: 5 })
  .map((parts) => `/${parts.join('/')}`);
const address = fc.oneof(
  fc.ipV4(),
  fc.tuple(fc.ipV4(), fc.nat(65_535)).map(([ip, port]) => `${ip}:${port}`),
  fc.constant('localhost:80'),
);

test('the same message has the same pattern, whatever time, id, number, path and address is in it', () => {
  const values = fc.record({ time, number, id, path, address, pid: fc.nat(4_000_000) });
  const line = (v: { time: string; number: unknown; id: string; path: string; address: string; pid: number }): string =>
    `${v.time} [${v.pid}] ERROR: request ${v.id} to ${v.address} for "${v.path}" failed after ${v.number} ms: try ${v.pid} of job${v.pid}`;
  fc.assert(
    fc.property(values, values, (a, b) => {
      expect(patternOf(line(a))).toBe(patternOf(line(b)));
      expect(patternOf(line(a))).toContain('to <ip> for "<path>" failed after <n>: try <n> of job<n>');
    }),
  );
});

test('the head of a line, which releases write each in their own way, is no part of it', () => {
  for (const head of [
    'ERROR: ',
    '[error] ',
    '2026-11-25 10:00:00,1 [main] ERROR ',
    '2026-11-25T10:00:00Z 17 ERROR ',
    'error: ',
  ]) {
    expect(patternOf(`${head}no such bucket`)).toBe('no such bucket');
  }
});

test('messages that differ in words differ', () => {
  const words = fc.array(fc.stringMatching(/^[g-z]{2,7}$/), { minLength: 1, maxLength: 6 }).map((all) => all.join(' '));
  fc.assert(
    fc.property(words, words, (a, b) => {
      expect(patternOf(`E: ${a}`) === patternOf(`E: ${b}`)).toBe(a === b);
    }),
  );
});

test('a pattern is its own pattern, and never longer than a line', () => {
  const piece = fc.oneof(
    fc.string(),
    time,
    number.map(String),
    id,
    path,
    address,
    fc.constantFrom(' ', '[', ']', ':', 'ERROR', ', '),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const pattern = patternOf(pieces.join(''));
      expect(pattern.length).toBeLessThanOrEqual(300);
      expect(patternOf(pattern)).toBe(pattern);
    }),
    { numRuns: 2000 },
  );
});

test('takes its time for no text', () => {
  for (const text of [
    'a.'.repeat(50_000),
    '/a'.repeat(50_000),
    '1:'.repeat(50_000),
    'a-'.repeat(50_000),
    '<n> '.repeat(50_000),
    '['.repeat(50_000),
    ' '.repeat(100_000),
  ]) {
    const began = performance.now();
    patternOf(`ERROR ${text}`);
    // Half a second would be a thousand times what it takes: only what grows out of hand gets there.
    expect(performance.now() - began).toBeLessThan(500);
  }
});
