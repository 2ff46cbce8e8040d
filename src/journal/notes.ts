import { appendFileSync } from 'node:fs';

/**
 * What hooks and their functions report, one line a note: fields separated by tabs, with `\\`, `\t` and `\n` for
 * a backslash, a tab and a newline in a field. `docs/architecture.md` lists them.
 */
export type Note = readonly string[];

/** Appends a note in one write, so that notes written side by side stay whole. */
export function appendNote(path: string, ...fields: Note): void {
  appendFileSync(path, formatNote(fields));
}

export function formatNote(fields: Note): string {
  return `${fields.map(escapeField).join('\t')}\n`;
}

/** The notes in a text of whole lines. A line that was cut off at the end is left out. */
export function parseNotes(text: string): readonly Note[] {
  const lines = text.split('\n');
  lines.pop();
  return lines.filter((line) => line !== '').map((line) => line.split('\t').map(unescapeField));
}

const escapeField = (field: string): string =>
  field.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n');

const unescapeField = (field: string): string =>
  field.replace(/\\([\\tn])/g, (_, letter: string) => (letter === 't' ? '\t' : letter === 'n' ? '\n' : '\\'));
