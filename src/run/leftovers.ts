import { join } from 'node:path';
import type { Event, EventBody } from '../journal/event.js';
import { serviceName } from '../journal/fold-services.js';
import type { RunState } from '../journal/state.js';
import { listServices } from '../services/supervisor.js';
import { systemsOf, twinOf } from '../services/systems.js';
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
        kind === 'version' || kind === 'returned' ? [] : [eventOf(record, kind, fields)],
      );
    // Notes are folded in order: those of the journal are the first ones.
    const known = events.filter((event) => FROM_NOTES.has(event.type) && 'step' in event && event.step === record.key);
    found.push(...noted.filter(({ type }) => FROM_NOTES.has(type)).slice(known.length));
  }
  for (const system of systemsOf(runDir)) {
    const of = system === twinOf(runDir) ? ({ system: 'twin' } as const) : {};
    for (const { name, pid, state: now } of listServices(system)) {
      const status = state.services.get(serviceName({ service: name, ...of }))?.status.kind;
      if (now.kind === 'running' || status === 'ended') continue;
      const expected = now.kind === 'stopped';
      found.push({ type: 'service-exited', service: name, ...of, pid, status: now.status ?? -1, expected });
    }
  }
  return found;
}
