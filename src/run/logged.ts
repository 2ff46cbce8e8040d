import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const SUFFIX = '.log';

/** Names of the logs in a run's `services/`: those of supervised services, and what projects write there themselves. */
export function logNames(runDir: string): string[] {
  return readdirSync(join(runDir, 'services'))
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => file.slice(0, -SUFFIX.length))
    .sort();
}

export const logPath = (runDir: string, name: string): string => join(runDir, 'services', `${name}${SUFFIX}`);

/** The logs whose length is another one than was known, with how many bytes they hold now. */
export function loggedSince(
  runDir: string,
  known: ReadonlyMap<string, number>,
): { readonly logged?: Readonly<Record<string, number>> } {
  const logged = Object.fromEntries(
    logNames(runDir).flatMap((name): [string, number][] => {
      // A link may lead nowhere yet.
      const size = statSync(logPath(runDir, name), { throwIfNoEntry: false })?.size ?? 0;
      return size === (known.get(name) ?? 0) ? [] : [[name, size]];
    }),
  );
  return Object.keys(logged).length === 0 ? {} : { logged };
}
