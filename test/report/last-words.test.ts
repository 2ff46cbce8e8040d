import { expect, test } from 'vitest';
import { telling } from '../../src/report/last-words.js';

const NODE = `starting
node:internal/modules/cjs/loader:1228
  throw err;
  ^

Error: Cannot find module '/srv/shop/server.mjs'
    at Function._resolveFilename (node:internal/modules/cjs/loader:1225:15)
    at Function._load (node:internal/modules/cjs/loader:1051:27)
    at TracingChannel.traceSync (node:diagnostics_channel:322:14)
    at wrapModuleLoad (node:internal/modules/cjs/loader:220:24)
    at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:170:5)
    at node:internal/main/run_main_module:36:49 {
  code: 'MODULE_NOT_FOUND',
  requireStack: []
}

Node.js v22.11.0`;

const PYTHON = `hello
Traceback (most recent call last):
  File "/srv/shop/a.py", line 9, in <module>
    main()
    ~~~~^^
  File "/srv/shop/a.py", line 6, in main
    look()
  File "/srv/shop/a.py", line 3, in look
    raise ValueError("no such row")
ValueError: no such row`;

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '');

test("of Node's stack the error, and the frames nearest to it", () => {
  expect(telling(lines(NODE), 8)).toEqual([
    'starting',
    "Error: Cannot find module '/srv/shop/server.mjs'",
    '    at Function._resolveFilename (node:internal/modules/cjs/loader:1225:15)',
    '    at Function._load (node:internal/modules/cjs/loader:1051:27)',
    "  code: 'MODULE_NOT_FOUND',",
    '  requireStack: []',
    '}',
  ]);
});

test('of frames those that people wrote', () => {
  const text = `TypeError: no\n    at node:internal/a:1:1\n    at ask (/srv/shop/ask.mjs:3:9)\n${'    at async Promise.all (node:x:1:1)\n'.repeat(8)}`;
  expect(telling(lines(text), 8)).toEqual(['TypeError: no', '    at ask (/srv/shop/ask.mjs:3:9)']);
});

test("of Python's traceback the innermost frame, and the error", () => {
  expect(telling(lines(PYTHON), 8)).toEqual([
    'hello',
    'Traceback (most recent call last):',
    '  File "/srv/shop/a.py", line 3, in look',
    '    raise ValueError("no such row")',
    'ValueError: no such row',
  ]);
});

test('an error with much below it is shown from its own line on', () => {
  const text = [
    'Error: no',
    '    at f (/a.js:1:1) {',
    ...Array.from({ length: 12 }, (_, i) => `  key${i}: ${i},`),
    '}',
  ];
  expect(telling(['before', ...text], 8)).toEqual(text.slice(0, 8));
});

test('of anything else the last lines', () => {
  const many = Array.from({ length: 20 }, (_, i) => `line ${i}`);
  expect(telling(many, 8)).toEqual(many.slice(-8));
  expect(telling(many.slice(0, 3), 8)).toEqual(many.slice(0, 3));
});

test('of a wait that was in vain what was waited for, however much the service said', () => {
  const said = Array.from({ length: 10 }, (_, i) => `    GET /health 404 ${i}`);
  const wait = 'wait_for_http: Waited 3.0 s for http://127.0.0.1:1/health: it last answered with status 404';
  expect(telling(['started', wait, '  The end of /srv/run/services/web.log:', ...said], 8)).toEqual([
    wait,
    '  The end of /srv/run/services/web.log:',
    ...said.slice(-6),
  ]);
});

const TAKEN = `node:events:497
      throw er; // Unhandled 'error' event
      ^

Error: listen EADDRINUSE: address already in use 127.0.0.1:8080
    at Server.setupListenHandle [as _listen2] (node:net:1937:16)
    at listenInCluster (node:net:1994:12)
    at node:net:2203:7
    at process.processTicksAndRejections (node:internal/process/task_queues:90:21)
Emitted 'error' event on Server instance at:
    at emitErrorNT (node:net:1973:8)
    at process.processTicksAndRejections (node:internal/process/task_queues:90:21) {
  code: 'EADDRINUSE',
  errno: -98,
  syscall: 'listen',
  address: '127.0.0.1',
  port: 8080
}

Node.js v22.11.0`;

test('of an error that nobody listened to the error, in the log of a service and where that is quoted', () => {
  const error = 'Error: listen EADDRINUSE: address already in use 127.0.0.1:8080';
  expect(telling(lines(TAKEN), 8)[0]).toBe(error);
  const wait = 'wait_for_port: Service web ended with status 1 while port 8080 was awaited';
  const quote = lines(TAKEN).map((line) => `    ${line}`);
  const told = telling(['started', wait, '  The end of /srv/run/services/web.log:', ...quote], 8);
  expect(told.slice(0, 3)).toEqual([wait, '  The end of /srv/run/services/web.log:', `    ${error}`]);
  expect(told).toHaveLength(8);
});
