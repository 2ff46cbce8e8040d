import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { later } from '../basics/timer.js';
import { unreachable } from '../basics/unreachable.js';
import type { Failure } from '../journal/failure.js';
import type { Action } from '../journal/record.js';
import type { Step } from '../plan/plan.js';
import { endEverything } from '../services/supervisor.js';
import type { RunContext, RunningStep } from './context.js';
import { fetchStep } from './fetch.js';
import { loggedSince } from './logged.js';
import { saveState } from './save-state.js';

/** Work that needs no program of its own. */
type Builtin = Exclude<Action, { kind: 'hook' | 'script' }>;

/** Begins a step that is Grenade's own work. */
export function beginBuiltin(context: RunContext, step: Step, action: Builtin): RunningStep {
  const log = join('steps', `${String(step.number).padStart(context.digits, '0')}-${nameOf(action)}.log`);
  const path = join(context.runDir, log);
  writeFileSync(path, '', { mode: 0o600 });
  context.journal.append({
    type: 'step-started',
    step: step.key,
    log,
    ...loggedSince(context.runDir, context.state.logged),
  });

  let reason: Failure | undefined;
  const stop = new AbortController();
  const hurry = new AbortController();
  const end = (why: Failure): void => {
    reason ??= why;
    stop.abort();
  };
  const work = async (): Promise<Failure | undefined> => {
    try {
      return await perform(context, step, action, path, { stop: stop.signal, hurry: hurry.signal });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      appendFileSync(path, `${text}\n`);
      return { kind: 'step-error', reason: text };
    }
  };
  return {
    log,
    ended: work().then((failure) => ({ failure: reason ?? failure, log })),
    end,
    kill: () => {
      stop.abort();
      hurry.abort();
    },
    fold: () => {},
  };
}

async function perform(
  context: RunContext,
  step: Step,
  action: Builtin,
  log: string,
  { stop, hurry }: { readonly stop: AbortSignal; readonly hurry: AbortSignal },
): Promise<Failure | undefined> {
  switch (action.kind) {
    case 'fetch':
      return fetchStep(context, step, action.checkout, log, stop);
    case 'settings': {
      const read = await context.goOn?.();
      return read === undefined || read.ok ? undefined : { kind: 'refused', problems: read.error };
    }
    case 'settle':
      await pause(action.ms, stop);
      return undefined;
    case 'save-state':
      return saveState(context, step, log, stop);
    case 'record-state':
      return (await import('./record-state.js')).recordState(context, step, log, stop);
    case 'compare-state':
      return (await import('./compare-state.js')).compareState(context, step, log, stop);
    case 'keep-snapshot':
      return (await import('./keep-snapshot.js')).keepBase(context, step, { log, env: context.env, stop });
    case 'restore-snapshot':
      return (await import('./restore-snapshot.js')).restoreBase(context, step, { log, env: context.env, stop });
    case 'record-schema':
      return (await import('./record-schema.js')).recordSchema(context, step, log, stop);
    case 'compare-twin':
      return (await import('./compare-twin.js')).compareTwin(context, step, log, stop);
    case 'take-down':
      for (const { name, pid } of await endEverything(context.system, hurry)) {
        appendFileSync(log, `ended ${name} (${pid})\n`);
      }
      return undefined;
    default:
      return unreachable(action);
  }
}

const nameOf = (action: Builtin): string => (action.kind === 'fetch' ? `fetch-${action.checkout}` : action.kind);

function pause(ms: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const callOff = later(ms, resolve);
    stop.addEventListener('abort', () => {
      callOff();
      resolve();
    });
  });
}
