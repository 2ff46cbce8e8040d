import { expect, test } from 'vitest';
import { digest, halves } from '../../src/databases/hash.js';

/** Made with mmh3 5, another implementation. */
const KNOWN: [string | number[], string, string][] = [
  ['', '00000000', '00000000'],
  ['a', 'a794933c', '5556b01b'],
  ['hello', '2b2444a0', 'db91def7'],
  ['abcdefghijklmno', 'ee6d1d69', '4a1ad5ae'],
  ['Ünal\n\t', '0be774a8', 'b8e560b7'],
  ['The quick brown fox jumps over the lazy dog', '2f1583c3', 'ecee2c67'],
  [[...Array(256).keys()], '2c56c88f', 'db4503df'],
  [[200, 201], '8f7179e1', '3a1fde41'],
  [[200, 201, 202], '87b651f0', 'b2d3423d'],
  [[200, 201, 202, 203], 'dbf627a5', 'e1b2cc43'],
  [Array.from({ length: 12 }, (_, at) => 200 + at), '66b591e5', '01f2fbe0'],
  [Array.from({ length: 13 }, (_, at) => 200 + at), '5d690ab2', 'd5d178b5'],
  [Array.from({ length: 16 }, (_, at) => 200 + at), 'dc2e4730', 'baa3d258'],
];

test.each(KNOWN)('%j has the hash that everybody gives it, wherever it stands', (text, high, low) => {
  const bytes = Buffer.concat([Buffer.from('xyz'), Buffer.from(text), Buffer.from('xyz')]);
  digest(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 3, bytes.length - 3);
  expect([...halves].map((half) => half.toString(16).padStart(8, '0'))).toEqual([high, low]);
});
