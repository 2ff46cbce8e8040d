import { basename } from 'node:path';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import type { Plan } from '../plan/plan.js';
import { fromSnapshot, keepingBase } from '../plan/snapshot.js';
import { commandLine, listProcesses } from '../process/identity.js';
import { socketsOf } from '../process/sockets.js';
import { claimPort, portsOf, takeBackPorts } from '../services/ports.js';
import { whatIsLeft } from '../services/strays.js';
import { livingServices } from '../services/supervisor.js';
import { ingredientsOf, keyOf } from '../snapshots/key.js';
import { dropSnapshot, findDamage, listSnapshots, readSnapshot, type Snapshot, sweep } from '../snapshots/store.js';
import type { AnyDraft } from '../workspace/draft.js';
import type { Workspace } from '../workspace/workspace.js';
import { listRuns } from './directory.js';
import { installStamp, releaseDirectory } from './environment.js';
import { readFork, refusedShare, shareData, writeFork } from './fork.js';
import { knownBefore, outsideSnapshot } from './outside.js';

/**
 * Makes a new run ready to keep its base or to begin at a kept one, before its settings are sourced; to be taken back
 * when nothing comes of it.
 */
export async function askForSnapshot(
  draft: AnyDraft,
  runDir: string,
): Promise<Result<{ readonly takeBack: () => void }, readonly Problem[]>> {
  if (draft.kind === 'classic') {
    const why = "what DevStack sets up lies in the system's own services and directories, where no snapshot reaches";
    return err([{ message: `--from-snapshot cannot be: ${why}`, fix: 'Leave it out.', file: draft.file }]);
  }
  const { dataRoot } = draft;
  for (const earlier of listRuns(dataRoot)) {
    if (earlier === runDir || readFork(earlier) === undefined || !whatIsLeft(earlier).up) continue;
    const names = livingServices(earlier).map(({ name }) => name);
    const id = basename(earlier);
    return err([
      {
        message: `run ${id} is still up${names.length === 0 ? '' : ` (${names.join(', ')})`}, and this one would need its ports and the path of its data`,
        fix: `Look at it, then \`grenade clean --run ${id}\`.`,
      },
    ]);
  }
  const refused = refusedShare(dataRoot);
  if (refused !== undefined) return err([refused]);
  sweep(dataRoot);
  writeFork(runDir, { state: 'asked' });
  const takeBack = shareData(runDir);
  // Every run of this workspace that has to do with snapshots has the same ports, as far as they are free.
  const ports = Object.assign({}, ...listSnapshots(dataRoot).map((snapshot) => snapshot.ports));
  for (const [name, port] of Object.entries<number>(ports)) await claimPort(runDir, name, port);
  return ok({ takeBack });
}

/** What becomes of a run that asked for a snapshot. */
export type Forked =
  | { readonly kind: 'planned'; readonly plan: Plan; readonly warnings: readonly string[] }
  /** Its ports are others from here on, those of its snapshot: what settings made of them has to be made again. */
  | { readonly kind: 'ports-changed' };

/** The plan of a run that begins at the snapshot of its base, or that is to keep one because there is none. */
export async function planFromSnapshot(
  plan: Plan,
  workspace: Workspace,
  runDir: string,
  version: string,
  stop: AbortSignal,
): Promise<Result<Forked, readonly Problem[]>> {
  const { dataRoot } = workspace;
  const ingredients = ingredientsOf(workspace, runDir, version);
  const key = keyOf(ingredients);
  const snapshot = readSnapshot(dataRoot, key);
  const damage = snapshot === undefined ? undefined : await findDamage(dataRoot, snapshot, { stop });
  if (snapshot === undefined || damage !== undefined) {
    if (damage !== undefined) dropSnapshot(dataRoot, key);
    const dropped =
      damage === undefined ? [] : [`snapshot ${key} was dropped and the base built again, because ${damage}`];
    // Told before the base is built, if it is known by then.
    const outside = outsideSnapshot(workspace, runDir, knownBefore);
    if (outside !== undefined) {
      const warnings = [...dropped, `no snapshot of the base will be kept: ${outside}`];
      return ok({ kind: 'planned', plan, warnings });
    }
    writeFork(runDir, { state: 'builds', key, ingredients });
    return ok({ kind: 'planned', plan: keepingBase(plan), warnings: dropped });
  }
  // Before its key was known, ports were those of whichever snapshot was used last.
  const changed = areOthers(snapshot.ports, portsOf(runDir));
  if (changed) takeBackPorts(runDir);
  const taken: Problem[] = [];
  for (const [name, port] of Object.entries(snapshot.ports)) {
    if (!(await claimPort(runDir, name, port))) taken.push(portTaken(snapshot, name, port));
  }
  if (taken.length > 0) return err(taken);
  if (changed) return ok({ kind: 'ports-changed' });
  // Where services are started by somebody who is not inside, they would not see what is mounted there.
  writeFork(runDir, { state: 'begins', key, overlay: snapshot.unsupervised.length === 0 });
  const installed = workspace.projects.filter(({ name }) => {
    const stamp = installStamp(releaseDirectory(workspace, name, 'base'));
    return stamp !== undefined && stamp === snapshot.installed[name];
  });
  const begun = fromSnapshot(plan, new Set(installed.map(({ name }) => name)));
  return ok({ kind: 'planned', plan: begun, warnings: [] });
}

/** Whether a name has another port than it had there, or another name one of those. */
const areOthers = (there: Snapshot['ports'], here: Snapshot['ports']): boolean =>
  Object.entries(there).some(
    ([name, port]) => here[name] !== port && (here[name] !== undefined || Object.values(here).includes(port)),
  );

function portTaken({ key }: Snapshot, name: string, port: number): Problem {
  const holder = listProcesses().find(({ pid }) => socketsOf([pid]).some((socket) => socket.port === port));
  const by = holder === undefined ? '' : `, by process ${holder.pid} (${commandLine(holder.pid)})`;
  return {
    message: `snapshot ${key} has port ${port} for ${name} written into it, and that is taken${by}`,
    fix: `End what listens there, or \`grenade snapshot drop ${key}\` to have the base built with another port.`,
  };
}
