import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { formatDuration } from '../basics/duration.js';
import { err, ok, type Result } from '../basics/result.js';
import { later } from '../basics/timer.js';
import { endSession, spawnInto } from '../process/spawn.js';
import { PROTOCOLS } from './checkout.js';
import type { GitSettings } from './settings.js';

/** Where git is called, and by what rules. */
export interface GitPlace {
  readonly cwd: string;
  /** What it prints goes there, with the commands before it. */
  readonly log: string;
  readonly settings: Pick<GitSettings, 'limitMs' | 'attempts' | 'pauseMs'>;
  readonly env: NodeJS.ProcessEnv;
  /** Ends it, and all that it started. */
  readonly signal?: AbortSignal | undefined;
}

/** Why git did not do it: an end of the sentence that begins with what was called. */
export type GitFailure =
  | { readonly kind: 'failed'; readonly how: string; readonly said: string }
  | { readonly kind: 'hung'; readonly how: string; readonly said: string }
  | { readonly kind: 'missing'; readonly how: string; readonly said: string }
  | { readonly kind: 'aborted'; readonly how: string; readonly said: string };

/** Calls git once; what it printed on success. */
export async function git(place: GitPlace, ...args: readonly string[]): Promise<Result<string, GitFailure>> {
  const { cwd, log, settings, signal } = place;
  const fd = openSync(log, 'a+', 0o600);
  try {
    writeSync(fd, `+ git ${args.join(' ')}\n`);
    const from = fstatSync(fd).size;
    const { pid, ended } = spawnInto(['git', ...args], { cwd, env: quietly(place.env), stdout: fd, stderr: fd });
    let late = false;
    let gone: Promise<void> | undefined;
    const end = (): void => {
      if (pid !== undefined) gone ??= endSession(pid, 2000);
    };
    const callOff = later(settings.limitMs, () => {
      late = true;
      end();
    });
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    const how = await ended;
    callOff();
    signal?.removeEventListener('abort', end);
    await gone;

    const said = textFrom(fd, from);
    if (how.kind === 'not-started')
      return err({ kind: 'missing', how: `git could not be started: ${how.reason}`, said });
    if (how.kind === 'exited' && how.status === 0) return ok(said);
    if (signal?.aborted) return err({ kind: 'aborted', how: 'was interrupted', said });
    if (late) return err({ kind: 'hung', how: `did not end within ${formatDuration(settings.limitMs)}`, said });
    const status = how.kind === 'exited' ? `ended with exit ${how.status}` : `was ended by ${how.signal}`;
    return err({ kind: 'failed', how: status, said });
  } finally {
    closeSync(fd);
  }
}

/** Calls git for what lies on another machine: again when it hangs, and when it fails as networks do. */
export async function gitOverNetwork(place: GitPlace, ...args: readonly string[]): Promise<Result<string, GitFailure>> {
  const { attempts, pauseMs } = place.settings;
  for (let attempt = 1; ; attempt++) {
    const done = await git(place, ...args);
    if (done.ok || attempt >= attempts || !mayPass(done.error)) return done;
    await sleep(pauseMs, undefined, place.signal === undefined ? {} : { signal: place.signal }).catch(() => undefined);
  }
}

const mayPass = ({ kind, said }: GitFailure): boolean => kind === 'hung' || (kind === 'failed' && NETWORK.test(said));

/** What git and its helpers say when the other side may answer another time. */
const NETWORK =
  /could not resolve host|couldn't connect|failed to connect|connection (refused|reset|timed out|closed)|operation timed out|early eof|rpc failed|unexpected disconnect|remote end hung up|returned error: (429|5\d\d)|gnutls|ssl_(read|connect)|temporary failure|network is unreachable|empty reply/i;

/**
 * The environment for a git that nobody sits in front of: it asks for no name and no password, runs no program that a URL
 * names, and knows nothing of a repository that we ourselves may have been started in.
 */
function quietly(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const own = Object.fromEntries(Object.entries(env).filter(([name]) => !OF_A_REPOSITORY.test(name)));
  return {
    ...own,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'true',
    SSH_ASKPASS_REQUIRE: 'never',
    GCM_INTERACTIVE: 'never',
    GIT_ALLOW_PROTOCOL: PROTOCOLS.join(':'),
    GIT_PAGER: 'cat',
  };
}

const OF_A_REPOSITORY =
  /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|ALTERNATE_OBJECT_DIRECTORIES|COMMON_DIR|NAMESPACE|PREFIX|CEILING_DIRECTORIES|TEMPLATE_DIR|EXTERNAL_DIFF)$/;

/** Enough of a message; git can print a line a file. */
const MOST = 64 * 1024;

function textFrom(fd: number, from: number): string {
  const size = fstatSync(fd).size;
  const start = Math.max(from, size - MOST);
  const buffer = Buffer.alloc(size - start);
  return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, start));
}
