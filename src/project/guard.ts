import { callingPlace, type Place } from './blame.js';

/** How a module's process can end although nobody here ended it. */
export type Unplanned =
  /** `process.exit()` was called by what the user wrote. */
  | { readonly kind: 'exit'; readonly status: number; readonly place: Place | undefined }
  /** Nothing is left that could ever settle what is awaited. */
  | { readonly kind: 'stuck' }
  /** Something was thrown, or a promise rejected, where nobody was there to catch it. */
  | { readonly kind: 'uncaught'; readonly thrown: unknown };

/** As Node has it for a program that ends while it still awaits something. */
const STUCK = 13;

/**
 * Watches the ends of this process that are not ours, and tells the first of them. Returns how to end it ourselves, at
 * once, whatever still keeps it alive.
 */
export function guard(home: string, told: (end: Unplanned) => void): (status: number) => never {
  const exit = process.exit;
  let over = false;
  const tell = (end: Unplanned): void => {
    if (over) return;
    over = true;
    told(end);
  };
  process.exit = (code?: number | string | null): never => {
    tell({ kind: 'exit', status: Number(code ?? process.exitCode ?? 0), place: callingPlace(home) });
    return exit.call(process, code);
  };
  const thrown = (error: unknown): never => {
    tell({ kind: 'uncaught', thrown: error });
    return exit.call(process, 1);
  };
  process.on('uncaughtException', thrown);
  process.on('unhandledRejection', thrown);
  process.on('exit', () => {
    if (over) return;
    tell({ kind: 'stuck' });
    process.exitCode = STUCK;
  });
  return (status) => {
    over = true;
    return exit.call(process, status);
  };
}
