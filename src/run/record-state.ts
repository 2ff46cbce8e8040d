import { appendFileSync } from 'node:fs';
import { keepState } from '../databases/keep.js';
import { SourceError } from '../databases/reader.js';
import { openSource } from '../databases/source.js';
import type { Failure } from '../journal/failure.js';
import type { Step } from '../plan/plan.js';
import type { RunContext } from './context.js';
import { recordedAt, resolveSource } from './registered-data.js';

/** Keeps, of everything registered, what is needed to compare it once it is no longer as it was. */
export async function recordState(
  context: RunContext,
  _step: Step,
  log: string,
  stop: AbortSignal,
): Promise<Failure | undefined> {
  for (const { name, source: registered } of context.workspace.data) {
    const source = resolveSource(context, registered);
    if (!source.ok) return { kind: 'state-unread', name, reason: source.error };
    try {
      const reader = await openSource(source.value);
      try {
        await keepState(reader, recordedAt(context.runDir, name), stop);
        const { length } = reader.tables;
        appendFileSync(log, `recorded ${name}${source.value.kind === 'directory' ? '' : `, ${length} tables`}\n`);
      } finally {
        await reader.close();
      }
    } catch (error) {
      if (stop.aborted) return undefined;
      if (!(error instanceof SourceError)) throw error;
      appendFileSync(log, `${name}: ${error.message}\n`);
      return { kind: 'state-unread', name, reason: error.message };
    }
  }
  return undefined;
}
