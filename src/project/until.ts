import { formatDuration } from '../basics/duration.js';
import { waitUntil } from '../process/wait.js';
import type { Truthy, UntilOptions } from './hook-context.js';

const EVERY_MS = 50;

/** Asks until the answer is truthy. A check that throws has not succeeded yet; one that never answers ends at the limit. */
export async function until<T>(
  check: () => T | Promise<T>,
  { what, everyMs = EVERY_MS }: UntilOptions,
  { limitMs, signal }: { readonly limitMs: number; readonly signal: AbortSignal },
): Promise<Truthy<T>> {
  let known: unknown;
  const over = endOfWait(limitMs, signal);
  const ask = async (): Promise<{ readonly answer: Truthy<T> } | undefined> => {
    try {
      const answer = await Promise.race([check(), over.reached]);
      if (answer !== OVER && isTruthy(answer)) return { answer };
      if (answer !== OVER) known = undefined;
    } catch (error) {
      known = error;
    }
    return undefined;
  };
  const result = await waitUntil(ask, { limitMs, intervalMs: everyMs, signal });
  over.forget();
  if (result.ok) return result.value.answer;
  const cause = known === undefined ? {} : { cause: known };
  const last = known instanceof Error ? `; it failed last with: ${known.message.split('\n')[0]}` : '';
  if (result.error === 'aborted') throw new Error(`The wait for ${what} was ended with its step${last}`, cause);
  throw new Error(`Waited ${formatDuration(limitMs)} for ${what}${last}`, cause);
}

const OVER = Symbol('over');

/** What a check races against: the limit, but at least the time that a check takes which answers at all. */
function endOfWait(limitMs: number, signal: AbortSignal): { reached: Promise<typeof OVER>; forget: () => void } {
  const { promise, resolve } = deferred<typeof OVER>();
  const reach = (): void => resolve(OVER);
  const timer = setTimeout(reach, Math.max(limitMs, 100));
  signal.addEventListener('abort', reach, { once: true });
  const forget = (): void => {
    clearTimeout(timer);
    signal.removeEventListener('abort', reach);
  };
  return { reached: promise, forget };
}

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

function isTruthy<T>(value: T): value is Truthy<T> & T {
  return Boolean(value);
}
