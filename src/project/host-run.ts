import { dirname, join } from 'node:path';
import { unreachable } from '../basics/unreachable.js';
import { appendNote } from '../journal/notes.js';
import { type Place, placeOfFunction, readThrown } from './blame.js';
import { CommandError } from './command-error.js';
import { makeContext, type Pending, readSurroundings } from './context.js';
import { guard, type Unplanned } from './guard.js';
import { loadModule } from './load.js';
import { findMethod, METHODS, methodOf, type Path } from './methods.js';

/** The hook did something that no hook may do, in words that stand on their own. */
class HookError extends Error {
  override readonly name = 'HookError';
}

/**
 * Runs one method of a module, notes how it went, and ends this process whatever the method left open. It is given a
 * hook's context, and what else is `given`.
 */
export async function runMethod(file: string, path: Path, ...given: readonly string[]): Promise<never> {
  const home = dirname(file);
  const called = path.join('.');
  const around = readSurroundings(process.env);
  if (!around.ok) {
    const missing = around.error.join(', ');
    process.stderr.write(
      `${called} of ${file} cannot be run by hand: its environment lacks ${missing}.\n` +
        'Use `grenade resource PROJECT PHASE` for one phase, or `grenade run` for all of them.\n',
    );
    process.exit(2);
  }
  const { notes, dirs } = around.value;
  // What the innermost frame of a stack is, counts: of ours there may be many before it.
  Error.stackTraceLimit = 100;

  let method: unknown;
  const fail = (text: string, title: string, status: number, known: Place | undefined): void => {
    const place = known ?? (method === undefined ? { file, line: 1 } : placeOfFunction(file, method));
    process.stderr.write(`${text}\n`);
    appendNote(notes, 'failed', place.file, String(place.line), String(status), title);
  };
  const failThrown = (thrown: unknown, status: number): void => {
    const { title, text, place } = readThrown(thrown, home);
    fail(text, title, status, place);
  };
  const end = guard(home, (unplanned) => {
    if (unplanned.kind === 'uncaught') return failThrown(unplanned.thrown, 1);
    const title = sentence(unplanned, called);
    fail(
      title,
      title,
      unplanned.kind === 'exit' ? unplanned.status : 13,
      unplanned.kind === 'exit' ? unplanned.place : undefined,
    );
  });

  const abort = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => abort.abort(new HookError('The step is being ended')));
  }
  try {
    const definition = await loadModule(file, join(dirs.run, 'modules'));
    method = methodOf(definition, path);
    const found = findMethod(definition, path);
    if (found === undefined) throw new HookError(`${file} has no ${called} any more`);
    const pending: Pending = new Set();
    const returned = await found.call(makeContext(around.value, abort.signal, pending), ...given);
    if (pending.size > 0) {
      const calls = [...pending].map(({ call }) => call).join(' and ');
      throw new HookError(`${called} returned while ${calls} was still at work: await it`);
    }
    if (process.exitCode !== undefined && Number(process.exitCode) !== 0) {
      throw new HookError(`${called} set process.exitCode to ${process.exitCode}: throw an Error to fail`);
    }
    if (path === METHODS.version) {
      if (typeof returned !== 'string') throw new HookError('version must return the release as a string');
      appendNote(notes, 'version', returned);
    }
  } catch (error) {
    // A command that failed passes its status on, as it would in a script.
    const status = error instanceof CommandError ? error.status : 1;
    failThrown(error, status);
    // What it ran and did not await goes with it.
    abort.abort();
    return end(status);
  }
  appendNote(notes, 'returned');
  return end(0);
}

function sentence(end: Exclude<Unplanned, { kind: 'uncaught' }>, called: string): string {
  switch (end.kind) {
    case 'exit':
      return `process.exit(${end.status}) was called before ${called} returned`;
    case 'stuck':
      return `${called} awaits something that can never happen: nothing is left that could settle its promise`;
    default:
      return unreachable(end);
  }
}
