// node server.mjs PORT: a server that forks, as many do. The parent waits; the child listens and answers.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';

const [script, port, role] = process.argv.slice(1);

if (role === 'child') {
  createServer((_, answer) => answer.end(`${process.env.WEB_VERSION}\n`)).listen(Number(port), '127.0.0.1');
} else {
  spawn(process.execPath, [script, port, 'child'], { stdio: 'inherit' });
}
