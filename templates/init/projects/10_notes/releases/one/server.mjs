// Release one: each note is a file of its own.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';

const [port, dir] = process.argv.slice(2);
mkdirSync(dir, { recursive: true });

createServer(async (request, response) => {
  if (request.url === '/version') return response.end('1.4\n');
  const file = `${dir}/${encodeURIComponent(request.url.replace('/notes/', ''))}.txt`;
  try {
    if (request.method === 'PUT') writeFileSync(file, (await request.setEncoding('utf8').toArray()).join(''));
    if (request.method === 'DELETE') rmSync(file);
    response.end(request.method === 'GET' ? readFileSync(file) : undefined);
  } catch {
    response.writeHead(404).end('no such note\n');
  }
}).listen(Number(port), '127.0.0.1');
