import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRelease, judgeRelease, reportedRelease } from '../../src/checks/release.js';

describe('a release is matched by whole components', () => {
  test.each([
    ['17.10', '17', true],
    ['170', '17', false],
    ['17', '17', true],
    ['17', '17.10', false],
    ['1.0.0-beta.3', '1.0', true],
    ['1.0.0-beta.3', '1.0.0-beta', true],
    ['1.0.0rc1', '1.0.0', false],
    ['v0.16.6', '0.16', true],
    ['0.16.6', 'v0.16', true],
    ['2:27.0.0-3', '27', false],
    ['17.10', '', false],
  ])('%s as %s: %s', (reported, expected, matches) => {
    expect(isRelease(reported, expected)).toBe(matches);
  });

  test('anything is itself, and what is more exact of itself', () => {
    const component = fc.stringMatching(/^[a-z0-9]{1,6}$/);
    fc.assert(
      fc.property(fc.array(component, { minLength: 1, maxLength: 4 }), component, (parts, more) => {
        const release = parts.join('.');
        return (
          isRelease(release, release) &&
          isRelease(`${release}.${more}`, release) &&
          !isRelease(`${release}${more}`, release)
        );
      }),
    );
  });
});

describe('the proof of a release', () => {
  test('a version the workspace names is the one that must run', () => {
    expect(judgeRelease({ reported: '17.10', expected: '17', before: '14.23' })).toBeUndefined();
    expect(judgeRelease({ reported: '14.23', expected: '17', before: '14.23' })).toEqual({
      kind: 'release-wrong',
      expected: '17',
      reported: '14.23',
      before: '14.23',
    });
  });
  test('the same version named for both releases is unchanged on purpose', () => {
    expect(judgeRelease({ reported: '14.23', expected: '14', before: '14.23' })).toBeUndefined();
  });
  test('with no version named, the two must differ', () => {
    expect(judgeRelease({ reported: '2', expected: undefined, before: '1' })).toBeUndefined();
    expect(judgeRelease({ reported: '1', expected: undefined, before: '1' })).toEqual({
      kind: 'release-unchanged',
      reported: '1',
    });
    expect(judgeRelease({ reported: '1', expected: undefined })).toBeUndefined();
  });
  test('silence proves nothing', () => {
    expect(judgeRelease({ reported: '', expected: '1' })).toEqual({ kind: 'release-silent' });
  });
  test('the last line that is not empty is what a hook reports', () => {
    expect(reportedRelease('connecting …\n 17.10 \n\n')).toBe('17.10');
    expect(reportedRelease('')).toBe('');
  });
});
