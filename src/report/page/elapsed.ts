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

/** A moment of a run: `12.3 s` from its beginning, `3:20`, `1:52:07`. */
export function formatMoment(ms: number): string {
  if (ms < 99_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export const totalOf = (parts: readonly Stretch[]): number => parts.reduce((sum, { from, to }) => sum + (to - from), 0);
