import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '../basics/duration.js';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import type { Fetched } from '../git/fetch.js';
import type { PlannedFetch } from '../git/plan.js';
import { gitSettings } from '../git/settings.js';
import { fetchText } from '../workspace/by-git.js';

/** Says what will be fetched by git, all of it, then fetches one after the other; ends at the first that cannot be. */
export async function fetchAll(
  planned: readonly PlannedFetch[],
  dataRoot: string,
  signal: AbortSignal,
): Promise<Result<readonly Fetched[], readonly Problem[]>> {
  for (const { checkout, action } of planned) {
    if (action.kind === 'use') continue;
    process.stdout.write(`fetch  ${checkout.name}  ${fetchText(checkout)}\n`);
  }
  const { fetchCheckout } = await import('../git/fetch.js');
  mkdirSync(dataRoot, { recursive: true });
  const log = join(dataRoot, 'fetch.log');
  rmSync(log, { force: true });
  const fetched: Fetched[] = [];
  for (const each of planned) {
    const began = performance.now();
    const done = await fetchCheckout(each, { settings: gitSettings(process.env), log, env: process.env, signal });
    if (!done.ok) return err([done.error]);
    fetched.push(done.value);
    const { checkout, how, commit } = done.value;
    if (how === 'used') continue;
    const ms = formatDuration(performance.now() - began);
    process.stdout.write(
      `       ${checkout.name}  ${how} in ${ms}${commit === undefined ? '' : `, at ${commit.slice(0, 12)}`}\n`,
    );
  }
  return ok(fetched);
}
