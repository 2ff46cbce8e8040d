import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readException } from '../../src/project/exception-file.js';

const file = (...lines: readonly string[]): string => `${lines.join('\n')}\n`;

describe('what a per-release exception says of itself', () => {
  test.each([
    [
      'a comment at its head',
      ['#!/bin/bash', '# The cache moved to', '# another file.', '', 'X=1'],
      'The cache moved to another file.',
    ],
    ['not its name', ['# ``upgrade-web``', '', '# v2 refuses the old key.'], 'v2 refuses the old key.'],
    [
      'not a licence',
      ['# Copyright 2013 Somebody Inc', '#', '# Licensed under the Apache License', '', '# wsgi needs it now'],
      'wsgi needs it now',
    ],
    [
      'not what programs read',
      ['# shellcheck disable=SC1091 disable=SC2034', '# vim: set ts=4 sw=4 et:', '# -*- mode: shell -*- x y'],
      undefined,
    ],
    [
      'the function may say it',
      ['function configure_web_upgrade {', '    # the socket moved away', '    :', '}'],
      'the socket moved away',
    ],
    ['nothing', ['set -e', 'echo this is no comment # nor this one here'], undefined],
  ])('%s', (_, lines, reason) => {
    expect(readException(file(...lines), 'web').reason).toBe(reason);
  });

  test.each([
    [['# one two three', 'configure_web_upgrade() {', '}'], 2],
    [['', '', 'function configure_web_upgrade {'], 3],
    [['function configure_web_upgrade() {'], 1],
    [['configure_web_upgrade_more() { :; }', 'configure_a_upgrade () { :; }'], 1],
  ])('and where its function stands: %j', (lines, line) => {
    expect(readException(file(...lines), 'web').line).toBe(line);
  });

  test('whatever is in it, a reason is one line of bounded length', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.constant(`# ${'word '.repeat(200)}`))),
        (lines) => {
          const { reason = '', line } = readException(file(...lines), 'web');
          expect(reason).not.toContain('\n');
          expect(reason.length).toBeLessThanOrEqual(400);
          expect(line).toBeGreaterThan(0);
        },
      ),
    );
  });
});
