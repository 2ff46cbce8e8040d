import { describeFault } from '../basics/fault.js';
import { compareLogs } from './compare-logs.js';
import type { RunContext } from './context.js';

/**
 * Looks at what services printed while they are as the upgrade left them: before anything is deleted or taken down,
 * and after a failure before anything is destroyed. Says whether what was seen lets the run pass.
 */
export async function lookAtUpgraded(
  context: RunContext,
  interrupt: AbortSignal,
): Promise<{ readonly passed: boolean }> {
  const { journal, state, workspace } = context;
  try {
    await compareLogs(context, interrupt);
  } catch (error) {
    // A run that should fail by what it finds there must not pass because nobody looked.
    if (workspace.logs.fail.length > 0) throw error;
    journal.append({ type: 'warned', text: `the logs of services could not be compared: ${describeFault(error)}` });
  }
  return { passed: !state.evidence.some(({ fails }) => fails) };
}
