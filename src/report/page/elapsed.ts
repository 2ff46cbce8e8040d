import type { Stretch } from './model.js';

/** How long the run had been going at this moment, in milliseconds: time between its parts does not count. */
export function elapsedAt(at: number, parts: readonly Stretch[]): number {
  let elapsed = 0;
  for (const { from, to } of parts) {
    if (at <= from) break;
    elapsed += Math.min(at, to) - from;
  }
  return elapsed;
}

/** The moment at which the run had been going for so long. */
export function momentAt(elapsed: number, parts: readonly Stretch[]): number {
  let left = Math.max(0, elapsed);
  for (const { from, to } of parts) {
    if (left <= to - from) return from + left;
    left -= to - from;
  }
  return parts.at(-1)?.to ?? 0;
}

export const totalOf = (parts: readonly Stretch[]): number => parts.reduce((sum, { from, to }) => sum + (to - from), 0);
