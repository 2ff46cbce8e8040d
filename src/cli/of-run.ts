import { resolve } from 'node:path';
import { err, ok, type Result } from '../basics/result.js';
import type { Event } from '../journal/event.js';
import { RunFold } from '../journal/fold.js';
import { readJournal } from '../journal/journal.js';
import { isAlive } from '../process/identity.js';
import { findRun } from '../run/directory.js';
import { leftovers } from '../run/leftovers.js';
import { whatIsLeft } from '../services/strays.js';
import { findDataRoot } from '../workspace/data-root.js';
import type { OfRun } from './flags.js';
import { fromHere, misused } from './say.js';

/** A run that was there before this command. */
export interface FoundRun {
  readonly dataRoot: string;
  readonly runDir: string;
  readonly events: readonly Event[];
  readonly state: RunFold;
  /** Whether its harness is still at work. */
  readonly alive: boolean;
  /** What a command needs to mean this workspace and run, when they are not the ones it would take by itself. */
  readonly suffix: string;
}

/** The run that `--run` names, or the latest; or what to exit with, said already. */
export async function openRun(at: string, flags: OfRun): Promise<Result<FoundRun, number>> {
  const dir = resolve(at);
  const dataRoot = findDataRoot(dir);
  const runDir = findRun(dataRoot, flags.run);
  if (runDir === undefined) {
    const missing = flags.run === undefined ? 'no run' : `no run ${flags.run}`;
    return err(
      misused(`there is ${missing} in ${fromHere(dataRoot)}`, 'Run `grenade run`, or name another workspace.'),
    );
  }
  const events = [...readJournal(`${runDir}/journal.ndjson`)];
  const state = new RunFold();
  for (const event of events) state.apply(event);
  const alive = state.verdict === undefined && state.harness !== undefined && isAlive(state.harness);
  if (!alive) for (const body of leftovers(runDir, events, state)) state.apply({ at: state.lastAt, ...body });
  // One that was killed could not say what it left: the hook that it was in, for one.
  if (!alive && state.verdict === undefined && !state.cleaned) state.strays = whatIsLeft(runDir).strays ?? [];
  return ok({ dataRoot, runDir, events, state, alive, suffix: suffixOf(dir, flags) });
}

/** What follows a command so that it means this workspace and run. */
export function suffixOf(dir: string, flags: OfRun = {}): string {
  const where = fromHere(dir);
  return `${where === '.' ? '' : ` ${where}`}${flags.run === undefined ? '' : ` --run ${flags.run}`}`;
}
