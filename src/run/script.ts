import type { Step } from '../plan/plan.js';
import { startCommand } from './command.js';
import type { RunContext, RunningStep } from './context.js';

/** Begins one of Grenade's own scripts. Later steps go on where it leaves off, as they would in one shell. */
export function startScript(context: RunContext, step: Step, name: string): RunningStep {
  const { limits, scripts } = context.workspace;
  const script = scripts?.get(name);
  if (script === undefined) throw new Error(`Internal error: no script ${name}`);
  return startCommand(context, step, {
    name,
    command: script.command,
    env: {},
    limit: { ms: limits.hook, from: 'limits.hook' },
    leaves: true,
  });
}
