import { appendFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { formatSize } from '../basics/size.js';
import type { Failure } from '../journal/failure.js';
import type { Step } from '../plan/plan.js';
import { listResources } from '../resources/store.js';
import { markUsed, readSnapshot } from '../snapshots/store.js';
import { callSnapshot } from './call-snapshot.js';
import type { RunContext } from './context.js';
import { copyTree } from './copy.js';
import { OVERLAY, readFork, writeFork } from './fork.js';
import type { Logged } from './logged-program.js';

/** Puts the base that a snapshot holds where hooks look for it: its data, what they kept with `resource_save`, logs. */
export async function restoreBase(context: RunContext, step: Step, logged: Logged): Promise<Failure | undefined> {
  const { workspace, runDir, journal, inside } = context;
  const fork = readFork(runDir);
  if (fork?.state !== 'begins') throw new Error('Internal error: this run begins at no snapshot');
  const snapshot = readSnapshot(workspace.dataRoot, fork.key);
  if (snapshot === undefined) return { kind: 'step-error', reason: `snapshot ${fork.key} is gone` };
  const { held } = snapshot;
  const failed = (reason: string): Failure => ({ kind: 'step-error', reason });

  // Logs too: what the base printed before is nothing new after the upgrade.
  for (const room of ['resources', 'services'] as const) {
    const copied = await copyTree(join(held, room), join(runDir, room), logged);
    if (!copied.ok) return failed(`${room} could not be copied: ${copied.error}`);
  }
  for (const kept of listResources(runDir)) journal.append({ type: 'resource-saved', step: step.key, ...kept });

  const refused = fork.overlay ? await inside?.mount(runDir, join(held, 'data')) : undefined;
  const mounted = fork.overlay && inside !== undefined && refused === undefined;
  if (!mounted) {
    if (refused !== undefined) appendFileSync(logged.log, `no overlay: ${refused}\n`);
    writeFork(runDir, { ...fork, overlay: false });
    rmSync(join(runDir, OVERLAY), { recursive: true, force: true });
    const copied = await copyTree(join(held, 'data'), join(runDir, 'data'), logged);
    if (!copied.ok) return failed(`data could not be copied: ${copied.error}`);
  }
  for (const project of workspace.projects) {
    const directory = join(held, 'projects', project.name);
    if (project.snapshot === undefined || !existsSync(directory)) continue;
    const restored = await callSnapshot(context, step, project, 'restore', directory, logged);
    if (!restored.ok) return { kind: 'not-restored', name: project.name, how: restored.error };
  }
  markUsed(workspace.dataRoot, fork.key);
  const by = mounted ? 'overlay' : 'copy';
  const { key, run, created } = snapshot;
  journal.append({ type: 'snapshot-restored', step: step.key, key, run, created, by });
  appendFileSync(logged.log, `snapshot ${fork.key} of run ${snapshot.run}, ${formatSize(snapshot.bytes)}, by ${by}\n`);
  return undefined;
}
