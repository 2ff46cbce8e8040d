import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '../basics/files.js';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import { identify, isAlive } from '../process/identity.js';
import { type Checkout, shownUrl } from './checkout.js';
import { type GitFailure, type GitPlace, git, gitOverNetwork } from './git.js';
import { originFile, type PlannedFetch } from './plan.js';
import type { GitSettings } from './settings.js';

/** A checkout that is there. */
export interface Fetched {
  readonly checkout: Checkout;
  readonly how: 'cloned' | 'updated' | 'used';
  /** The whole id of the commit that lies there; undefined for a directory that is no git checkout. */
  readonly commit?: string;
}

export interface FetchOptions {
  readonly settings: GitSettings;
  /** The commands and their output are appended to this file. */
  readonly log: string;
  /** What git is started with; credentials are never asked for. */
  readonly env: NodeJS.ProcessEnv;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does what `planFetch` said. A clone is made beside its place and put there whole, so that a killed one is never taken for
 * the checkout; what killed ones left beside it is removed.
 */
export async function fetchCheckout(planned: PlannedFetch, options: FetchOptions): Promise<Result<Fetched, Problem>> {
  const { checkout, action } = planned;
  switch (action.kind) {
    case 'clone':
      return clone(checkout, options);
    case 'update': {
      const place = placeIn(checkout.dir, options);
      const set = await git(place, ...safe(checkout.dir), 'remote', 'set-url', 'origin', checkout.url);
      if (!set.ok) return failed(checkout, 'be pointed at its URL', set.error);
      const done = await checkOut(checkout, place, options.settings, action.why === 'reclone');
      return done.ok ? describe(checkout, 'updated', options) : done;
    }
    case 'use':
      return describe(checkout, 'used', options);
  }
}

async function clone(checkout: Checkout, options: FetchOptions): Promise<Result<Fetched, Problem>> {
  const { url, dir, asked } = checkout;
  const parent = dirname(dir);
  mkdirSync(parent, { recursive: true });
  removeLeftovers(parent, basename(dir));
  const beside = join(parent, `${stem(basename(dir))}${process.pid}-${identify(process.pid)?.startTime ?? '0'}`);
  try {
    const depth = depthOf(options.settings);
    const made = await clonedInto(beside, checkout, options, depth);
    if (!made.ok) return failed(checkout, `be cloned from ${shownUrl(url)}`, made.error);
    const done = await checkOut(checkout, placeIn(beside, options), options.settings, false);
    if (!done.ok) return done;
    const found = await describe({ ...checkout, dir: beside }, 'cloned', options);
    if (!found.ok) return found;
    if (statSync(dir, { throwIfNoEntry: false }) !== undefined) {
      return err({ message: `${dir} appeared while it was being cloned`, fix: 'Try again.', ...asked });
    }
    renameSync(beside, dir);
    return ok({ ...found.value, checkout });
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

/** Each attempt begins with nothing there: git refuses a directory that a killed one left. */
async function clonedInto(
  beside: string,
  checkout: Checkout,
  options: FetchOptions,
  depth: readonly string[],
): Promise<Result<string, GitFailure>> {
  const place = placeIn(dirname(beside), options);
  return gitOverNetwork(place, 'clone', '--no-checkout', ...depth, '--', checkout.url, beside);
}

/** Brings the ref that is asked for into the work tree. */
async function checkOut(
  checkout: Checkout,
  place: GitPlace,
  settings: GitSettings,
  force: boolean,
): Promise<Result<void, Problem>> {
  const { ref } = checkout;
  const here = safe(place.cwd);
  const switchTo = async (commit: string): Promise<Result<void, Problem>> => {
    const done = await git(place, ...here, 'checkout', '--detach', ...(force ? ['--force'] : []), commit, '--');
    return done.ok ? ok(undefined) : failed(checkout, `be brought to ${ref ?? 'what is new'}`, done.error);
  };
  const fetched = await gitOverNetwork(place, ...here, 'fetch', ...depthOf(settings), 'origin', ref ?? 'HEAD');
  if (fetched.ok) return switchTo('FETCH_HEAD');
  // A commit is no name that a server knows, and a whole clone has it.
  if (ref !== undefined && /^[0-9a-f]{7,64}$/.test(ref)) {
    const known = await git(place, ...here, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`);
    if (known.ok) return switchTo(ref);
  }
  return failed(checkout, `be fetched at ${ref ?? 'HEAD'} from ${shownUrl(checkout.url)}`, fetched.error);
}

/** What lies there; a directory that is no checkout at all may be used too. */
async function describe(
  checkout: Checkout,
  how: Fetched['how'],
  options: FetchOptions,
): Promise<Result<Fetched, Problem>> {
  const { dir, url, ref } = checkout;
  const found = await git(placeIn(dir, options), ...safe(dir), 'rev-parse', '--verify', '--quiet', 'HEAD');
  if (!found.ok && found.error.kind === 'missing') return failed(checkout, 'be looked at', found.error);
  const commit = found.ok ? found.value.trim() : '';
  if (how !== 'used') writeFileAtomic(originFile(dir), `${JSON.stringify({ url, ...(ref ? { ref } : {}) })}\n`);
  return ok({ checkout, how, ...(/^[0-9a-f]{40,64}$/.test(commit) ? { commit } : {}) });
}

/** Since we are told to use it, it may belong to somebody else: DevStack's user, while root runs us. */
const safe = (dir: string): readonly string[] => ['-c', `safe.directory=${dir}`];

const depthOf = ({ depth }: GitSettings): readonly string[] => (depth === undefined ? [] : ['--depth', String(depth)]);

const placeIn = (cwd: string, { log, settings, env, signal }: FetchOptions): GitPlace => ({
  cwd,
  log,
  settings,
  env,
  signal,
});

/** How the directory begins in which a clone is made: hidden, beside its place, with whose it is. */
const stem = (name: string): string => `.${name}.cloning-`;

/** Removes what clones left whose process is gone. */
function removeLeftovers(parent: string, name: string): void {
  for (const each of readdirSync(parent)) {
    if (!each.startsWith(stem(name))) continue;
    const [pid = '', startTime = ''] = each.slice(stem(name).length).split('-');
    if (!isAlive({ pid: Number(pid), startTime })) rmSync(join(parent, each), { recursive: true, force: true });
  }
}

function failed({ name, asked }: Checkout, what: string, { kind, how, said }: GitFailure): Result<never, Problem> {
  const words = said
    .trim()
    .split('\n')
    .slice(-5)
    .filter((line) => line !== '');
  const end = words.length === 0 ? '' : `; it said:\n${words.join('\n')}`;
  const message = kind === 'missing' ? `${name} cannot ${what}: ${how}` : `${name} could not ${what}: git ${how}${end}`;
  return err({ message, fix: FIXES[kind], ...asked });
}

const FIXES: Readonly<Record<GitFailure['kind'], string>> = {
  failed: 'Correct the URL or the ref, or see to it that git can reach it without asking for a password.',
  hung: 'Try again, or give it more time by GIT_TIMEOUT, in seconds.',
  missing: 'Install git.',
  aborted: 'Run it again.',
};
