import type { ServiceExited, ServiceStarted, ServiceStopping } from './event.js';
import type { ServiceState } from './state.js';

/** One start of a service, while it is folded. */
export type LifeDraft = { -readonly [K in keyof ServiceState]: ServiceState[K] };

/** What a service is called in a run: `app`, or `twin/app` where it is one of the twin's. */
export const serviceName = ({ service, system }: Pick<ServiceStarted, 'service' | 'system'>): string =>
  system === undefined ? service : `${system}/${service}`;

/** Where what it prints lies, below the run's directory: `services/app.log`, `twin/services/app.log`. */
export const serviceLog = (name: string): string => name.replace(/[^/]+$/, 'services/$&.log');

export function beginLife(event: ServiceStarted, at: number): LifeDraft {
  return {
    name: serviceName(event),
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
