import { join } from 'node:path';
import { describeFault } from '../basics/fault.js';
import type { Verdict } from '../journal/event.js';
import { dumpWorld, WORLDDUMP } from '../world/dump.js';
import { compareLogs } from './compare-logs.js';
import type { RunContext } from './context.js';
import { logNames, logPath } from './logged.js';
import { runLogged } from './logged-program.js';
import { maskOf } from './secrets.js';

/** How long looking at the machine may take, in milliseconds. */
const DUMP_MS = 5000;

/** How long a collector of the workspace's own may take, in milliseconds: it asks every service of a machine. */
const COLLECTING_MS = 10 * 60_000;

/**
 * Looks at what services printed while they are as the upgrade left them: before anything is deleted or taken down,
 * and after a failure before anything is destroyed. Says whether what was seen lets the run pass.
 */
export async function lookAtLogs(
  context: RunContext,
  verdict: Verdict,
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
  if (verdict === 'passed' && workspace.logs.fail.length > 0 && !state.comparedLogs?.size) {
    const text = 'logs.fail was not looked at: no service has a log in services/ that could be compared';
    journal.append({ type: 'warned', text });
  }
  return { passed: !state.evidence.some(({ fails }) => fails) };
}

/** Writes down how the machine looks: all of it after a failure, less of it otherwise. A run never fails by it. */
export async function lookAtMachine(context: RunContext, verdict: Verdict, interrupt: AbortSignal): Promise<void> {
  if (verdict === 'base-ready' || verdict === 'stopped') return;
  const { runDir, workspace, journal } = context;
  if (verdict === 'base' || verdict === 'upgrade' || verdict === 'after') await collect(context, interrupt);
  try {
    const files = await dumpWorld({
      runDir,
      workspace: workspace.dir,
      logs: logNames(runDir).map((name) => ({ name, path: logPath(runDir, name) })),
      whole: verdict !== 'passed',
      mask: maskOf(runDir),
      limitMs: DUMP_MS,
    });
    journal.append({ type: 'world-dumped', directory: WORLDDUMP, files });
  } catch (error) {
    journal.append({ type: 'warned', text: `how the machine looked could not be kept: ${describeFault(error)}` });
  }
}

/** Lets the workspace's own collector have its turn, whose output goes to `worlddump.log`. A run never fails by it. */
async function collect(
  { workspace, workplace, runDir, env, journal }: RunContext,
  interrupt: AbortSignal,
): Promise<void> {
  if (workspace.collect === undefined) return;
  const cwd = workplace.take();
  const collected = await runLogged(workspace.collect.command, cwd, {
    log: join(runDir, 'worlddump.log'),
    env: { ...env, ...workplace.env, PWD: cwd },
    stop: interrupt,
    limitMs: COLLECTING_MS,
  });
  workplace.giveBack(cwd);
  if (collected.ok) return;
  const text = `what collects the machine's state failed (worlddump.log of the run): ${collected.error}`;
  journal.append({ type: 'warned', text });
}
