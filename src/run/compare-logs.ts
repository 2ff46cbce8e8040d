import { statSync } from 'node:fs';
import type { Group } from '../checks/logs/groups.js';
import { isIgnored } from '../checks/logs/rules.js';
import { timeOf } from '../checks/logs/time.js';
import { type Stretch, stretches, wasShortened } from '../checks/logs/windows.js';
import type { RunContext } from './context.js';
import { scanLog } from './log-scan.js';
import { logNames, logPath } from './logged.js';

/** How many new groups of one log are entered into the journal. */
const MOST = 50;

interface Compared {
  readonly log: string;
  /** Undefined when it cannot be told what is new. */
  readonly fresh: readonly Group[] | undefined;
}

/**
 * Holds what each service printed as the target against what it had printed as the base, and enters what is new into
 * the journal. Before something is up at the target there is nothing to compare.
 */
export async function compareLogs(context: RunContext, signal: AbortSignal): Promise<void> {
  const { runDir, state, journal, workspace } = context;
  const compared: Compared[] = [];
  for (const log of logNames(runDir)) {
    const path = logPath(runDir, log);
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    const parts = stretches(state, log).filter(({ from }) => from <= size);
    if (wasShortened(state, log, size)) {
      journal.append({
        type: 'warned',
        text: `the log of ${log} was shortened while the run went on: what it began to print cannot be told`,
      });
    } else if (hasAfter(parts, size)) {
      const groups = await scanLog(path, size, parts, signal);
      if (signal.aborted) return;
      compared.push({ log, fresh: groups.fresh() });
    }
  }
  if (compared.length === 0) return;
  journal.append({
    type: 'logs-compared',
    logs: compared.flatMap(({ log, fresh }) => (fresh === undefined ? [] : [log])),
  });
  for (const { log, fresh } of compared) {
    if (fresh === undefined) {
      const text = `${log} prints so many different errors that it cannot be told which of them are new`;
      journal.append({ type: 'warned', text });
      continue;
    }
    const worth = fresh.filter((group) => !isIgnored(group, workspace.logs));
    for (const group of worth.slice(0, MOST)) enter(context, log, group);
    const more = worth.length - MOST;
    if (more > 0) {
      journal.append({ type: 'warned', text: `${log} began to print ${more} more kinds of error or deprecation` });
    }
  }
}

const hasAfter = (parts: readonly Stretch[], size: number): boolean =>
  parts.some(({ window, from }, at) => window === 'after' && (parts[at + 1]?.from ?? size) > from);

function enter({ journal, state, workspace }: RunContext, service: string, group: Group): void {
  const { kind, pattern, count, first } = group;
  const { step, text, line, offset } = first;
  journal.append(
    {
      type: 'log-evidence',
      service,
      kind,
      pattern,
      count,
      first: { text, line, offset, ...(step === undefined ? {} : { step }) },
      fails: workspace.logs.fail.includes(kind),
    },
    timeOf(text, spanOf(state.logMarks, step)) ?? spanOf(state.logMarks, step).from,
  );
}

/** From the beginning of a step to that of the next one. */
function spanOf(
  marks: readonly { readonly step: string; readonly at: number }[],
  step: string | undefined,
): { readonly from: number; readonly to: number } {
  const at = marks.findLastIndex((mark) => mark.step === step);
  return { from: marks[at]?.at ?? 0, to: marks[at + 1]?.at ?? Date.now() };
}
