import { rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describeFault } from '../basics/fault.js';
import { writeFileAtomic } from '../basics/files.js';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import { printPlanJson } from '../plan/json.js';
import type { Plan } from '../plan/plan.js';
import { checkProbePhases } from '../plan/probe-phases.js';
import { planFor } from '../plan/scenario.js';
import { stopPhase } from '../plan/stop.js';
import { strayName } from '../report/standing.js';
import { listRuns, markLatest } from '../run/directory.js';
import { workspaceEnvironment } from '../run/environment.js';
import { type Holder, type Lock, takeLock } from '../run/lock.js';
import { whatIsLeft } from '../services/strays.js';
import { livingInRun } from '../services/systems.js';
import { completeWorkspace } from '../workspace/complete.js';
import type { AnyDraft as Draft } from '../workspace/draft.js';
import { readWorkspace } from '../workspace/read.js';
import { conduct } from './conduct.js';
import { fetchAll } from './fetch.js';
import type { RunFlags } from './flags.js';
import { Interrupts } from './interrupts.js';
import { newRunDirectory, readOptions } from './prepare.js';
import { type Prepared, savedPlan } from './prepared.js';
import { goOn } from './resume.js';
import { fromHere, held, interrupted, misused, refuse } from './say.js';
import { VERSION } from './version.js';

/** `grenade run`: reads, plans, runs, tells. Nothing is run before everything that was asked for made sense. */
export async function run(at: string, flags: RunFlags): Promise<number> {
  if (flags.b === true && flags.t === true) {
    return misused('-b is only the base part and -t only the target part', 'Leave both out for the whole run.');
  }
  const against = (['t', 'plan'] as const).find((flag) => flags.fromSnapshot === true && flags[flag] !== undefined);
  if (against !== undefined) {
    const why = against === 't' ? '-t goes on with a base that is up' : '--plan says itself what is run';
    return misused(`${why}, so --from-snapshot cannot be`, 'Leave one of them out.');
  }
  // From here on there is something to be put in order by whoever interrupts us.
  const interrupts = new Interrupts();
  let lock: Lock | undefined;
  /** Takes the workspace for this run, unless that is done already; or why that cannot be. */
  const hold = (dataRoot: string): readonly Problem[] => {
    if (lock !== undefined) return [];
    const taken = holdWorkspace(dataRoot);
    if (!taken.ok) return [taken.error];
    lock = taken.value;
    return [];
  };
  try {
    const read = await readWorkspace(at, {
      ...readOptions(flags),
      offline: flags.t === true,
      signal: interrupts.first,
      fetch: async (planned, dataRoot) => {
        const problems = hold(dataRoot);
        return problems.length > 0 ? err(problems) : fetchAll(planned, dataRoot, interrupts.first);
      },
    });
    if (!read.ok) return interrupts.first.aborted ? interrupted() : refuse(read.error);
    const draft = read.value;
    const problems = hold(draft.dataRoot);
    if (problems.length > 0) return refuse(problems);
    const prepared = await (flags.t === true ? goOn(draft, interrupts.first) : begin(draft, flags, interrupts.first));
    if (!prepared.ok) return interrupts.first.aborted ? interrupted() : refuse(prepared.error);
    return await conduct(prepared.value, flags, resolve(at), interrupts);
  } finally {
    interrupts.close();
    lock?.release();
  }
}

/** The least room that a run needs for its own records, in bytes. */
const LEAST_ROOM = 64 * 1024;

/** The lock of a workspace's runs, or who has it. */
function holdWorkspace(dataRoot: string): Result<Lock, Problem> {
  let lock: Result<Lock, Holder> | undefined;
  try {
    lock = takeLock(dataRoot);
    // The lock itself takes no room, and bash would say of a disk that is full only that settings could not be sourced.
    if (lock.ok) tryToWrite(join(dataRoot, 'lock.room'));
  } catch (error) {
    if (lock?.ok === true) lock.value.release();
    return err({
      message: `nothing can be written to ${fromHere(dataRoot)}: ${describeFault(error)}`,
      fix: 'Make it writable, make room by `grenade clean`, or name another directory as `data-root` in grenade.yaml.',
    });
  }
  return lock.ok ? lock : err(held(lock.error));
}

