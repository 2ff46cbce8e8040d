// Release two: all notes are in one file, and one file is written at a time.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, dir] = process.argv.slice(2);
const store = `${dir}/notes.json`;
mkdirSync(dir, { recursive: true });

function load() {
  try {
    return JSON.parse(readFileSync(store, 'utf8'));
  } catch {
    return {};
  }
}

createServer(async (request, response) => {
  if (request.url === '/version') return response.end('2.0\n');
  const name = request.url.replace('/notes/', '');
  const notes = load();
  if (request.method === 'PUT') notes[name] = (await request.setEncoding('utf8').toArray()).join('');
  if (!(name in notes)) return response.writeHead(404).end('no such note\n');
  if (request.method === 'GET') return response.end(notes[name]);
  if (request.method === 'DELETE') delete notes[name];
  writeFileSync(store, JSON.stringify(notes));
  response.end();
}).listen(Number(port), '127.0.0.1');
