import { writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Problem } from '../basics/problem.js';
import { unreachable } from '../basics/unreachable.js';
import { placeOfKey, readThrown } from './blame.js';
import { type Description, readDefinition } from './definition.js';
import { guard, type Unplanned } from './guard.js';
import { loadModule } from './load.js';

/** What a module is, or everything that is wrong with it; one line of JSON. */
export type Answer =
  | { readonly ok: true; readonly value: Description }
  | { readonly ok: false; readonly error: readonly Problem[] };

const OUT_OF_HOOKS = 'Its top level runs whenever Grenade looks at the workspace: move the work into a hook.';

/** Loads a module, says what it is on the file descriptor, and ends this process. */
export async function describe(file: string, fd: number): Promise<never> {
  const home = dirname(file);
  Error.stackTraceLimit = 100;
  const answer = (value: Answer): void => {
    const bytes = Buffer.from(`${JSON.stringify(value)}\n`);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  };
  const end = guard(home, (unplanned) => answer({ ok: false, error: [problemOf(unplanned, file)] }));
  let value: unknown;
  try {
    value = await loadModule(file, undefined);
  } catch (error) {
    answer({ ok: false, error: [problemOfThrown(error, file)] });
    return end(0);
  }
  const read = readDefinition(value);
  if (read.ok) answer(read);
  else {
    const error = read.error.map(({ key, within, message, fix }) => ({
      message,
      fix,
      ...placeOfKey(file, key, within),
    }));
    answer({ ok: false, error });
  }
  return end(0);
}

function problemOf(end: Unplanned, file: string): Problem {
  switch (end.kind) {
    case 'exit':
      return {
        message: `the module called process.exit(${end.status}) while it was being loaded`,
        fix: OUT_OF_HOOKS,
        file,
        ...end.place,
      };
    case 'stuck':
      return {
        message: 'the module never finished loading: its top level awaits something that can never happen',
        fix: OUT_OF_HOOKS,
        ...placeOfKey(file, 'await'),
      };
    case 'uncaught':
      return problemOfThrown(end.thrown, file);
    default:
      return unreachable(end);
  }
}

function problemOfThrown(thrown: unknown, file: string): Problem {
  const { title, place } = readThrown(thrown, dirname(file));
  const fix = (): string => {
    if (title.startsWith('SyntaxError')) return 'Correct what stands there.';
    const [, missing] = /^Cannot find (?:module|package) '([^']+)'/.exec(title) ?? [];
    if (missing === undefined)
      return 'Correct it; it happens whenever Grenade looks at the workspace, before any hook.';
    return /^[./]/.test(missing)
      ? 'Correct the path, or add the file.'
      : `Install it for the workspace: npm install ${missing}`;
  };
  return { message: `the module cannot be loaded: ${title}`, fix: fix(), file, ...place };
}
