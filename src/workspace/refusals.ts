import type { Problem } from '../basics/problem.js';
import type { ScriptDirectory } from '../project/scripts.js';
import { Interpreters } from './interpreters.js';
import { checkSyntax } from './syntax.js';

/**
 * What keeps the hooks of one directory from being called as they should be: the findings of severity error that
 * `grenade check` has. A native workspace is refused for them, a classic one warns of them.
 *
 * @param paths Every PATH that its hooks may be started with.
 */
export async function refusals(
  scripts: ScriptDirectory,
  paths: readonly (string | undefined)[] = [process.env.PATH],
): Promise<Problem[]> {
  return [
    ...scripts.problems,
    ...new Interpreters(paths).missing(scripts),
    ...(await checkSyntax([...scripts.bash, ...(scripts.settings === undefined ? [] : [scripts.settings])])),
  ];
}
