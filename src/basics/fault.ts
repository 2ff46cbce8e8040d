/**
 * What went wrong that no value could tell, for people: what the system refused us (a full disk, a directory that is
 * gone) in its own words, and anything else, which is a bug, with where it happened.
 */
export function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'syscall' in error ? error.message : (error.stack ?? error.message);
}

/** What the system calls an error: `ENOENT` where something is not there; undefined where it is none of the system's. */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
