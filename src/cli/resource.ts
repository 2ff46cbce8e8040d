import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Journal } from '../journal/journal.js';
import { HOOKS, type Hook, type Side } from '../journal/record.js';
import type { RunState } from '../journal/state.js';
import type { Plan, Step } from '../plan/plan.js';
import { explain } from '../report/explain.js';
import { Follower } from '../report/follow.js';
import { runEnvironment, workspaceEnvironment } from '../run/environment.js';
import { startHook } from '../run/hook.js';
import { stemOf } from '../run/hook-notes.js';
import { enter } from '../run/inside.js';
import { takeLock } from '../run/lock.js';
import { Scratch } from '../run/scratch.js';
import { keepSecrets, maskOf } from '../run/secrets.js';
import { Home } from '../run/workplace.js';
import { completeWorkspace } from '../workspace/complete.js';
import { findDataRoot } from '../workspace/data-root.js';
import { readWorkspace } from '../workspace/read.js';
import type { ResourceFlags } from './flags.js';
import { type Interrupts, listening } from './interrupts.js';
import { openRun } from './of-run.js';
import { readOptions } from './prepare.js';
import { foldOf } from './prepared.js';
import { fromHere, held, INTERRUPTED, interrupted, misused, refuse } from './say.js';

/**
 * `grenade resource`: one phase of one project against what a run left up, for people who write hooks. It is no part
 * of that run: its journal and report stay as they are.
 */
export function resource(name: string, phase: string, at: string, flags: ResourceFlags): Promise<number> {
  return listening(async (interrupts) => {
    const dataRoot = findDataRoot(resolve(at));
    // Hooks of two commands would share the working directories and the files that are called by a step's number.
    const lock = existsSync(dataRoot) ? takeLock(dataRoot) : undefined;
    if (lock?.ok === false) return refuse([held(lock.error)]);
    try {
      return await byHand(name, phase, at, flags, interrupts);
    } finally {
      lock?.value.release();
    }
  });
}

async function byHand(
  name: string,
  phase: string,
  at: string,
  flags: ResourceFlags,
  interrupts: Interrupts,
): Promise<number> {
  const hook = HOOKS.find((each) => each === phase.replaceAll('-', '_'));
  if (hook === undefined) return misused(`there is no phase ${phase}`, `Name one of: ${HOOKS.join(', ')}.`);
  const found = await openRun(at, flags);
  if (!found.ok) return found.error;
  const { runDir, state } = found.value;
  // What hooks start by their own means is up too, and nobody told us.
  const takenDown = state.cleaned || state.verdict === 'passed';
  if (takenDown && !state.up)
    return misused(`nothing of run ${state.run} is up`, 'Bring the base up first: grenade run -b.');

  const signal = interrupts.first;
  const read = await readWorkspace(at, { ...readOptions({}), signal });
  if (!read.ok) return signal.aborted ? interrupted() : refuse(read.error);
  const settings = { ...process.env, ...workspaceEnvironment(read.value, runDir) };
  const completed = await completeWorkspace(read.value, { runDir, env: settings, signal, prepared: 'before' });
  if (signal.aborted) return interrupted();
  if (!completed.ok) return refuse(completed.error);
  const workspace = completed.value;
  const project = workspace.projects.find((each) => each.name === name);
  if (project === undefined) {
    return misused(
      `there is no project ${name}`,
      `Name one of: ${workspace.projects.map((each) => each.name).join(', ')}.`,
    );
  }
  if (!project.hooks.has(hook)) {
    return misused(`${name} has no ${hook} hook`, `It has: ${[...project.hooks.keys()].join(', ')}.`);
  }

  const entered = await enter(runDir, found.value.dataRoot);
  if (!entered.ok) return refuse([entered.error]);
  const inside = entered.value;
  const side = flags.side ?? sideOf(state, name);
  const journal = new Journal(join(runDir, 'by-hand.ndjson'));
  const env = runEnvironment(workspace, runDir);
  keepSecrets(runDir, workspace.secrets, env, workspace.base.env, workspace.target.env);
  const step = stepOf(name, hook, side, workspace[side].name, freeNumber(runDir, state.steps.length));
  const context = {
    workspace,
    plan: planOf(step),
    projects: new Map([[name, project]]),
    runDir,
    system: runDir,
    journal,
    state: foldOf(runDir),
    probes: [],
    env,
    workplace: workspace.home === undefined ? new Scratch(runDir) : new Home(workspace.home),
    ...(inside === undefined ? {} : { inside }),
    digits: Math.max(2, String(state.steps.length).length),
  };
  process.stdout.write(`${name} ${hook} for ${side} ${workspace[side].name}, against run ${state.run}\n`);
  const running = startHook(context, step, project, hook);
  // Anew each time: the hook may have made up a password since.
  const log = new Follower(join(runDir, running.log), (lines) => process.stdout.write(maskOf(runDir)(lines)));
  const timer = setInterval(() => log.follow(), 100);
  const end = (): void => running.end({ kind: 'interrupted', signal: String(signal.reason) });
  signal.addEventListener('abort', end);
  if (signal.aborted) end();
  interrupts.second.addEventListener('abort', () => running.kill());
  const { failure, log: path } = await running.ended;
  clearInterval(timer);
  log.close();
  inside?.close();
  journal.close();
  if (failure === undefined) {
    process.stdout.write('✔ passed\n');
    return 0;
  }
  const { short, what = '', next = '' } = explain(failure, step);
  const told = [short, what, next].filter((text) => text !== '').join('\n  ');
  process.stdout.write(`✘ ${maskOf(runDir)(told)}\n`);
  process.stdout.write(`  The whole log is ${fromHere(join(runDir, path))}\n`);
  return signal.aborted ? INTERRUPTED : 1;
}

/** A number for the names of its files that neither the run nor an earlier call took. */
function freeNumber(runDir: string, planned: number): number {
  const taken = readdirSync(join(runDir, 'steps')).map((log) => Number.parseInt(stemOf(log), 10));
  return Math.max(planned, ...taken.filter(Number.isInteger)) + 1;
}

/** Where a project stands: at the target once something of its way up has passed. */
function sideOf(state: RunState, project: string): Side {
  const wayUp = ['install', 'migrate', 'start', 'upgrade'];
  const moved = state.steps.some(
    ({ record: { action, side }, status }) =>
      side === 'target' &&
      status.kind === 'passed' &&
      action.kind === 'hook' &&
      action.project === project &&
      wayUp.includes(action.hook),
  );
  return moved ? 'target' : 'base';
}

function stepOf(project: string, hook: Hook, side: Side, release: string, number: number): Step {
  const key = `${project}/${hook}:${side}@${release}`;
  return { key, number, phase: 'by hand', action: { kind: 'hook', project, hook }, side, release, after: [] };
}

const planOf = (step: Step): Plan => ({
  format: 1,
  scenario: 'by hand',
  releases: { base: step.release, target: step.release },
  projects: [],
  phases: [{ name: step.phase, blame: 'base', onFailure: 'stop', steps: [step] }],
});
