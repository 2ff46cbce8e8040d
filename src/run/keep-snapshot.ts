import { appendFileSync, mkdirSync, statfsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { err, ok, type Result } from '../basics/result.js';
import { formatSize } from '../basics/size.js';
import { unreachable } from '../basics/unreachable.js';
import type { RunState } from '../journal/state.js';
import type { Step } from '../plan/plan.js';
import { identify } from '../process/identity.js';
import { portsOf } from '../services/ports.js';
import { whatIsLeft } from '../services/strays.js';
import { livingServices } from '../services/supervisor.js';
import { changedBetween, ingredientsOf, keyOf } from '../snapshots/key.js';
import { keepSnapshot, listSnapshots, type NotKept } from '../snapshots/store.js';
import { sizeOf } from '../snapshots/tree.js';
import { callSnapshot } from './call-snapshot.js';
import type { RunContext } from './context.js';
import { copyTree, syncTree } from './copy.js';
import { installStamp, releaseDirectory } from './environment.js';
import { type Fork, readFork, standOn } from './fork.js';
import type { Logged } from './logged-program.js';
import { outsideSnapshot } from './outside.js';
import { resolveSource } from './registered-data.js';

/** What of a run's directory a base is, besides the ports: they are in the manifest. */
export const KEPT = ['data', 'resources', 'services'] as const;

/**
 * Keeps the base, all of it down, for later runs to begin with. It never fails a run: why nothing was kept is a
 * warning, since the upgrade can be judged without it.
 */
export async function keepBase(context: RunContext, step: Step, logged: Logged): Promise<undefined> {
  const { journal, runDir } = context;
  const fork = readFork(runDir);
  if (fork?.state !== 'builds') throw new Error('Internal error: this run keeps no snapshot');
  const kept = await keep(context, step, fork, logged);
  if (logged.stop.aborted) return undefined;
  if (!kept.ok) {
    journal.append({ type: 'warned', step: step.key, text: `no snapshot of the base was kept: ${kept.error}` });
  } else {
    journal.append({ type: 'snapshot-kept', step: step.key, key: fork.key, bytes: kept.value.bytes });
    appendFileSync(logged.log, `kept as snapshot ${fork.key}, ${formatSize(kept.value.bytes)}\n`);
    for (const key of kept.value.dropped) appendFileSync(logged.log, `dropped ${key} to make room\n`);
  }
  return undefined;
}

async function keep(
  context: RunContext,
  step: Step,
  fork: Extract<Fork, { state: 'builds' }>,
  logged: Logged,
): Promise<Result<{ readonly bytes: number; readonly dropped: readonly string[] }, string>> {
  const { runDir, workspace, state } = context;
  const { dataRoot } = workspace;
  const limit = workspace.snapshots?.limit ?? 0;
  const up = stillUp(runDir);
  if (up !== undefined) return err(up);
  const outside = outsideSnapshot(workspace, runDir, (source) => resolveSource(context, source));
  if (outside !== undefined) return err(outside);
  // What was changed while the base was built may be in it or not.
  const now = ingredientsOf(workspace, runDir, state.harness?.version ?? '');
  if (keyOf(now) !== fork.key) {
    const [first] = changedBetween(now, fork.ingredients);
    return err(`${first} changed while it was built`);
  }

  // Asked before anything is copied: others need the disk too.
  const bytes = KEPT.reduce((sum, room) => sum + sizeOf(join(runDir, room)), 0);
  if (bytes > limit) return err(words({ kind: 'too-large', bytes }, dataRoot, limit));
  const { bavail, bsize } = statfsSync(dataRoot);
  const free = bavail * bsize;
  if (bytes > free) return err(`it takes ${formatSize(bytes)}, and ${formatSize(free)} are free on its disk`);

  const fill = async (held: string): Promise<Result<void, string>> => {
    for (const room of KEPT) {
      mkdirSync(join(held, room));
      const copied = await copyTree(join(runDir, room), join(held, room), logged);
      if (!copied.ok) return copied;
    }
    for (const project of workspace.projects) {
      if (project.snapshot === undefined) continue;
      const directory = join(held, 'projects', project.name);
      mkdirSync(directory, { recursive: true });
      const saved = await callSnapshot(context, step, project, 'save', directory, logged);
      if (!saved.ok) return err(`${basename(project.snapshot.source)} save of ${project.name} failed: ${saved.error}`);
    }
    return ok(undefined);
  };
  const supervised = supervisedIn(state);
  const kept = await keepSnapshot(
    dataRoot,
    {
      key: fork.key,
      base: workspace.base.name,
      target: workspace.target.name,
      run: state.run,
      ports: portsOf(runDir),
      installed: Object.fromEntries(
        workspace.projects.flatMap(({ name }) => {
          const stamp = installStamp(releaseDirectory(workspace, name, 'base'));
          return stamp === undefined ? [] : [[name, stamp]];
        }),
      ),
      created: createdIn(state),
      unsupervised: workspace.projects
        .filter(({ name, hooks }) => hooks.has('start') && !supervised.has(name))
        .map(({ name }) => name),
      ingredients: fork.ingredients,
    },
    {
      stop: logged.stop,
      fill,
      sync: (directory) => syncTree(directory, logged),
      limit,
      inUse: (key) => standOn(dataRoot, key).length > 0,
    },
  );
  return kept.ok ? kept : err(words(kept.error, dataRoot, limit));
}

function words(why: NotKept, dataRoot: string, limit: number): string {
  switch (why.kind) {
    case 'too-large': {
      const staying = listSnapshots(dataRoot).filter(({ key }) => standOn(dataRoot, key).length > 0);
      const others = staying.length === 0 ? '' : `, and runs stand on ${staying.map(({ key }) => key).join(', ')}`;
      return `it takes ${formatSize(why.bytes)}, and snapshots.limit is ${formatSize(limit)}${others}`;
    }
    case 'not-copied':
      return why.reason;
    default:
      return unreachable(why);
  }
}

/** Projects whose create or early create passed and can be seen to do something. */
const createdIn = ({ steps }: RunState): string[] => [
  ...new Set(
    steps.flatMap(({ record: { action, empty }, status }) =>
      action.kind === 'hook' &&
      (action.hook === 'create' || action.hook === 'early_create') &&
      empty !== true &&
      status.kind === 'passed'
        ? [action.project]
        : [],
    ),
  ),
];

/** Projects whose start at the base started a supervised service. */
function supervisedIn({ steps, lives }: RunState): ReadonlySet<string> {
  const started = new Set(lives.map(({ step }) => step));
  return new Set(
    steps.flatMap(({ record: { key, action, side } }) =>
      started.has(key) && side === 'base' && action.kind === 'hook' && action.hook === 'start' ? [action.project] : [],
    ),
  );
}

/** What still runs, so that the files are not at rest; undefined when nothing does. */
function stillUp(runDir: string): string | undefined {
  const services = livingServices(runDir).map(({ name }) => name);
  const strays = (whatIsLeft(runDir).strays ?? [])
    // What asks the probes is ours.
    .filter(({ pid }) => identify(pid)?.parent !== process.pid)
    .map(({ pid, command }) => `${command} (pid ${pid})`);
  const all = [...services, ...strays];
  return all.length === 0
    ? undefined
    : `${all.join(', ')} still ${all.length === 1 ? 'runs' : 'run'} after the shutdown`;
}
