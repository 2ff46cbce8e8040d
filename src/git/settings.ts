import { parseDuration } from '../basics/duration.js';

/** How checkouts are fetched: DevStack's own settings, as data. */
export interface GitSettings {
  /** `OFFLINE`: only what is there already. */
  readonly offline: boolean;
  /** `RECLONE`: what is there is brought up to date, and local changes to it are lost. */
  readonly reclone: boolean;
  /** `ERROR_ON_CLONE=True`: what is not there is an error. */
  readonly mayClone: boolean;
  /** `GIT_DEPTH`: so many commits of history; all of it when undefined. */
  readonly depth?: number;
  /** `GIT_TIMEOUT`: how long one call of git may take, in milliseconds. */
  readonly limitMs: number;
  /** How often a call that hangs, or fails as networks do, is made before it is given up. */
  readonly attempts: number;
  /** Between two attempts, in milliseconds. */
  readonly pauseMs: number;
}

/** Without `GIT_TIMEOUT` DevStack waits for ever. */
const LIMIT_MS = 30 * 60_000;

/**
 * The settings that variables of these names make, as DevStack reads them: `yes`, `True` and `1` are true, `GIT_TIMEOUT` is
 * in seconds or as `timeout` takes it, 0 and what is no number count as not set.
 */
export function gitSettings(env: Readonly<Record<string, string | undefined>>): GitSettings {
  const depth = Number(env.GIT_DEPTH);
  return {
    offline: isTrue(env.OFFLINE),
    reclone: isTrue(env.RECLONE),
    mayClone: !isTrue(env.ERROR_ON_CLONE),
    ...(Number.isInteger(depth) && depth > 0 ? { depth } : {}),
    limitMs: limitOf(env.GIT_TIMEOUT) || LIMIT_MS,
    attempts: 3,
    pauseMs: 5000,
  };
}

const isTrue = (value: string | undefined): boolean => /^(1|yes|true)$/i.test(value ?? '');

function limitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDuration(text);
}
