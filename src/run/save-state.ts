import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { planSave } from '../databases/source.js';
import type { Failure } from '../journal/failure.js';
import type { Step } from '../plan/plan.js';
import { endSession, spawnInto } from '../process/spawn.js';
import type { RunContext } from './context.js';
import { resolveSource, savedAt } from './registered-data.js';

/**
 * Saves what settings registered into the run's `save/`, one file or directory a name and release. A tool that is not
 * on this machine is a warning in the result: the upgrade can be judged without it. A tool that fails is a failure.
 */
export async function saveState(
  context: RunContext,
  step: Step,
  log: string,
  stop: AbortSignal,
): Promise<Failure | undefined> {
  for (const { name, source: registered } of context.workspace.data) {
    if (stop.aborted) return undefined;
    const source = resolveSource(context, registered);
    if (!source.ok) return { kind: 'state-unread', name, reason: source.error };
    const save = planSave(source.value, savedAt(context.runDir, name, step.release));
    const before = statSync(log).size;
    const fd = openSync(log, 'a', 0o600);
    const saving = spawnInto(save.command, {
      cwd: context.runDir,
      env: { ...context.env, ...save.env },
      stdout: fd,
      stderr: fd,
    });
    closeSync(fd);
    const end = (): void => {
      if (saving.pid !== undefined) void endSession(saving.pid, 2000);
    };
    stop.addEventListener('abort', end);
    const ended = await saving.ended;
    stop.removeEventListener('abort', end);
    if (ended.kind === 'not-started') {
      const text = `${name} was not saved at ${step.release}: ${save.command[0]} is not on this machine`;
      context.journal.append({ type: 'warned', step: step.key, text });
    } else if (ended.kind === 'exited' && ended.status !== 0 && OLDER.test(readFrom(log, before))) {
      const text = `${name} was not saved at ${step.release}: this machine's ${save.command[0]} is older than its server`;
      context.journal.append({ type: 'warned', step: step.key, text });
    } else if (ended.kind !== 'exited' || ended.status !== 0) {
      const how = ended.kind === 'exited' ? `exit ${ended.status}` : ended.signal;
      return { kind: 'not-saved', name, tool: save.command[0], how };
    }
  }
  return undefined;
}

/** What pg_dump says of a server that is newer than itself. */
const OLDER = /server version mismatch/;

const readFrom = (path: string, from: number): string => readFileSync(path).subarray(from).toString('utf8');
