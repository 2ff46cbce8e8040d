import { styleFor } from '../report/style.js';
import { tailOf } from '../report/tail.js';
import { finalResult } from '../report/terminal/final.js';
import { exitCode } from '../report/verdict.js';
import { maskOf } from '../run/secrets.js';
import type { OfRun } from './flags.js';
import { openRun } from './of-run.js';
import { fromHere } from './say.js';
import { writeViews } from './views.js';

/** `grenade report`: how a run went, told again from its journal; a killed run gets the page and the JUnit that it did not live to write. */
export async function report(at: string, flags: OfRun): Promise<number> {
  const found = await openRun(at, flags);
  if (!found.ok) return found.error;
  const { runDir, state, alive, suffix } = found.value;
  const given = { tail: tailOf(runDir), mask: maskOf(runDir), now: Date.now(), alive };
  const page = await writeViews(runDir, state, given);
  process.stdout.write(
    finalResult(state, { ...given, runDir: fromHere(page), style: styleFor(process.stdout, process.env), suffix }),
  );
  // Of a run that goes on there is nothing to be said against.
  return alive ? 0 : exitCode(state);
}
