import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cleaner, columns, listing, neutralise, shorten, textWidth } from '../../src/report/text.js';

test('escape sequences go, other control characters become visible', () => {
  expect(neutralise('\u001b[1;31mred\u001b[0m \u001b]8;;http://x\u001b\\link\u001b]8;;\u001b\\ bell\u0007\ttab')).toBe(
    'red link bell^G    tab',
  );
  expect(neutralise('10 %\r100 %\r\nnext')).toBe('100 %\nnext');
});

test('a secret is masked though an escape sequence cut it in two', () => {
  const clean = cleaner((text) => text.replaceAll('hunter2', '***'));
  expect(clean('hun\u001b[0mter2 and hunter2')).toBe('*** and ***');
});

test('whatever is shortened fits, in columns of a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, width) => {
      expect(textWidth(shorten(text, width))).toBeLessThanOrEqual(width);
    }),
  );
  expect(shorten('日本語の名前', 8)).toBe('日本...');
});

test('lists and columns', () => {
  expect(listing(['a', 'b', 'c'])).toBe('a, b and c');
  expect(listing(['a', 'b', 'c', 'd'], 2)).toBe('a, b and 2 more');
  expect(
    columns(
      [
        ['a', '日', 'x'],
        ['bbb', 'b', 'y'],
      ],
      1,
    ),
  ).toEqual(['a   日 x', 'bbb b  y']);
});
