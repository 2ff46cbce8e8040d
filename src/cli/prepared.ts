import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeFault } from '../basics/fault.js';
import type { Problem } from '../basics/problem.js';
import { err, type Result } from '../basics/result.js';
import { RunFold } from '../journal/fold.js';
import { readJournal } from '../journal/journal.js';
import type { Plan } from '../plan/plan.js';
import type { Workspace } from '../workspace/workspace.js';

/** A run that can be conducted: everything that could be refused was not. */
export interface Prepared {
  readonly workspace: Workspace;
  readonly plan: Plan;
  readonly runDir: string;
  readonly resumed: boolean;
  /** Reads and plans again, for a plan that goes on once more can be read. */
  readonly goOn?: () => Promise<Result<Pick<Prepared, 'workspace' | 'plan'>, readonly Problem[]>>;
}

/** A plan from a file, if today's workspace still has all that it names. */
export async function savedPlan(file: string, workspace: Workspace): Promise<Result<Plan, readonly Problem[]>> {
  const [{ parsePlanJson }, { unresolved }] = await Promise.all([
    import('../plan/json.js'),
    import('../plan/resolve.js'),
  ]);
  if (!existsSync(file)) return err([{ message: `there is no ${file}`, fix: 'Make it with `grenade plan --json`.' }]);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return err([{ message: `the plan cannot be read: ${describeFault(error)}`, fix: 'Name another file.', file }]);
  }
  const plan = parsePlanJson(text);
  if (!plan.ok) {
    return err([{ message: `this is no plan: ${plan.error}`, fix: 'Make it again with `grenade plan --json`.', file }]);
  }
  const gone = unresolved(plan.value, workspace);
  return gone.length === 0
    ? plan
    : err(gone.map((what) => ({ message: `the plan does not fit this workspace: ${what}`, fix: 'Plan again.', file })));
}

/** Everything a journal says, in a state that goes on from there. */
export function foldOf(runDir: string): RunFold {
  const state = new RunFold();
  const path = join(runDir, 'journal.ndjson');
  if (existsSync(path)) for (const event of readJournal(path)) state.apply(event);
  return state;
}
