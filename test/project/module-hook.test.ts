import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inGroup } from '../process/group.js';
import { ModuleRig } from './module-rig.js';

let rig: ModuleRig;
beforeAll(() => {
  rig = new ModuleRig();
});
afterAll(() => rig.remove());

const START = (body: string, head = ''): string => `import { defineProject } from 'grenade';
${head}
interface Unused {
  readonly what: string;
}
enum Colour {
  Red,
}

export default defineProject({
  name: 'web',
  async start(ctx) {
${body}
  },
});
`;
/** The line on which the body of START begins. */
const BODY = 13;

describe('a hook that fails is told with the line that the user wrote', () => {
  const failed = async (body: string, name = 'fails.ts') => {
    const file = rig.write(name, START(body));
    const end = await rig.hook(file, 'start');
    const note = end.notes.find(([kind]) => kind === 'failed');
    return { ...end, file, note };
  };

  test('an Error, below what TypeScript alone understands', async () => {
    const { status, note, file, log, notes } = await failed(
      `    const n: number = Colour.Red;\n\n    throw new Error('no ' + n);`,
    );
    expect(status).toBe(1);
    expect(note).toEqual(['failed', file, String(BODY + 2), '1', 'no 0']);
    expect(log).toContain(`no 0\n    at ${file}:${BODY + 2}`);
    expect(notes.some(([kind]) => kind === 'returned')).toBe(false);
  });

  test('an Error in a helper: the innermost line of the user', async () => {
    const helper = rig.write(
      'lib/helper.ts',
      `export type A = string;\n\nexport function boom(): never {\n  throw new TypeError('deep');\n}\n`,
    );
    const file = rig.write('uses.ts', START(`    boom();`, `import { boom } from './lib/helper.js';`));
    const { notes } = await rig.hook(file, 'start');
    expect(notes).toContainEqual(['failed', helper, '4', '1', 'TypeError: deep']);
  });

  test('a command: its own status, and what it said last', async () => {
    const { status, note, file, log } = await failed(
      `    await ctx.exec(['bash', '-c', 'echo one; echo two >&2; exit 22']);`,
    );
    expect(status).toBe(22);
    expect(note).toEqual([
      'failed',
      file,
      String(BODY),
      '22',
      `bash -c 'echo one; echo two >&2; exit 22' ended with status 22`,
    ]);
    expect(log).toMatch(/^one$/m);
    expect(log).toMatch(/ended with status 22\n {2}two\n/);
  });

  test('a program that is not there', async () => {
    const { note } = await failed(`\n    await ctx.exec(['no-such-program']);`);
    expect(note?.slice(2)).toEqual([
      String(BODY + 1),
      '127',
      'no-such-program could not be started: spawn no-such-program ENOENT',
    ]);
  });

  test('what the context throws: the line that awaits it', async () => {
    const { note } = await failed(`    const x = 1;\n    await ctx.resources.get('postgres', 'url');`);
    expect(note?.slice(2)).toEqual([String(BODY + 1), '1', 'Resource "url" of postgres was not saved in this run']);
  });

  test('an assertion, with what it compared', async () => {
    const head = `import { equal } from 'node:assert/strict';`;
    const bare = rig.write('asserts.ts', START(`    equal('a', 'b');`, head));
    expect((await rig.hook(bare, 'start')).notes[0]?.slice(2)).toEqual([
      String(BODY),
      '1',
      expect.stringMatching(/^Expected values to be strictly equal: .*'a'/),
    ]);
    const worded = rig.write('words.ts', START(`    equal(1, 2, 'one letter');`, head));
    const { notes, log } = await rig.hook(worded, 'start');
    expect(notes[0]?.[4]).toBe('one letter');
    expect(log).toContain('1 !== 2');
  });

  test('something thrown where the stack knows nothing of the hook: the hook itself', async () => {
    const { note } = await failed(`    throw 'just text';`);
    expect(note?.slice(2)).toEqual([String(BODY - 1), '1', 'it threw "just text", which is no Error']);
  });

  test('process.exit(0)', async () => {
    const { status, note, notes } = await failed(`    await null;\n    process.exit(0);`);
    expect(status).toBe(0);
    expect(note?.slice(2)).toEqual([String(BODY + 1), '0', 'process.exit(0) was called before start returned']);
    expect(notes.some(([kind]) => kind === 'returned')).toBe(false);
  });

  test('a promise that nothing will settle', async () => {
    const { status, note } = await failed(`    await new Promise(() => {});`);
    expect(status).toBe(13);
    expect(note?.slice(2)).toEqual([
      String(BODY - 1),
      '13',
      'start awaits something that can never happen: nothing is left that could settle its promise',
    ]);
  });

  test('a rejection that nobody handles', async () => {
    const { status, note } = await failed(
      `    setTimeout(async () => {\n      throw new Error('aside');\n    }, 5);\n    await new Promise((r) => setTimeout(r, 5000));`,
    );
    expect(status).toBe(1);
    expect(note?.slice(2)).toEqual([String(BODY + 1), '1', 'aside']);
  });

  test('a call that was not awaited', async () => {
    const file = rig.write('forgets.ts', START(`    void ctx.exec(['sleep', '31']);`));
    let group = 0;
    const { notes } = await rig.hook(file, 'start', {
      during: async (pid) => {
        group = pid;
      },
    });
    expect(notes[0]?.[4]).toBe(`start returned while exec(['sleep', …]) was still at work: await it`);
    // Nobody of its process group is left.
    await expect.poll(() => inGroup(group)).toEqual([]);
  });

  test('syntax, and an import that is not there', async () => {
    const broken = rig.write('broken.ts', 'export default {\n  name: "x",\n  start( { oops\n};\n');
    expect((await rig.hook(broken, 'start')).notes).toEqual([
      ['failed', broken, '4', '1', 'SyntaxError: Unexpected token, expected ","'],
    ]);
    const lost = rig.write('lost.ts', `\nimport { x } from './nowhere.js';\nexport default { name: 'x', start: x };\n`);
    expect((await rig.hook(lost, 'start')).notes).toEqual([
      ['failed', lost, '2', '1', `Cannot find module './nowhere.js'`],
    ]);
  });
});

