import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ModuleRig } from './module-rig.js';

type Adapter = typeof import('../../src/project/module.js');

let rig: ModuleRig;
let adapter: Adapter;
beforeAll(async () => {
  rig = new ModuleRig();
  adapter = await rig.adapter();
});
afterAll(() => rig.remove());

const HEAD = "import { defineProject } from 'grenade';\n";

test('a module becomes a project', async () => {
  const file = rig.write(
    'project.ts',
    `${HEAD}console.log('stray'); console.error('stray');
export default defineProject({
  name: 'web',
  needs: ['postgres', 'postgres'],
  services: ['web'],
  backing: true,
  async start() { /* later */ },
  upgrade: async (ctx) => { ctx.log('x'); },
  version: () => '1',
  shutdown({ services }) { return services.stop('web'); },
  resources: { async earlyCreate() {}, async verifyNoApi(ctx) {
    // nothing yet
  } },
});
`,
  );
  const described = await adapter.describeModule(rig.project, file);
  expect(described).toEqual({
    ok: true,
    value: {
      name: 'web',
      file,
      needs: ['postgres'],
      backing: true,
      services: ['web'],
      probes: [],
      data: [],
      config: [],
      snapshot: false,
      hooks: [
        { hook: 'start', empty: true },
        { hook: 'version', empty: false },
        { hook: 'early_create', empty: true },
        { hook: 'shutdown', empty: false },
        { hook: 'verify_noapi', empty: true },
        { hook: 'upgrade', empty: false },
      ],
    },
  });
  if (!described.ok) return;
  const project = adapter.moduleProject(rig.project, described.value);
  expect(project.hooks.get('verify_noapi')).toEqual({
    source: file,
    command: [process.execPath, rig.host, 'run', file, 'verify_noapi'],
    reportsReturn: true,
    empty: 'its body is empty',
  });
  expect(project.hooks.get('shutdown')).not.toHaveProperty('empty');
});

describe('what is wrong is said with its line and what to do', () => {
  const problems = async (text: string, limitMs?: number) => {
    const file = rig.write('wrong.ts', text);
    const described = await adapter.describeModule(rig.project, file, undefined, limitMs);
    expect(described.ok).toBe(false);
    if (described.ok) return [];
    return described.error.map(({ file: at, ...rest }) => {
      expect(at).toBe(file);
      return rest;
    });
  };

  test('all of a definition at once', async () => {
    expect(
      await problems(`${HEAD}export default defineProject({
  name: 'a/b',
  needs: 'postgres',
  backing: 1,
  strat() {},
  verify() {},
  colour: 'red',
  shutdown: 'now',
  resources: {
    verify_noapi() {},
    shutdown() {},
  },
} as never);
`),
    ).toEqual([
      { line: 3, message: '"a/b" is not a name', fix: expect.stringContaining("name: 'worker'") },
      { line: 4, message: 'needs is not a list of names', fix: "Write `needs: ['postgres']`." },
      { line: 5, message: 'backing is the number 1, not true or false', fix: expect.any(String) },
      { line: 6, message: 'strat is not something a project has', fix: 'Did you mean `start`?' },
      {
        line: 7,
        message: 'verify is not something a project has',
        fix: expect.stringContaining('inside `resources: {'),
      },
      { line: 8, message: 'colour is not something a project has', fix: expect.stringContaining('It can have name') },
      {
        line: 11,
        message: 'resources.verify_noapi is not something a project has',
        fix: 'Did you mean `verifyNoApi`?',
      },
      {
        line: 12,
        message: 'resources.shutdown is not something a project has',
        fix: expect.stringContaining('beside'),
      },
      { line: 9, message: 'shutdown is the string "now", not a function', fix: expect.any(String) },
    ]);
  });

  test.each([
    ['a missing default export', 'export const a = 1;\n', 1, 'the default export is undefined, not a project'],
    ['no hook', `${HEAD}export default defineProject({ name: 'x' });\n`, 2, 'it has no hook at all'],
    [
      'upgrade and migrate',
      `${HEAD}export default defineProject({ name: 'x', upgrade() {},\n migrate() {} });\n`,
      3,
      'upgrade is the whole way up, so migrate would never be called',
    ],
    [
      'syntax',
      'export default {\n  start( { oops\n};\n',
      3,
      'the module cannot be loaded: SyntaxError: Unexpected token, expected ","',
    ],
    [
      'an error',
      `${HEAD}function f(): never {\n  throw new Error('sad');\n}\nf();\n`,
      3,
      'the module cannot be loaded: sad',
    ],
    [
      'a package that is not there',
      `${HEAD}\nimport y from 'nopkg';\nexport default y;\n`,
      3,
      "the module cannot be loaded: Cannot find module 'nopkg'",
    ],
    ['process.exit()', `${HEAD}\nprocess.exit();\n`, 3, 'the module called process.exit(0) while it was being loaded'],
    [
      'a wait for nothing',
      `${HEAD}\nawait new Promise(() => {});\n`,
      3,
      'the module never finished loading: its top level awaits something that can never happen',
    ],
    [
      'a rejection',
      `${HEAD}\nvoid Promise.reject(new Error('aside'));\nawait new Promise((r) => setTimeout(r, 9000));\n`,
      3,
      'the module cannot be loaded: aside',
    ],
  ])('%s', async (_, text, line, message) => {
    expect(await problems(text)).toEqual([{ line, message, fix: expect.stringMatching(/\.$|^Install/) }]);
  });

  test('a loop', async () => {
    expect(await problems('for (;;) {}\n', 700)).toEqual([
      {
        message: 'the module was still loading after 0.7 s',
        fix: expect.stringContaining('move the work into a hook'),
      },
    ]);
  });

  test('a process that is gone', async () => {
    expect(await problems("process.kill(process.pid, 'SIGKILL');\n")).toEqual([
      { message: 'the module ended its process with SIGKILL while it was being loaded', fix: expect.any(String) },
    ]);
  });

  test('an interrupt', async () => {
    const file = rig.write('loops.ts', 'for (;;) {}\n');
    const stop = new AbortController();
    const described = adapter.describeModule(rig.project, file, stop.signal);
    stop.abort();
    expect(await described).toMatchObject({ ok: false, error: [{ message: expect.stringContaining('interrupted') }] });
  });
});

