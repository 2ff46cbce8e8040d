import { join } from 'node:path';
import type { Event, EventBody } from '../journal/event.js';
import type { RunState } from '../journal/state.js';
import { listServices } from '../services/supervisor.js';
import { eventOf, stemOf } from './hook-notes.js';
import { NotesReader } from './notes-reader.js';
import { sampledUnheard } from './sampling.js';

/** Events that notes become, and that only notes become. */
const FROM_NOTES: ReadonlySet<Event['type']> = new Set<Event['type']>([
  'command-failed',
  'resource-saved',
  'summary-written',
  'exception-used',
  'service-started',
  'service-stopping',
]);

/**
 * What happened and a killed runner did not live to write down: notes of the steps it was in, changes of
 * probes, and services that ended.
 */
export function leftovers(runDir: string, events: readonly Event[], state: RunState): EventBody[] {
  const found: EventBody[] = sampledUnheard(runDir, events);
  for (const { record, log } of state.running) {
    if (log === undefined) continue;
    const noted = new NotesReader(join(runDir, 'notes', stemOf(log)))
      .read()
      .flatMap(([kind = '', ...fields]) =>
        kind === 'version' || kind === 'returned' ? [] : [eventOf(record.key, kind, fields)],
      );
    // Notes are folded in order: those of the journal are the first ones.
    const known = events.filter((event) => FROM_NOTES.has(event.type) && 'step' in event && event.step === record.key);
    found.push(...noted.filter(({ type }) => FROM_NOTES.has(type)).slice(known.length));
  }
  for (const service of listServices(runDir)) {
    const status = state.services.get(service.name)?.status.kind;
    if (service.state.kind === 'running' || status === 'ended') continue;
    found.push({
      type: 'service-exited',
      service: service.name,
      pid: service.pid,
      status: service.state.status ?? -1,
      expected: service.state.kind === 'stopped',
    });
  }
  return found;
}