describe('a hook that passes', () => {
  test('is given its surroundings, and what it leaves open does not hang it', async () => {
    const file = rig.write(
      'passes.ts',
      START(
        `    const { side, release, previousRelease, dirs, env, project, log, summary, warn, resources, ports } = ctx;
    await resources.save('text', 'ü\\n');
    await resources.save('bytes', new Uint8Array([0, 255]));
    const bytes = await resources.getBytes('web', 'bytes');
    const port = await ports.get('web');
    if (port !== (await ports.get('web'))) throw new Error('another port');
    const { stdout } = await ctx.exec(['bash', '-c', 'cat; echo $A; pwd'], { input: 'in ', env: { A: 'a' } });
    log(JSON.stringify({ side, release, previousRelease, dirs, project, out: stdout, text: await resources.get('text'),
      bytes: [...bytes], up: env.SERVICE_TIMEOUT, json: data.k, late, packages: typeof parse }));
    summary('for people');
    warn('careful');
    setInterval(() => {}, 1000);`,
        `import data from './data.json';\nimport { parse } from 'yaml';\nconst late = await Promise.resolve(7);`,
      ),
    );
    rig.write('data.json', '{ "k": 3 }');
    rig.write('node_modules/yaml/package.json', '{ "name": "yaml", "main": "index.js" }');
    rig.write('node_modules/yaml/index.js', 'exports.parse = () => 1;');
    const env = { GRENADE_SIDE: 'target', RELEASE: 'autumn', PREVIOUS_RELEASE: 'spring', PREVIOUS_RELEASE_DIR: '/old' };
    const end = await rig.hook(file, 'start', { env });
    expect(end).toMatchObject({ status: 0 });
    const said = JSON.parse(end.log.split('\n').find((line) => line.startsWith('{')) ?? '');
    expect(said).toMatchObject({
      side: 'target',
      release: { name: 'autumn' },
      previousRelease: { name: 'spring', dir: '/old' },
      dirs: { run: rig.run, project: rig.project, data: join(rig.run, 'data') },
      project: 'web',
      out: `in a\n${join(rig.run, 'scratch')}\n`,
      text: 'ü\n',
      bytes: [0, 255],
      up: '5',
      json: 3,
      late: 7,
      packages: 'function',
    });
    expect(end.notes).toEqual([
      ['saved', 'web', 'text'],
      ['saved', 'web', 'bytes'],
      ['summary', 'for people'],
      ['warned', 'careful'],
      ['returned'],
    ]);
    // What was transpiled lies in the run, and nothing in the workspace.
    expect(readdirSync(join(rig.run, 'modules')).length).toBeGreaterThan(0);
    expect(readdirSync(rig.project)).not.toContain('.cache');
  });

  test.each(['js', 'mjs'])('can be plain JavaScript: .%s', async (extension) => {
    const file = rig.write(
      `plain.${extension}`,
      `import { defineProject } from 'grenade';\nexport default defineProject({ name: 'web', version: () => '1.2\\t3' });\n`,
    );
    const end = await rig.hook(file, 'version');
    expect(end).toMatchObject({ status: 0, notes: [['version', '1.2\t3'], ['returned']] });
  });

  test('starts a service that outlives it, and another hook stops it', async () => {
    const file = rig.write(
      'serves.ts',
      `import { readFile } from 'node:fs/promises';
import { defineProject } from 'grenade';
export default defineProject({
  name: 'web',
  services: ['web'],
  async start({ services, ports, waitForPort, waitForHttp }) {
    const port = await ports.get('web');
    const code = \`require('node:http').createServer((_, r) => r.end('hi')).listen(\${port}, '127.0.0.1', () => console.log('up'))\`;
    const started = await services.start('web', { command: ['node', '-e', code], ready: { log: /^up/m, port } });
    await waitForPort(port);
    await waitForHttp(\`http://127.0.0.1:\${port}/\`);
    await services.ensureStarted('web');
    if (!(await readFile(services.log('web'), 'utf8')).includes('up')) throw new Error(started.log);
  },
  async shutdown({ services }) {
    await services.stop('web');
    await services.ensureStopped('web');
  },
});
`,
    );
    const started = await rig.hook(file, 'start');
    expect(started.log).toBe('');
    expect(started.notes).toEqual([['service-started', 'web', expect.stringMatching(/^\d+$/), '0'], ['returned']]);
    const pid = Number(started.notes[0]?.[2]);
    expect(process.kill(pid, 0)).toBe(true);
    const stopped = await rig.hook(file, 'shutdown');
    expect(stopped.notes).toEqual([['service-stopping', 'web', expect.stringMatching(/^\d+$/)], ['returned']]);
    expect(() => process.kill(pid, 0)).toThrow();
  });

  test('a service that dies while it starts', async () => {
    const file = rig.write(
      'dies.ts',
      START(
        `    await ctx.services.start('dies', { command: ['bash', '-c', 'echo alas; exit 3'], ready: { log: /up/ } });`,
      ),
    );
    const { notes, log } = await rig.hook(file, 'start');
    expect(notes.at(-1)).toEqual(['failed', file, String(BODY), '1', expect.stringContaining('ended with status 3')]);
    expect(log).toContain('alas');
  });
});

