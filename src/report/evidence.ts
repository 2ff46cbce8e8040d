import type { Evidence } from '../journal/state.js';

/** The line that says most of what a service began to print: of Python's traceback the last, of all else the first. */
export function gist({ first: { text } }: Evidence): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const [head = ''] = lines;
  return /^\s*(?:Exception Group )?Traceback \(most recent call last\):/.test(head) ? (lines.at(-1) ?? head) : head;
}
