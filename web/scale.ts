/** Steps between two marks of a time axis that people count in, in milliseconds. */
const NICE = [100, 200, 500, 1e3, 2e3, 5e3, 1e4, 15e3, 3e4, 6e4, 12e4, 3e5, 6e5, 9e5, 18e5, 36e5, 72e5, 216e5, 864e5];

/** Marks of an axis of this length, at least `gap` pixels apart: milliseconds from its beginning. */
export function marks(total: number, width: number, gap: number): readonly number[] {
  if (total <= 0 || width <= 0) return [0];
  const least = (total / width) * gap;
  const step = NICE.find((each) => each >= least) ?? Math.ceil(least / 864e5) * 864e5;
  return Array.from({ length: Math.floor(total / step) + 1 }, (_, at) => at * step);
}

/** A moment of a run as an axis has it: `0`, `0.5 s`, `20 s`, `3:20`, `1:02:00`. */
export function axisLabel(ms: number, step: number): string {
  if (ms === 0) return '0';
  const seconds = ms / 1000;
  if (seconds < 60) return `${step < 1000 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const two = (n: number): string => String(Math.floor(n)).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${step < 1000 ? s.toFixed(1).padStart(4, '0') : two(s)}`;
}
