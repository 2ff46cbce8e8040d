import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Gathered, StateJudge } from '../checks/state.js';
import { readKept } from '../databases/keep.js';
import { SourceError } from '../databases/reader.js';
import { compareSource, openSource } from '../databases/source.js';
import { type Difference, isDrift } from '../journal/difference.js';
import type { Failure } from '../journal/failure.js';
import type { Step } from '../plan/plan.js';
import type { RegisteredData } from '../workspace/workspace.js';
import { Failing, tellCompared, tellMissed, tellUnread, type Unread } from './compared.js';
import type { RunContext } from './context.js';
import { recordedAt, resolveSource, savedAt } from './registered-data.js';
import { maskOf } from './secrets.js';

/**
 * Compares everything registered with what was recorded of it, and enters what differs into the journal. At the base
 * nothing is held of it: what a restart changes is what changes by itself.
 */
export async function compareState(
  context: RunContext,
  step: Step,
  log: string,
  stop: AbortSignal,
): Promise<Failure | undefined> {
  const { workspace, journal, state } = context;
  const control = step.side === 'base';
  const judge = new StateJudge({
    rules: control
      ? { ...workspace.state, loss: 'note', change: 'note', expect: [] }
      : { ...workspace.state, expect: workspace.state.expect.filter(({ what }) => !isDrift(what)) },
    from: workspace.base.name,
    to: workspace.target.name,
    control: control ? [] : state.compared.filter((each) => each.control),
    configChanges: state.configChanges,
  });
  const failing = new Failing();
  let unread: Unread | undefined;
  for (const data of workspace.data) {
    const gathered = new Gathered();
    const tell = (difference: Difference): void => {
      for (const judged of judge.judge(data.name, difference)) {
        gathered.add(judged);
        failing.add(data.name, judged);
      }
    };
    const looked = await compareOne(context, data, stop, tell);
    if (stop.aborted) return undefined;
    if ('kind' in looked) {
      // The others are looked at all the same.
      unread ??= looked;
      tellUnread(journal, step, log, looked);
      continue;
    }
    tellCompared(journal, step, log, { data: data.name, looked, control, differences: gathered.all() });
  }
  if (!control) tellMissed(journal, step.key, judge.missed());
  return failing.failure() ?? unread;
}

async function compareOne(
  context: RunContext,
  { name, source: registered }: RegisteredData,
  stop: AbortSignal,
  tell: (difference: Difference) => void,
): Promise<{ readonly tables: number; readonly rows: number } | Unread> {
  const { runDir, workspace } = context;
  const unread = (reason: string): Unread => ({ kind: 'state-unread', name, reason });
  const source = resolveSource(context, registered);
  if (!source.ok) return unread(source.error);
  const kept = readKept(recordedAt(runDir, name));
  if (kept === undefined) return unread('nothing was recorded of it before the upgrade');
  const scratch = join(runDir, 'save', `${encodeURIComponent(name)}.scratch`);
  try {
    mkdirSync(scratch, { recursive: true, mode: 0o700 });
    const reader = await openSource(source.value);
    try {
      const telling = { secrets: workspace.secrets, mask: maskOf(runDir) };
      const copy = savedAt(runDir, name, workspace.base.name);
      return await compareSource(source.value, kept, reader, { scratch, telling, stop, copy }, tell);
    } finally {
      await reader.close();
    }
  } catch (error) {
    if (stop.aborted || error instanceof SourceError) return unread(error instanceof Error ? error.message : '');
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