function tryToWrite(path: string): void {
  try {
    writeFileSync(path, Buffer.alloc(LEAST_ROOM));
  } finally {
    rmSync(path, { force: true });
  }
}

/** Makes a new run's directory, sources the settings, makes the plan; takes it all back when something is wrong. */
async function begin(
  draft: Draft,
  flags: RunFlags,
  signal: AbortSignal,
): Promise<Result<Prepared, readonly Problem[]>> {
  const runDir = newRunDirectory(draft.dataRoot);
  const snapshots = flags.fromSnapshot === true ? await import('../run/ask-for-snapshot.js') : undefined;
  const read = async (prepared?: 'now'): Promise<Result<Pick<Prepared, 'workspace' | 'plan'>, readonly Problem[]>> => {
    const env = { ...process.env, ...workspaceEnvironment(draft, runDir) };
    const workspace = await completeWorkspace(draft, {
      runDir,
      env,
      signal,
      ...(prepared === undefined ? {} : { prepared }),
    });
    if (!workspace.ok) return workspace;
    if (workspace.value.asks?.t === true) {
      const fix = 'Use -t, which goes on with an earlier -b, or set RUN_BASE=True.';
      return err([{ message: 'RUN_BASE asks for the target part alone', fix, file: workspace.value.file }]);
    }
    const made =
      flags.plan === undefined || prepared === 'now'
        ? ok(planFor(workspace.value, { failFast: flags.failFast === true }))
        : await savedPlan(flags.plan, workspace.value);
    if (!made.ok) return made;
    const forked = await snapshots?.planFromSnapshot(made.value, workspace.value, runDir, VERSION, signal);
    if (forked?.ok === false) return forked;
    // Only once: with the ports of a snapshot, settings make the base of that snapshot.
    if (forked?.value.kind === 'ports-changed') return read(prepared);
    const plan = forked === undefined ? made : ok(forked.value.plan);
    const stray = unknownLabel(flags.s, plan.value);
    const wrong = [...(stray === undefined ? [] : [stray]), ...checkProbePhases(workspace.value.probes, plan.value)];
    if (wrong.length > 0) return err(wrong);
    writeFileAtomic(join(runDir, 'plan.json'), printPlanJson(plan.value));
    const warnings = [...workspace.value.warnings, ...(forked?.value.warnings ?? [])];
    return ok({ workspace: { ...workspace.value, warnings }, plan: plan.value });
  };
  const asked = await snapshots?.askForSnapshot(draft, runDir);
  const takeBack = (): void => {
    if (asked?.ok === true) asked.value.takeBack();
    rmSync(runDir, { recursive: true, force: true });
  };
  const first =
    asked?.ok === false
      ? asked
      : await read().catch((error: unknown) => {
          // Long work that is called off throws why.
          if (signal.aborted && error === signal.reason) return err([]);
          takeBack();
          throw error;
        });
  if (!first.ok) {
    takeBack();
    return first;
  }
  const { workspace, plan } = first.value;
  const warnings = [...workspace.warnings, ...leftUp(draft.dataRoot)];
  markLatest(draft.dataRoot, runDir);
  return ok({ workspace: { ...workspace, warnings }, plan, runDir, resumed: false, goOn: () => read('now') });
}

/** What earlier runs left up: it holds memory and data, and no new run takes it down. */
function leftUp(dataRoot: string): string[] {
  return listRuns(dataRoot).flatMap((earlier) => {
    const names = [
      ...livingInRun(earlier).map(({ name }) => name),
      ...(whatIsLeft(earlier).strays ?? []).map(strayName),
    ];
    const id = basename(earlier);
    return names.length === 0 ? [] : [`run ${id} left ${names.join(', ')} up: grenade clean --run ${id}`];
  });
}

function unknownLabel(label: string | undefined, plan: Plan): Problem | undefined {
  if (label === undefined || plan.goesOn === true || stopPhase(plan, label) !== undefined) return undefined;
  const labels = plan.phases.map(({ name }) => name);
  return { message: `-s ${label}: no phase is called that`, fix: `Stop after one of: ${labels.join(', ')}.` };
}
