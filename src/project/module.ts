import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import * as v from 'valibot';
import { formatDuration } from '../basics/duration.js';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import type { Hook } from '../journal/record.js';
import { HOOKS } from '../journal/record.js';
import type { Description } from './definition.js';
import type { HookCommand, Project } from './project.js';

/** How long a module may take to load, in milliseconds. */
const LIMIT = 20_000;

/** What a module says of its project. */
export interface ModuleDescription extends Description {
  /** Absolute path of the module. */
  readonly file: string;
}

/**
 * Asks a module what it is, in a process of its own: whatever it does while it is loaded, nothing of it reaches us.
 * Every way in which it can be wrong is a problem.
 */
export async function describeModule(
  dir: string,
  file: string,
  signal?: AbortSignal,
  limitMs = LIMIT,
): Promise<Result<ModuleDescription, readonly Problem[]>> {
  const problem = (message: string, fix: string) => err([{ message, fix, file }]);
  const child = spawn(process.execPath, [hostScript(), 'describe', file, '3'], {
    cwd: dir,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  const pipe = child.stdio[3];
  const answered = pipe instanceof Readable ? collect(pipe) : undefined;
  let late = false;
  const kill = (): boolean => child.kill('SIGKILL');
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, limitMs);
  signal?.addEventListener('abort', kill, { once: true });
  const end = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (status, killed) => resolve(killed ?? `status ${status}`));
  });
  clearTimeout(timer);
  signal?.removeEventListener('abort', kill);

  const text = (await answered?.()) ?? '';
  if (text.endsWith('\n')) {
    const answer = v.parse(ANSWER, JSON.parse(text));
    return answer.ok ? ok({ ...answer.value, file }) : err(answer.error.map(withoutUndefined));
  }
  if (signal?.aborted) return problem('the module was not loaded: Grenade was interrupted', 'Try again.');
  if (late) {
    return problem(
      `the module was still loading after ${formatDuration(limitMs)}`,
      'Its top level runs whenever Grenade looks at the workspace: move the work into a hook.',
    );
  }
  return problem(
    `the module ended its process with ${end} while it was being loaded`,
    'Its top level must do no more than define the project: move the rest into hooks.',
  );
}

/** Makes the project that a module describes. */
export function moduleProject(dir: string, module: ModuleDescription): Project {
  const host = hostScript();
  const called = (verb: string, ...more: readonly string[]): HookCommand['command'] => [
    process.execPath,
    host,
    verb,
    module.file,
    ...more,
  ];
  const command = (hook: Hook, empty: boolean): HookCommand => ({
    source: module.file,
    command: called('run', hook),
    reportsReturn: true,
    ...(empty ? { empty: 'its body is empty' } : {}),
  });
  return {
    name: module.name,
    dir,
    backing: module.backing,
    needs: module.needs,
    services: module.services,
    data: module.data,
    ...(module.config.length === 0 ? {} : { config: module.config }),
    ...(module.snapshot ? { snapshot: { source: module.file, command: called('snapshot'), reportsReturn: true } } : {}),
    hooks: new Map(module.hooks.map(({ hook, empty }) => [hook, command(hook, empty)])),
  };
}

/** Reads along; what it returns waits for the rest, unless something that the module started holds the pipe open. */
function collect(pipe: Readable): () => Promise<string> {
  const chunks: Buffer[] = [];
  pipe.on('data', (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise<void>((resolve) => pipe.once('close', resolve));
  return async () => {
    let timer: NodeJS.Timeout | undefined;
    const lingers = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 500);
    });
    await Promise.race([closed, lingers]);
    clearTimeout(timer);
    pipe.destroy();
    return Buffer.concat(chunks).toString('utf8');
  };
}

const ANSWER = v.variant('ok', [
  v.object({
    ok: v.literal(true),
    value: v.object({
      name: v.string(),
      needs: v.array(v.string()),
      backing: v.boolean(),
      services: v.array(v.string()),
      probes: v.array(
        v.object({
          name: v.string(),
          http: v.exactOptional(v.string()),
          tcp: v.exactOptional(v.string()),
          exec: v.exactOptional(v.array(v.string())),
          interval: v.exactOptional(v.string()),
          budget: v.exactOptional(v.string()),
          during: v.exactOptional(v.array(v.string())),
        }),
      ),
      data: v.array(v.object({ name: v.string(), at: v.string() })),
      config: v.array(v.string()),
      hooks: v.array(v.object({ hook: v.picklist(HOOKS), empty: v.boolean() })),
      snapshot: v.boolean(),
    }),
  }),
  v.object({
    ok: v.literal(false),
    error: v.array(
      v.object({
        message: v.string(),
        fix: v.string(),
        file: v.optional(v.string()),
        line: v.optional(v.number()),
      }),
    ),
  }),
]);

function withoutUndefined({ message, fix, file, line }: Answered): Problem {
  return { message, fix, ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
}
type Answered = Extract<v.InferOutput<typeof ANSWER>, { ok: false }>['error'][number];

/** `host.js` is beside us when built, and in `dist/` when we run from the sources. */
function hostScript(): string {
  for (const path of ['./host.js', '../../dist/host.js']) {
    const file = fileURLToPath(new URL(path, import.meta.url));
    if (existsSync(file)) return file;
  }
  throw new Error('Internal error: host.js is missing from this installation of Grenade');
}