describe('waiting', () => {
  test('until gives what it waited for, or says what it was', async () => {
    const file = rig.write(
      'waits.ts',
      START(`    let n = 0;
    const got: number = await ctx.until(() => (++n > 2 ? n : false), { what: 'three', everyMs: 1 });
    ctx.log(String(got));
    await ctx.until(() => Promise.reject(new Error('not yet')), { what: 'the moon', limitMs: 150, everyMs: 5 });`),
    );
    const { log, notes } = await rig.hook(file, 'start');
    expect(log).toMatch(/^3\n/);
    expect(notes).toEqual([
      ['failed', file, String(BODY + 3), '1', 'Waited 0.1 s for the moon; it failed last with: not yet'],
    ]);
    const never = rig.write(
      'never.ts',
      START(`    await ctx.until(() => new Promise(() => {}), { what: 'never', limitMs: 150 });`),
    );
    expect((await rig.hook(never, 'start')).notes[0]?.[4]).toBe('Waited 0.1 s for never');
  });

  test('TERM aborts what is awaited, and the hook can still say so', async () => {
    const file = rig.write(
      'ends.ts',
      START(`    ctx.signal.addEventListener('abort', () => ctx.log('told'));
    ctx.log('ready');
    await ctx.until(() => false, { what: 'godot', limitMs: 60_000 });`),
    );
    const end = await rig.hook(file, 'start', {
      during: async (pid, log) => {
        await expect.poll(log, { timeout: 10_000 }).toContain('ready');
        process.kill(-pid, 'SIGTERM');
      },
    });
    expect(end.status).toBe(1);
    expect(end.log).toContain('told');
    expect(end.notes).toEqual([['failed', file, String(BODY + 2), '1', 'The wait for godot was ended with its step']]);
  });
});

test('by hand, without its environment, it says so', async () => {
  const file = rig.write('hand.ts', START(''));
  const end = await rig.hook(file, 'start', { env: { GRENADE_NOTES: '', PROJECT: '' } });
  expect(end.status).toBe(2);
  expect(end.log).toContain('cannot be run by hand: its environment lacks PROJECT, GRENADE_NOTES');
  expect(readFileSync(file, 'utf8')).toContain('defineProject');
});
