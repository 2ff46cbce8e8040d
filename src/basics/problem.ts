/** The rules of `grenade check` whose findings keep a native workspace from running; all else is about the workspace. */
export type ErrorRule =
  | 'never-called'
  | 'no-run-bit'
  | 'cannot-execute'
  | 'broken-link'
  | 'two-for-one-hook'
  | 'syntax'
  | 'workspace';

/**
 * One thing wrong with what the user gave us, found before anything runs. All problems of a workspace are
 * collected and shown together.
 */
export interface Problem {
  /** What is wrong, one sentence. */
  readonly message: string;
  /** What to do about it, one sentence. */
  readonly fix: string;
  /** Absolute path of the file at fault, if it is one. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** By what rule it was found; `workspace` when left out. */
  readonly rule?: ErrorRule;
}
