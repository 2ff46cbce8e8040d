import type { Result } from '../basics/result.js';
import { type Logged, runLogged } from './logged-program.js';

/** Copies what is in a directory into another one, with owners, times, links and attributes. */
export const copyTree = (from: string, to: string, logged: Logged): Promise<Result<void, string>> =>
  runLogged(['cp', '-a', '--reflink=auto', '--', `${from}/.`, to], '/', logged);

/** Has everything of a directory's file system written to the disk. */
export const syncTree = (directory: string, logged: Logged): Promise<Result<void, string>> =>
  runLogged(['sync', '-f', '--', directory], '/', logged);
