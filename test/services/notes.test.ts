import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { appendNote, formatNote, parseNotes } from '../../src/journal/notes.js';
import { Rig } from './rig.js';

const rig = new Rig();
beforeAll(() => rig.installShell());
afterAll(() => rig.clean());

const field = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('\\', 't', 'n', '\t', '\n', '&', 'x', '"') }));

test('notes come back as they went in, however many', () => {
  const notes = fc.array(fc.tuple(fc.constantFrom('saved', 'summary'), field, field));
  fc.assert(
    fc.property(notes, (many) => {
      expect(parseNotes(many.map(formatNote).join(''))).toEqual(many);
    }),
  );
});

test('bash escapes as we do', () => {
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  fc.assert(
    fc.property(
      fc.array(
        field.filter((text) => !text.includes('\0')),
        { minLength: 1, maxLength: 3 },
      ),
      (fields) => {
        rig.bash(`source $GRENADE_DIR/functions\n_grenade_note summary ${fields.map(quote).join(' ')}`);
        expect(readFileSync(rig.notes, 'utf8')).toBe(formatNote(['summary', ...fields]));
      },
    ),
    { numRuns: 40 },
  );
});

test('a line that is not whole yet is left out', () => {
  appendNote(rig.notes, 'summary', 'one');
  expect(parseNotes('summary\tone\nsumm')).toEqual([['summary', 'one']]);
  expect(parseNotes('')).toEqual([]);
});
