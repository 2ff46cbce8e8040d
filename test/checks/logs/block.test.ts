import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Block, BlockReader } from '../../../src/checks/logs/block.js';

function blocks(text: string): Block[] {
  const found: Block[] = [];
  const reader = new BlockReader((block) => found.push(block));
  let offset = 0;
  for (const [at, line] of text.split('\n').entries()) {
    reader.push(line, at + 1, offset);
    offset += Buffer.byteLength(line) + 1;
  }
  reader.end();
  return found;
}

/** One block of this kind and pattern that holds all of the text from its first line to its last. */
const WHOLE: readonly [name: string, kind: string, pattern: string, text: string][] = [
  [
    "Python's traceback, with the one it was caused by",
    'traceback',
    "RuntimeError: cannot go on with '<id>'",
    `Traceback (most recent call last):
  File "/opt/app/main.py", line 12, in load
    return rows[key]
KeyError: 'a'

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/opt/app/main.py", line 20, in <module>
    load('a')
RuntimeError: cannot go on with '7f9c2d3e'`,
  ],
  [
    "oslo.log's traceback, a prefix before every line",
    'traceback',
    'nova.compute.manager [instance: <id>] Instance failed to spawn · OperationalError: (<n>, "gone")',
    `2026-11-25 10:00:00.123 4242 ERROR nova.compute.manager [instance: 0b9c5f5e-6c2e-4a54-9a4e-7d5b1c0e4f11] Instance failed to spawn
2026-11-25 10:00:00.123 4242 ERROR nova.compute.manager Traceback (most recent call last):
2026-11-25 10:00:00.123 4242 ERROR nova.compute.manager   File "/usr/lib/python3/dist-packages/nova/compute/manager.py", line 2843, in _build
2026-11-25 10:00:00.123 4242 ERROR nova.compute.manager     yield resources
2026-11-25 10:00:00.123 4242 ERROR nova.compute.manager OperationalError: (2013, "gone")`,
  ],
  [
    "Java's, with its cause, below the logger's line",
    'traceback',
    'c.e.shop.Orders - could not load order <n> · Caused by: java.net.ConnectException: Connection refused',
    `2026-11-25 10:00:00,123 [http-nio-8080-exec-3] ERROR c.e.shop.Orders - could not load order 17
java.lang.IllegalStateException: no connection
	at com.example.shop.Orders.load(Orders.java:42)
	at java.base/java.lang.Thread.run(Thread.java:833)
Caused by: java.net.ConnectException: Connection refused
	at java.base/sun.nio.ch.Net.pollConnect(Native Method)
	... 12 more`,
  ],
  [
    "Node's, uncaught, with what it says around it",
    'traceback',
    'connect ECONNREFUSED <ip>',
    `Error: connect ECONNREFUSED 127.0.0.1:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1611:16)
    at async start (file:///srv/app/server.mjs:12:3) {
  errno: -111,
  code: 'ECONNREFUSED'
}

Node.js v20.20.0`,
  ],
  [
    "Go's panic",
    'traceback',
    'runtime error: index out of range [<n>] with length <n>',
    `panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
main.main()
	/home/ada/main.go:9 +0x1d
exit status 2`,
  ],
  [
    "Rust's panic",
    'traceback',
    "thread 'main' panicked at <path>:<n>: · called `Option::unwrap()` on a `None` value",
    `thread 'main' panicked at src/main.rs:4:37:
called \`Option::unwrap()\` on a \`None\` value
note: run with \`RUST_BACKTRACE=1\` environment variable to display a backtrace`,
  ],
  [
    "PostgreSQL's error with its statement of several lines",
    'error',
    'column "breaking" does not exist at character <n>',
    `2026-11-25 04:41:18.591 UTC [29837] ERROR:  column "breaking" does not exist at character 214
2026-11-25 04:41:18.591 UTC [29837] HINT:  Perhaps you meant something else.
2026-11-25 04:41:18.591 UTC [29837] STATEMENT:  select current_setting('server_version_num'),
	        (select id from migrations order by id desc limit 1) as id;`,
  ],
  [
    "Node's deprecation",
    'deprecation',
    '(node:<n>) [DEP<n>] DeprecationWarning: The `punycode` module is deprecated.',
    `(node:4242) [DEP0040] DeprecationWarning: The \`punycode\` module is deprecated.
(Use \`node --trace-deprecation ...\` to show where the warning was created)`,
  ],
  [
    "Python's deprecation",
    'deprecation',
    "<path>:<n>: DeprecationWarning: invalid escape sequence '\\.'",
    `/opt/app/x.py:3: DeprecationWarning: invalid escape sequence '\\.'
  re.match('\\.', x)`,
  ],
  [
    'an error of a logger that writes JSON',
    'error',
    'cannot reach <ip>',
    '{"level":50,"time":1795445041184,"pid":17,"msg":"cannot reach 10.0.0.7:8080"}',
  ],
  [
    "etcd's JSON",
    'error',
    'failed to check',
    '{"level":"error","ts":"2026-11-25T10:00:00.1Z","msg":"failed to check"}',
  ],
  [
    'logfmt',
    'error',
    'time="<time>" level=error msg="no route" peer=<ip>',
    'time="2026-11-25T10:00:00Z" level=error msg="no route" peer=10.1.2.3',
  ],
  [
    'klog',
    'error',
    'E<n> <time> <n> kubelet.go:<n>] "Unhandled Error"',
    'E1125 10:00:00.123456       1 kubelet.go:2461] "Unhandled Error"',
  ],
  [
    'nginx',
    'error',
    'open() "<path>" failed (<n>: No such file or directory)',
    '2026/11/25 10:00:00 [error] 12#12: *1 open() "/var/www/x" failed (2: No such file or directory)',
  ],
  [
    'MariaDB',
    'error',
    'Incorrect definition of table mysql.column_stats',
    '2026-11-25 10:00:00 0 [ERROR] Incorrect definition of table mysql.column_stats',
  ],
  [
    'uwsgi',
    'error',
    '!!! uWSGI process <n> got Segmentation Fault !!!',
    '!!! uWSGI process 4242 got Segmentation Fault !!!',
  ],
  ['a message of one word', 'error', 'none', '2026-11-25 10:00:00 ERROR: none'],
  ['a plain program', 'error', 'convert: error: cannot open <path>', 'convert: error: cannot open /tmp/x.png'],
];