test('who keeps something for a snapshot also puts it back', async () => {
  const whole = '{ async save(ctx, dir) { await dir; }, async restore(ctx, dir) { await dir; } }';
  const of = async (snapshot: string) =>
    adapter.describeModule(
      rig.project,
      rig.write(
        'half.ts',
        `${HEAD}export default defineProject({ name: 'web', start() { return; }, snapshot: ${snapshot} });\n`,
      ),
    );
  expect(await of(whole)).toMatchObject({ ok: true, value: { snapshot: true } });
  const wrong = await of('{ save: 7, restor(ctx, dir) {} }');
  expect(wrong.ok ? [] : wrong.error.map(({ message, line }) => [message, line])).toEqual([
    ['snapshot.restor is not something a project has', 2],
    ['snapshot.save is the number 7, not a function', 2],
    ['snapshot.restore is undefined, not a function', 2],
  ]);
});

test('the types are whole: a strict project compiles against them alone, in an editor', () => {
  const root = fileURLToPath(new URL('../../', import.meta.url));
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const installed = dirname(dirname(rig.host));
  const types = join(installed, 'dist/types');
  execFileSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', types], { cwd: root });
  expect(existsSync(join(types, 'index.d.ts'))).toBe(true);
  const file = rig.write(
    'editor.ts',
    `${HEAD}import type { HookContext } from 'grenade';
export default defineProject({
  name: 'web',
  async start({ services, resources, release, until }) {
    const url = await resources.get('postgres', 'url');
    const { pid } = await services.start('web', { command: ['node', release.dir], env: { url }, ready: { log: /up/ } });
    const found: string = await until(() => (pid > 1 ? url : undefined), { what: 'it' });
    await resources.save('found', found);
  },
  version: async ({ exec }) => (await exec(['true'])).stdout,
  resources: { create },
});
async function create({ ports, side }: HookContext): Promise<void> {
  const port: number = await ports.get(side);
  void port;
}
// @ts-expect-error a hook that does not exist
export const wrong = defineProject({ name: 'x', strat() {} });
`,
  );
  const packages = join(rig.top, 'workspace/node_modules');
  mkdirSync(packages, { recursive: true });
  rig.write(
    '../../node_modules/grenade/package.json',
    JSON.stringify({ name: 'grenade', type: 'module', exports: { '.': { types: './types/index.d.ts' } } }),
  );
  symlinkSync(types, join(packages, 'grenade/types'));
  symlinkSync(join(root, 'node_modules/@types'), join(packages, '@types'));
  const options = [
    '--strict',
    '--exactOptionalPropertyTypes',
    '--noEmit',
    '--module',
    'nodenext',
    '--target',
    'es2023',
  ];
  const { stdout } = spawnSync(process.execPath, [tsc, ...options, '--types', 'node', file], {
    cwd: rig.project,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
}, 60_000);
