import { styleFor } from '../report/style.js';
import { tailOf } from '../report/tail.js';
import { finalResult } from '../report/terminal/final.js';
import { exitCode } from '../report/verdict.js';
import { maskOf } from '../run/secrets.js';
import type { OfRun } from './flags.js';
import { quoted, tellGithub } from './github.js';
import { openRun } from './of-run.js';
import { fromHere } from './say.js';
import { writeViews } from './views.js';

/** `grenade report`: how a run went, told again from its journal; a killed run gets what it did not live to write. */
export async function report(at: string, flags: OfRun): Promise<number> {
  const found = await openRun(at, flags);
  if (!found.ok) return found.error;
  const { runDir, state, alive, suffix } = found.value;
  const given = { tail: tailOf(runDir), mask: maskOf(runDir), now: Date.now(), alive };
  const written = await writeViews(runDir, state, given);
  const style = styleFor(process.stdout, process.env);
  const shown = { ...given, runDir: fromHere(written.open), beside: written.beside, style, suffix };
  process.stdout.write(quoted(finalResult(state, shown), process.env));
  // What a run tells GitHub itself is told once.
  if (state.verdict === undefined && !alive) await tellGithub(runDir, state, given, written);
  // Of a run that goes on there is nothing to be said against.
  return alive ? 0 : exitCode(state);
}
