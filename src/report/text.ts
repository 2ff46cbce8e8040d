import { formatDuration } from '../basics/duration.js';

/** Terminal escape sequences: CSI, then strings (OSC, DCS, ...) up to their end, then the two-character rest. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
const ESCAPES = /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|\u001b[\]PX^_].*?(?:\u0007|\u001b\\|$)|\u001b[ -/]*[0-~]/gs;
/** What could move the cursor, hide text or reverse its order once the sequences are gone. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the same
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const COMBINING = /\p{Mark}/u;

/**
 * Text from outside, made safe to print: escape sequences go, of a line that was overwritten in place only the
 * last state stays, and other control characters become visible. Newlines stay.
 */
export function neutralise(text: string): string {
  // Nearly all text is plain, and a large run's views hold a hundred thousand pieces of it.
  if (text.search(CONTROLS) === -1) return text;
  const lines = text.replace(ESCAPES, '').split('\n').map(lastState);
  return lines.join('\n').replace(CONTROLS, (char) => {
    const code = char.charCodeAt(0);
    if (char === '\t') return '    ';
    return code < 0x20 ? `^${String.fromCharCode(code + 64)}` : `<${code.toString(16)}>`;
  });
}

/** What a terminal would show of `10 %\r20 %\r` (a progress bar). */
function lastState(line: string): string {
  const bare = line.replace(/\r+$/, '');
  return bare.slice(bare.lastIndexOf('\r') + 1);
}

/** How text from outside becomes shorten for people: secrets masked, also those an escape sequence had cut in two. */
export type Clean = (text: string) => string;
export function cleaner(mask: (text: string) => string): Clean {
  return (text) => mask(neutralise(mask(text)));
}

/** Only the first line, with dots for the rest. */
export function firstLine(text: string): string {
  const trimmed = text.trim();
  const end = trimmed.indexOf('\n');
  return end === -1 ? trimmed : `${trimmed.slice(0, end).trimEnd()} ...`;
}

/** How many columns a text takes; it must hold no escape sequences. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += COMBINING.test(char) ? 0 : WIDE.test(char) ? 2 : 1;
  return width;
}

/** Cut to a number of columns, with dots where something is missing. */
export function shorten(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  if (width <= 3) return '.'.repeat(Math.max(0, width));
  let cut = '';
  let used = 0;
  for (const char of text) {
    used += textWidth(char);
    if (used > width - 3) break;
    cut += char;
  }
  return `${cut.trimEnd()}...`;
}

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - textWidth(text)));
export const padStart = (text: string, width: number): string =>
  ' '.repeat(Math.max(0, width - textWidth(text))) + text;

/** Rows as aligned columns, two spaces and more between them, nothing after the last. */
export function columns(rows: readonly (readonly string[])[], gap = 3): string[] {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, textWidth(cell));
    });
  return rows.map((row) =>
    row
      .map((cell, i) => padEnd(cell, (widths[i] ?? 0) + gap))
      .join('')
      .trimEnd(),
  );
}

/** `a`, `a and b`, `a, b and c`; of many only the first, with how many more there are. */
export function listing(words: readonly string[], most = Number.POSITIVE_INFINITY): string {
  const shown = words.length > most ? [...words.slice(0, most), `${words.length - most} more`] : words;
  const last = shown.at(-1) ?? '';
  return shown.length < 2 ? last : `${shown.slice(0, -1).join(', ')} and ${last}`;
}

/** `1 step`, `2 steps`; `2 losses` where another form is given. */
export const count = (n: number, word: string, words = `${word}s`): string => `${n} ${n === 1 ? word : words}`;

/** Time of day where the run is: `13:02:11`. */
export function clock(at: number): string {
  const time = new Date(at);
  return [time.getHours(), time.getMinutes(), time.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
}

/** Day and time where the run is: `2026-11-23 13:02`. */
export const dateTime = (at: number): string => {
  const time = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clock(at).slice(0, 5)}`;
};

/** A limit as people would set it: `30 min`, where a measured duration has `30 min 00 s`. */
export const formatLimit = (ms: number): string =>
  formatDuration(ms)
    .replace(/\.0 s$/, ' s')
    .replace(/ 00 (?:s|min)$/, '');
