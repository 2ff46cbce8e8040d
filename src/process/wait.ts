import { setTimeout as sleep } from 'node:timers/promises';
import { err, ok, type Result } from '../basics/result.js';

export interface WaitLimits {
  readonly limitMs: number;
  readonly intervalMs: number;
  /** Ends the wait early. */
  readonly signal?: AbortSignal | undefined;
}

/** Why a wait ended without what it waited for. */
export type WaitEnd = 'time-limit' | 'aborted';

/**
 * Asks `check` until it has an answer (anything but undefined). It is asked at least once, and once more when the
 * limit is reached, so that a limit shorter than the interval is no vacuous failure.
 */
export async function waitUntil<T>(
  check: () => T | undefined | Promise<T | undefined>,
  { limitMs, intervalMs, signal }: WaitLimits,
): Promise<Result<T, WaitEnd>> {
  const end = performance.now() + limitMs;
  for (;;) {
    if (signal?.aborted) return err('aborted');
    const last = performance.now() >= end;
    const answer = await check();
    if (answer !== undefined) return ok(answer);
    if (last) return err('time-limit');
    const pause = Math.max(1, Math.min(intervalMs, end - performance.now()));
    // An abort during the pause rejects it; the next turn of the loop says so as a value.
    await sleep(pause, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
  }
}
