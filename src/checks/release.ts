import type { Failure } from '../journal/failure.js';

/**
 * Whether the release that a project reports is the one it should be running.
 *
 * `expected` is what the workspace names for this release. At the target, `before` is what was reported at the base:
 * with nothing named, the two must differ, or the run upgraded nothing.
 */
export function judgeRelease(given: {
  readonly reported: string;
  readonly expected: string | undefined;
  readonly before?: string | undefined;
}): Failure | undefined {
  const { reported, expected, before } = given;
  if (reported === '') return { kind: 'release-silent' };
  if (expected !== undefined) {
    return isRelease(reported, expected)
      ? undefined
      : { kind: 'release-wrong', expected, reported, ...(before === undefined ? {} : { before }) };
  }
  return before === reported ? { kind: 'release-unchanged', reported } : undefined;
}

/**
 * Whether `reported` is `expected` or something more exact: whole components count, so that `17` accepts `17.10`
 * and `17-beta` and not `170`. A leading `v` means nothing.
 */
export function isRelease(reported: string, expected: string): boolean {
  const bare = (text: string): string => text.trim().replace(/^v(?=\d)/, '');
  const [whole, part] = [bare(reported), bare(expected)];
  return whole === part || (part !== '' && whole.startsWith(part) && !/[\p{L}\p{N}]/u.test(whole.charAt(part.length)));
}

/** What a version hook printed, less what stands around it: its last line that is not empty. */
export function reportedRelease(output: string): string {
  return output.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
