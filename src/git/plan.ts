import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import { type Checkout, checkName, checkRef, checkUrl, shownUrl } from './checkout.js';
import type { GitSettings } from './settings.js';

/** What has to be done for a checkout. Only `clone` and `update` ask anything of another machine. */
export type FetchAction =
  | { readonly kind: 'clone' }
  | { readonly kind: 'update'; readonly why: 'reclone' | 'change' | 'other-ref' | 'other-url' }
  /** It is used as it lies there. */
  | { readonly kind: 'use' };

export interface PlannedFetch {
  readonly checkout: Checkout;
  readonly action: FetchAction;
}

/** What we note of a checkout that we fetched, in its `.git/`. */
export interface Origin {
  readonly url: string;
  readonly ref?: string;
}

export const originFile = (dir: string): string => join(dir, '.git', 'grenade.json');

/**
 * What would be done for a checkout, and why it cannot be. Looks at the directory, and neither runs nor changes
 * anything: whoever plans can say it first.
 *
 * The rules are DevStack's: what is there is used as it is, unless `RECLONE` is set or the ref is a whole one (a Gerrit
 * change, which is fetched each time). Beyond them, what we fetched ourselves is fetched again when another ref or URL is
 * asked for by now.
 */
export function planFetch(checkout: Checkout, settings: GitSettings): Result<PlannedFetch, Problem> {
  const { name, url, ref, dir } = checkout;
  const wrong = checkName(name) ?? checkUrl(url) ?? (ref === undefined ? undefined : checkRef(ref));
  if (wrong !== undefined) return refuse(`${name} cannot be fetched: ${wrong}`, 'Correct it where it is asked for.');

  const there = statSync(dir, { throwIfNoEntry: false });
  if (there === undefined) {
    if (settings.offline) {
      return refuse(
        `${name} is not there, and OFFLINE is set: ${dir}`,
        `Clone ${shownUrl(url)} to that place, or unset OFFLINE.`,
      );
    }
    return settings.mayClone
      ? ok({ checkout, action: { kind: 'clone' } })
      : refuse(
          `${name} is not there, and ERROR_ON_CLONE forbids to clone it: ${dir}`,
          'Put it there (in a CI job, add it to the projects that are checked out), or unset ERROR_ON_CLONE.',
        );
  }
  if (!there.isDirectory()) return refuse(`${name} is to lie in ${dir}, which is a file`, 'Move it out of the way.');
  if (isHalf(dir)) {
    return refuse(
      `${dir} is what is left of a clone that did not come to its end`,
      `Remove it; then ${name} is cloned again.`,
    );
  }
  return ok({ checkout, action: settings.offline ? { kind: 'use' } : whatIsThere(checkout, settings) });

  function refuse(message: string, fix: string): Result<never, Problem> {
    return err({ message, fix, ...checkout.asked });
  }
}

function whatIsThere({ url, ref, dir }: Checkout, { reclone }: GitSettings): FetchAction {
  const isGit = existsSync(join(dir, '.git'));
  if (!isGit) return { kind: 'use' };
  if (reclone) return { kind: 'update', why: 'reclone' };
  const origin = readOrigin(dir);
  if (origin !== undefined && origin.url !== url) return { kind: 'update', why: 'other-url' };
  if (ref?.startsWith('refs')) return { kind: 'update', why: 'change' };
  return origin !== undefined && origin.ref !== ref ? { kind: 'update', why: 'other-ref' } : { kind: 'use' };
}

/**
 * Whether a clone was killed: git makes its directory first, then fetches, and the list of what is checked out is the
 * last that it writes.
 */
function isHalf(dir: string): boolean {
  const git = join(dir, '.git');
  // A file there leads to a worktree's or a submodule's; no .git at all is no clone.
  return statSync(git, { throwIfNoEntry: false })?.isDirectory() === true && !existsSync(join(git, 'index'));
}

export function readOrigin(dir: string): Origin | undefined {
  try {
    const read: unknown = JSON.parse(readFileSync(originFile(dir), 'utf8'));
    if (typeof read !== 'object' || read === null || !('url' in read) || typeof read.url !== 'string') return undefined;
    return { url: read.url, ...('ref' in read && typeof read.ref === 'string' ? { ref: read.ref } : {}) };
  } catch {
    return undefined; // Somebody else's checkout: nothing is known of where it comes from.
  }
}
