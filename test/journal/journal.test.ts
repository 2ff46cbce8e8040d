import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal, readJournal } from '../../src/journal/journal.js';

let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'grenade-journal-'));
  path = join(dir, 'journal.ndjson');
});
afterEach(() => rmSync(dir, { recursive: true }));

test('what is appended is read back, and told to the listener, in order', () => {
  const heard: string[] = [];
  const journal = new Journal(path, (event) => heard.push(event.type));
  journal.append({ type: 'warned', text: 'one\ntwo' });
  journal.append({ type: 'interrupted', signal: 'SIGINT' });
  journal.close();
  expect([...readJournal(path)]).toMatchObject([
    { type: 'warned', text: 'one\ntwo' },
    { type: 'interrupted', signal: 'SIGINT' },
  ]);
  expect(heard).toEqual(['warned', 'interrupted']);
});

test('a line that cannot be read is passed over and said, and the rest is there', () => {
  new Journal(path).append({ type: 'warned', text: 'before' });
  appendFileSync(path, 'not JSON\n');
  new Journal(path).append({ type: 'warned', text: 'after' });
  expect([...readJournal(path)].map((event) => (event.type === 'warned' ? event.text : ''))).toEqual([
    'before',
    'line 2 of the journal could not be read and was passed over',
    'after',
  ]);
});

test('a line cut in half by a crash is passed over, and dropped when writing goes on', () => {
  new Journal(path).append({ type: 'warned', text: 'whole' });
  appendFileSync(path, '{"at":1,"type":"warn');
  expect([...readJournal(path)]).toHaveLength(1);
  new Journal(path).append({ type: 'warned', text: 'after' });
  expect([...readJournal(path)].map((event) => (event.type === 'warned' ? event.text : ''))).toEqual([
    'whole',
    'after',
  ]);
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(3);
});
