import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isSecretName, makeMask } from '../../src/basics/mask.js';

describe('secrets are known by the names of variables', () => {
  test.each([
    ['DB_PASSWORD', [], true],
    ['db_password_file', [], true],
    ['MY_TOKEN', [], true],
    ['SECRET', [], true],
    ['PASS', [], false],
    ['PASS', ['PASS'], true],
    ['API_KEY_1', ['API_*'], true],
    ['XAPI_KEY', ['API_*'], false],
    ['A.B', ['A.B'], true],
    ['AxB', ['A.B'], false],
  ])('%s with %j: %s', (name, patterns, secret) => {
    expect(isSecretName(name, patterns)).toBe(secret);
  });
});

describe('masking', () => {
  test('passwords in URLs go, whatever they are', () => {
    const mask = makeMask([]);
    expect(mask('postgres://app:s3c:r3t@127.0.0.1:5432/db and https://example.org/a@b')).toBe(
      'postgres://app:***@127.0.0.1:5432/db and https://example.org/a@b',
    );
  });
  test('a secret of several lines is hidden line by line', () => {
    expect(makeMask(['first line\nsecond line'])('x first line y\nsecond line')).toBe('x *** y\n***');
  });
  test('words too short to be secrets stay', () => {
    expect(makeMask(['on', '1'])('1 is on')).toBe('1 is on');
  });
  test('no secret of four characters or more survives, whatever contains whatever', () => {
    const secret = fc.stringMatching(/^[A-Za-z0-9$&]{4,12}$/);
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 5 }), fc.string(), (secrets, around) => {
        const masked = makeMask(secrets)(secrets.map((each) => `${around}${each}`).join(' '));
        const rest = masked.replaceAll('***', '').replaceAll(around, '');
        return secrets.every((each) => around.includes(each) || !rest.includes(each));
      }),
    );
  });
});

test('a password in the query of a URL is hidden too', () => {
  expect(makeMask([])('at postgres://h/db?user=u&password=hunter22&x=1 now')).toBe(
    'at postgres://h/db?user=u&password=***&x=1 now',
  );
});
