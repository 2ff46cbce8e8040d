import { join } from 'node:path';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import type { RunState } from '../journal/state.js';
import { checkProbePhases } from '../plan/probe-phases.js';
import { stepTitle } from '../report/names.js';
import { findRun } from '../run/directory.js';
import { workspaceEnvironment } from '../run/environment.js';
import { livingServices } from '../services/supervisor.js';
import { completeWorkspace } from '../workspace/complete.js';
import type { AnyDraft as Draft } from '../workspace/draft.js';
import { foldOf, type Prepared, savedPlan } from './prepared.js';

/** `-t`: the latest run, if it ended after its base part and what it had up still is. */
export async function goOn(draft: Draft, signal: AbortSignal): Promise<Result<Prepared, readonly Problem[]>> {
  const refused = (message: string, fix = 'Run `grenade run -b` first, or the whole run.'): Result<never, Problem[]> =>
    err([{ message, fix }]);
  const runDir = findRun(draft.dataRoot);
  if (runDir === undefined) return refused('-t goes on with a run of -b, and there is no run to go on with');
  const state = foldOf(runDir);
  if (state.verdict !== 'base-ready' && state.verdict !== 'stopped') {
    const { why, fix } = howItEnded(state);
    return refused(`-t goes on with a run that ended after its base part, and run ${state.run} ${why}`, fix);
  }
  if (state.cleaned) return refused(`-t needs what the base part left, and run ${state.run} was cleaned up since`);
  if (!baseDone(state)) return refused(`-t begins at the shutdown, and run ${state.run} was stopped before it`);
  if (state.steps.every(({ status }) => status.kind === 'passed')) return refused(`run ${state.run} is over`);
  const gone = missingServices(runDir, state);
  if (gone.length > 0) {
    return refused(
      `-t needs what the base part left up, and ${gone.join(', ')} no longer ${gone.length === 1 ? 'runs' : 'run'}`,
    );
  }

  const env = { ...process.env, ...workspaceEnvironment(draft, runDir) };
  const workspace = await completeWorkspace(draft, { runDir, env, signal, prepared: 'before' });
  if (!workspace.ok) return workspace;
  const plan = await savedPlan(join(runDir, 'plan.json'), workspace.value);
  const wrong = plan.ok ? checkProbePhases(workspace.value.probes, plan.value) : [];
  if (wrong.length > 0) return err(wrong);
  return plan.ok ? ok({ workspace: workspace.value, plan: plan.value, runDir, resumed: true }) : plan;
}

/** Why there is nothing to go on with, and what to do; what the target part began with has to be known to be well. */
function howItEnded(state: RunState): { readonly why: string; readonly fix?: string } {
  if (state.verdict === 'passed') return { why: 'is over' };
  const upgraded = state.steps.some(({ record, status }) => record.side === 'target' && status.kind !== 'waiting');
  if (upgraded) {
    return { why: 'had begun the target part: what is there now is no base any more' };
  }
  const [failed] = state.failed;
  if (failed === undefined) return { why: 'was ended before that' };
  return {
    why:
      `failed before that, in ${stepTitle(failed.record)}: what the upgrade breaks could not be told from ` +
      'what was broken before it',
    fix: '`grenade report` says what failed. Mend it, and run `grenade run -b` again, or the whole run.',
  };
}

const baseDone = (state: RunState): boolean =>
  state.steps.every(({ phase, status }) => phase.blame !== 'base' || status.kind === 'passed');

/** Services that were up when the run ended, and are not now. */
function missingServices(runDir: string, state: RunState): string[] {
  const alive = new Set(livingServices(runDir).map(({ name }) => name));
  return [...state.services.values()]
    .filter(({ name, status }) => status.kind === 'running' && !alive.has(name))
    .map(({ name }) => name);
}
