import { formatDuration } from '../basics/duration.js';
import { unreachable } from '../basics/unreachable.js';
import type { ChargedOutage } from '../checks/budget.js';
import type { Length } from '../checks/outages.js';
import type { ProbeChanged } from '../journal/probe.js';
import type { RunState } from '../journal/state.js';
import { stepTitle } from './names.js';
import { listing } from './text.js';

/** Steps that an outage names; of more the longest. */
const STEPS = 3;

/** `4.2 s`, or what it lies between where a tenth of a second does not say it. */
export function formatLength({ shortest, longest }: Length): string {
  const [from, to] = [shortest, longest].map((ms) => formatDuration(ms));
  if (from === to) return `${from}`;
  return `${(from ?? '').replace(/ s$/, '')} to ${to}`;
}

/** Where an outage fell: `within s3rver upgrade`, `from s3rver shutdown to s3rver start target`. */
export function whereItFell({ charges, certain }: ChargedOutage): string {
  const [first] = charges;
  const last = charges.at(-1);
  if (first === undefined || last === undefined) return 'between steps';
  if (first === last) return `within ${stepTitle(first.step.record)}`;
  if (certain.length === 0)
    return `during ${listing(
      charges.map(({ step }) => stepTitle(step.record)),
      STEPS,
    )}`;
  return `from ${stepTitle(first.step.record)} to ${stepTitle(last.step.record)}`;
}

/** What one kind of connection says, where views take changes one by one. */
export function probeLine(event: ProbeChanged, state: RunState): string[] {
  const tracks = state.probes.get(event.probe)?.tracks ?? [];
  const kept = event.connection === 'reused' ? ' on a connection that was kept' : '';
  const cause = event.cause === undefined ? '' : `: ${event.cause}`;
  const before = tracks.find(({ connection }) => connection === event.connection)?.intervals.at(-2);
  switch (event.status) {
    case 'up':
      // Both kinds come up together as a rule, and the second says nothing new.
      if (before === undefined) return event.connection === 'new' ? [`probe ${event.probe} is up`] : [];
      return [`probe ${event.probe} is up again${kept} after ${formatDuration(event.since[1] - before.since[0])}`];
    case 'down':
      return before?.status === 'down' ? [] : [`probe ${event.probe} is down${kept}${cause}`];
    case 'unknown':
      return [`probe ${event.probe} cannot be seen${kept}${cause}`];
    default:
      return unreachable(event.status);
  }
}
