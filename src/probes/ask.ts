import { codeOf } from '../basics/fault.js';
import type { Outcome } from './track.js';

/** Is told what came of a sample; only the first time counts. */
export type Settle = (outcome: Outcome) => void;

/** Begins a sample, and returns what calls it off. */
export type Ask = (settle: Settle) => () => void;

/** What this machine, and not the service, could not do: nothing is known of the service then. */
const OURS: ReadonlySet<string> = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS', 'EADDRNOTAVAIL', 'EAGAIN']);

/** What an error of a socket says of the service behind it. */
export function outcomeOf(error: Error): Outcome {
  const cause = codeOf(error) ?? error.message;
  return OURS.has(cause) ? { kind: 'unseen', cause } : { kind: 'down', cause };
}
