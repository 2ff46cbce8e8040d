import type { Problem } from '../basics/problem.js';
import type { Source } from './source.js';

/** An error keeps a native workspace from running; a warning makes a result worth less; a note costs whoever reads the scripts. */
export type Severity = 'error' | 'warning' | 'note';

/** What a reviewer has to say about one place. */
export interface Finding extends Omit<Problem, 'rule' | 'file'> {
  readonly rule: string;
  /** Absolute. */
  readonly file: string;
  readonly severity: Severity;
}

/** A finding as a rule makes it; which rule that was is known to who asked. */
export type Found = Omit<Finding, 'rule' | 'severity'>;

/** A finding at an offset of a source. */
export function at(source: Source, offset: number, message: string, fix: string): Found {
  return { message, fix, file: source.path, ...source.place(offset) };
}
