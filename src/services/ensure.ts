import { formatDuration } from '../basics/duration.js';
import { isAlive } from '../process/identity.js';
import { waitUntil } from '../process/wait.js';
import { ServiceError } from './error.js';
import { isLocked } from './lock.js';
import { unknownService } from './names.js';
import { awaitStatus, lastWords } from './outcome.js';
import { filesOf, processesOf, readRecord, type ServiceRecord, type ServiceState, stateOf } from './record.js';

export interface EnsureLimits {
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
}

const INTERVAL_MS = 15;

/**
 * All of these run. What another hook is just starting is waited for; one that has ended does not come back by
 * waiting, and fails at once.
 */
export async function ensureStarted(runDir: string, names: readonly string[], limits: EnsureLimits): Promise<void> {
  const starting = (): boolean => names.some((name) => isLocked(filesOf(runDir, name).starting));
  await waitUntil(() => (starting() ? undefined : true), { ...limits, intervalMs: INTERVAL_MS });
  for (const record of await recordsOf(runDir, names)) {
    const state = stateOf(runDir, record);
    if (state.kind === 'running') continue;
    const status = await awaitStatus(runDir, record);
    throw new ServiceError('died', `${ended(record, state, status)}${lastWords(record)}`);
  }
}

function ended(record: ServiceRecord, state: ServiceState, status: number | undefined): string {
  const how = status === undefined ? '' : ` with status ${status}`;
  const ms = Date.now() - record.startedAt;
  return state.kind === 'stopped'
    ? `Service ${record.name} does not run: it was stopped, and ended${how}`
    : `Service ${record.name} does not run: it ended${how}; it was started ${formatDuration(ms)} ago`;
}

/** Nothing is left of any of these, or is not within the limit. */
export async function ensureStopped(runDir: string, names: readonly string[], limits: EnsureLimits): Promise<void> {
  let left = await recordsOf(runDir, names);
  const result = await waitUntil(
    () => {
      left = left.filter((record) => isAlive(record) || processesOf(runDir, record).length > 0);
      return left.length === 0 ? true : undefined;
    },
    { ...limits, intervalMs: INTERVAL_MS },
  );
  if (result.ok) return;
  if (result.error === 'aborted') throw new ServiceError('aborted', 'The wait for services to stop was ended');
  throw new ServiceError(
    'still-running',
    left
      .map((record) => {
        const pids = processesOf(runDir, record).map(({ pid }) => pid);
        const who = pids.length > 1 ? `processes ${pids.join(', ')}` : `process ${pids[0] ?? record.pid}`;
        return `Service ${record.name} still runs after ${formatDuration(limits.limitMs)}, as ${who}${lastWords(record)}`;
      })
      .join('\n'),
  );
}

/** A name nobody started proves nothing: it is an error, not a service that is down. */
async function recordsOf(runDir: string, names: readonly string[]): Promise<readonly ServiceRecord[]> {
  const records: ServiceRecord[] = [];
  for (const name of names) {
    const record = readRecord(runDir, name);
    if (record === undefined) throw await unknownService(runDir, name);
    records.push(record);
  }
  return records;
}
