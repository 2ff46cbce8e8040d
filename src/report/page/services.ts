import type { RunState, ServiceState } from '../../journal/state.js';
import { exitWords } from '../explain.js';
import { ownerOf } from '../queries.js';
import type { ServiceRun } from './model.js';

/** A service and all of its processes, in order. */
export interface ServiceHistory {
  readonly name: string;
  readonly project: string | undefined;
  readonly runs: readonly ServiceRun[];
}

export function serviceHistories(state: RunState, end: number): ServiceHistory[] {
  const byName = new Map<string, ServiceState[]>();
  for (const life of state.lives) byName.set(life.name, [...(byName.get(life.name) ?? []), life]);
  return [...byName].map(([name, lives]) => ({
    name,
    project: ownerOf(state, name),
    // Where nobody saw one end, it cannot have lived longer than to the start of the next.
    runs: lives.map((life, at) => runOf(life, lives[at + 1]?.startedAt, end)),
  }));
}

function runOf({ pid, startedAt: from, status }: ServiceState, next: number | undefined, end: number): ServiceRun {
  if (status.kind !== 'ended') {
    return { pid, from, to: next ?? end, end: next === undefined ? 'up' : 'stopped', how: undefined };
  }
  const how = status.status < 0 ? undefined : exitWords(status.status);
  return { pid, from, to: status.at, end: status.expected ? 'stopped' : 'died', how };
}
