import type { Event } from '../../journal/event.js';
import type { RunState } from '../../journal/state.js';
import { exitWords } from '../explain.js';
import { projectOf } from '../names.js';
import type { ServiceRun } from './model.js';

/** A service and all of its processes, in order. */
export interface ServiceHistory {
  readonly name: string;
  readonly project: string | undefined;
  readonly runs: readonly ServiceRun[];
}

/** Every process of every service: the run's state keeps the last one alone. */
export function serviceHistories(events: Iterable<Event>, state: RunState, end: number): ServiceHistory[] {
  const found = new Map<
    string,
    { project: string | undefined; runs: { -readonly [K in keyof ServiceRun]: ServiceRun[K] }[] }
  >();
  for (const event of events) {
    if (event.type === 'service-started') {
      const step = state.byKey.get(event.step ?? '');
      const project = step === undefined ? undefined : projectOf(step.record);
      const known = found.get(event.service) ?? { project, runs: [] };
      const before = known.runs.at(-1);
      // Nobody saw the one before end: it cannot have lived longer than this one's start.
      if (before?.end === 'up') Object.assign(before, { to: event.at, end: 'stopped' });
      known.runs.push({ pid: event.pid, from: event.at, to: end, end: 'up', how: undefined });
      found.set(event.service, known);
    } else if (event.type === 'service-exited') {
      const run = found.get(event.service)?.runs.findLast(({ pid }) => pid === event.pid);
      if (run === undefined) continue;
      run.to = event.at;
      run.end = event.expected ? 'stopped' : 'died';
      run.how = event.status < 0 ? undefined : exitWords(event.status);
    }
  }
  // What a killed runner did not write down is in the state alone.
  for (const [name, { runs }] of found) {
    const [run, known] = [runs.at(-1), state.services.get(name)];
    if (run?.end !== 'up' || known?.pid !== run.pid || known.status.kind !== 'ended') continue;
    const { at, status, expected } = known.status;
    Object.assign(run, { to: at, end: expected ? 'stopped' : 'died', how: status < 0 ? undefined : exitWords(status) });
  }
  return [...found].map(([name, { project, runs }]) => ({ name, project, runs }));
}