describe('what belongs together is one block', () => {
  test.each(WHOLE)('%s', (_, kind, pattern, text) => {
    const around = `all is well\n${text}\n2026-11-25 10:00:01 INFO next`;
    const found = blocks(around);
    expect(found.map((block) => [block.kind, block.pattern])).toEqual([[kind, pattern]]);
    expect(found[0]).toMatchObject({ text, line: 2, offset: 12 });
  });

  test('two after each other are two', () => {
    // Below a single line of a logger stands what was thrown: there they are one.
    for (const [, , one, first] of WHOLE.filter(([, , , text]) => text.includes('\n'))) {
      for (const [, , two, second] of WHOLE) {
        expect(blocks(`${first}\n${second}`).map(({ pattern }) => pattern)).toEqual([one, two]);
      }
    }
  });
});

describe('what is said when all is well is none', () => {
  test.each([
    '[core] INFO: Failed to read crontab file /x; cron is disabled',
    '2026-11-25 04:40:58.770 UTC [25204] LOG:  could not receive data from client: Connection reset by peer',
    'done: 12 files, 0 errors',
    'no errors found',
    'errors: 0',
    'error_log = /var/log/nginx/error.log',
    'GET /error/17 200 in 3 ms',
    '{"level":30,"msg":"error budget left: 99 %"}',
    '{"level":"info","msg":"compacted","took-error":"none"}',
    'level=info msg="retrying after error" error="timeout"',
    '2026-11-25 10:00:00 WARN c.e.Retry - attempt 1 failed with java.io.IOException, trying again',
    '2026-11-25 10:00:00 1 DEBUG oslo [-] use_stderr is deprecated',
    'loaded ErrorHandler, ExceptionFilter',
    '10.0.0.1 - - [25/Nov/2026:10:00:00 +0000] "GET /deprecated-things HTTP/1.1" 200 12 "-" "curl"'.replace(
      'deprecated',
      'old',
    ),
    '--- 2026-11-23T13:02:07.000Z service web is started again ---',
    '    at frame.of.nothing (x.js:1:1)',
    "  code: 'ECONNRESET'",
    '  error: something,',
    'error: null',
    'level=info error=nil',
    '"error": none,',
  ])('%s', (line) => {
    expect(blocks(line)).toEqual([]);
  });
});

test('a stack without end is bounded, and so is a line', () => {
  const found = blocks(`Error: deep\n${'    at f (x.js:1:1)\n'.repeat(5000)}`);
  expect(found).toHaveLength(1);
  expect(found[0]?.text.length).toBeLessThan(2000);
  expect(found[0]?.text).toContain('more lines');
  expect(blocks(`ERROR ${'x'.repeat(1_000_000)}`)[0]?.text.length).toBeLessThan(600);
});

test('whatever is written, blocks lie in order and none is lost by what stands around it', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '',
      'Traceback (most recent call last):',
      '  File "x", line 1',
      'ValueError: x',
      '}',
      '    at x (y:1:2)',
    ),
    fc.constantFrom(
      'panic: x',
      'goroutine 1 [running]:',
      'Caused by: x',
      '2026-11-25 10:00:00 ERROR boom',
      'INFO fine',
    ),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      const text = lines.map((each) => each.replaceAll('\n', ' ')).join('\n');
      const found = blocks(text);
      const offsets = found.map(({ offset }) => offset);
      expect(offsets).toEqual([...new Set(offsets)].sort((a, b) => a - b));
      for (const { pattern, text: said } of found) expect([pattern, said].every((each) => each !== '')).toBe(true);
      const alone = '2026-11-25 10:00:00 INFO calm';
      const more = blocks(`${alone}\n${text}\n${alone}`);
      expect(more.map(({ pattern }) => pattern)).toEqual(found.map(({ pattern }) => pattern));
    }),
  );
});
