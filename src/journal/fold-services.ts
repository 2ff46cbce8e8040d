import type { ServiceExited, ServiceStarted, ServiceStopping } from './event.js';
import type { ServiceState } from './state.js';

/** One start of a service, while it is folded. */
export type LifeDraft = { -readonly [K in keyof ServiceState]: ServiceState[K] };

export function beginLife(event: ServiceStarted, at: number): LifeDraft {
  return {
    name: event.service,
    pid: event.pid,
    startedAt: at,
    step: event.step,
    status: { kind: 'running' },
    logOffset: event.logOffset ?? 0,
    stopping: undefined,
  };
}

export function stopLife(life: LifeDraft | undefined, event: ServiceStopping, at: number): void {
  if (life?.status.kind !== 'running') return;
  life.status = { kind: 'stopping' };
  life.stopping = { at, logOffset: event.logOffset ?? 0 };
}

/** An exit counts for the process that is known; an older one of the same name may be noticed late. */
export function endLife(life: LifeDraft | undefined, event: ServiceExited, at: number): void {
  if (life === undefined || life.pid !== event.pid) return;
  life.status = { kind: 'ended', at, status: event.status, expected: event.expected };
}
