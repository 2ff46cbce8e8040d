import { relative } from 'node:path';
import { describeFault } from '../basics/fault.js';
import type { Problem } from '../basics/problem.js';
import type { Holder } from '../run/lock.js';
import { formatProblems } from '../workspace/problems.js';

/** What a command that was refused exits with: nothing was run. */
export const REFUSED = 2;

/** What a command that was interrupted exits with. */
export const INTERRUPTED = 130;

/** Says everything that is wrong at once, and returns what to exit with. */
export function refuse(problems: readonly Problem[]): number {
  process.stderr.write(`${formatProblems(problems, process.cwd())}\n`);
  return REFUSED;
}

/** Says that somebody interrupted before anything began, and returns what to exit with. */
export function interrupted(): number {
  process.stderr.write('Interrupted before anything was run.\n');
  return INTERRUPTED;
}

/** Says one thing that is wrong with how a command was called. */
export function misused(message: string, fix: string): number {
  return refuse([{ message, fix }]);
}

/** That somebody else has what a command needs for itself. */
export const held = ({ pid }: Holder): Problem => ({
  message: `a run is going on here, or a hook by hand (process ${pid})`,
  fix: 'Wait for it, or end it with Ctrl-C.',
});

/** A path as somebody standing here would write it: relative or absolute, whichever is shorter. */
export function fromHere(path: string): string {
  const way = relative(process.cwd(), path);
  if (way === '') return '.';
  return way.length < path.length ? way : path;
}

/** Does what a run's verdict does not hang on: when it cannot be done, that is said. */
export function attempt(otherwise: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    complain(otherwise, error);
  }
}

export function complain(what: string, error: unknown): void {
  process.stderr.write(`grenade: ${what}: ${describeFault(error)}\n`);
}
