import { formatDuration } from '../basics/duration.js';
import { unreachable } from '../basics/unreachable.js';
import { type ChargedOutage, type ProbeResult, probeResults } from '../checks/budget.js';
import { type Length, lengthOf, outagesOf } from '../checks/outages.js';
import type { ProbeChanged } from '../journal/probe.js';
import type { ProbeState, RunState } from '../journal/state.js';
import { stepTitle } from './names.js';
import { formatLimit, listing } from './text.js';

/** Steps, causes and outages that are named; of more the number. */
const NAMED = 3;
/** Less than this cannot have hidden much, in milliseconds. */
export const UNSEEN = 1000;

/** `4.2 s`, or what it lies between where tenths of a second differ. */
export function formatLength({ shortest, longest }: Length): string {
  const [from, to] = [formatDuration(shortest), formatDuration(longest)];
  if (from === to) return from;
  if (shortest === 0) return `up to ${to}`;
  return `${to.endsWith(' s') && !to.includes('min') ? from.replace(/ s$/, '') : from} to ${to}`;
}

/** Where an outage fell: `within s3rver upgrade`, `from s3rver shutdown to s3rver start target`. */
export function whereItFell({ charges, certain, open }: ChargedOutage): string {
  const titles = charges.map(({ step }) => stepTitle(step.record));
  const [first] = titles;
  const last = titles.at(-1);
  if (first === undefined || last === undefined) return 'between steps';
  if (titles.length === 1) return open ? `from ${first} on` : `within ${first}`;
  if (certain.length === 0) return `in ${listing(titles, NAMED).replace(/ and (?=[^,]*$)/, ' or ')}`;
  return open ? `from ${first} on` : `from ${first} to ${last}`;
}

/** Over which connections, where that says something: `on kept connections`. */
export function onWhich({ connections }: ChargedOutage): string {
  return connections.includes('new') ? '' : ' on kept connections';
}

/** `budget 2 s`. */
export const budgetOf = ({ record: { budgetMs } }: ProbeState): string =>
  budgetMs === undefined ? 'no budget' : `budget ${formatLimit(budgetMs)}`;

/** Why a probe was never up over any connection; undefined when it was, or when nobody has said yet. */
export function neverUp({ probe: { tracks } }: ProbeResult): string | undefined {
  if (tracks.some(({ intervals }) => intervals.length > 0)) return undefined;
  return tracks.find((track) => track.never !== undefined)?.never;
}

/** Outages of a probe, a sentence each. */
export function outageTexts({ probe: { record }, outages }: ProbeResult): string[] {
  return outages.map((outage) => {
    const causes = outage.causes.length === 0 ? '' : ` (${listing(outage.causes, NAMED)})`;
    return `${record.name} was down ${formatLength(outage)}${onWhich(outage)} ${whereItFell(outage)}${causes}`;
  });
}

/** `s3 was down 4.2 s, and its budget is 2 s`. */
export function overBudget({ probe: { record }, counted, outages }: ProbeResult): string {
  const length = `${formatLength(counted)}${outages.length > 1 ? ' in all' : ''}`;
  const { budgetMs = 0 } = record;
  const limit = budgetMs === 0 ? 'must never be' : `its budget is ${formatLimit(budgetMs)}`;
  return `${record.name} was down ${length}, and ${limit}`;
}

/** What weakens what probes say: one that was never up, and what could not be seen of one that has a budget. */
export function probeWeaknesses(state: RunState, now: number): string[] {
  return probeResults(state, now).flatMap((result) => {
    const { record } = result.probe;
    const never = neverUp(result);
    if (never !== undefined) return [`probe ${record.name} never was up: ${never}`];
    if (record.budgetMs === undefined || result.unseenMs < UNSEEN) return [];
    return [
      `probe ${record.name} was not seen for ${formatDuration(result.unseenMs)}: ${whyUnseen(result.probe, state)}`,
    ];
  });
}

function whyUnseen({ tracks }: ProbeState, { samplingLost }: RunState): string {
  const causes = tracks.flatMap(({ intervals }) =>
    intervals.flatMap(({ status, cause }) => (status === 'unknown' && cause !== undefined ? [cause] : [])),
  );
  return listing([...new Set([...(samplingLost === undefined ? [] : [samplingLost.reason]), ...causes])], 2);
}

/** What one change is worth where nobody watches a terminal. Two kinds of connection that say the same say it once. */
export function probeLine(event: ProbeChanged, state: RunState): string | undefined {
  const probe = state.probes.get(event.probe);
  if (probe === undefined) return undefined;
  const own = probe.tracks.find(({ connection }) => connection === event.connection)?.intervals ?? [];
  const other = probe.tracks.find(({ connection }) => connection !== event.connection)?.intervals.at(-1);
  const kept = event.connection === 'reused' ? ' on kept connections' : '';
  const cause = event.cause === undefined ? '' : `: ${event.cause}`;
  const name = `probe ${event.probe}`;
  switch (event.status) {
    case 'up': {
      if (own.length === 1) return other === undefined ? `${name} is up` : undefined;
      if (other?.status === 'down' || own.at(-2)?.status !== 'down') return undefined;
      const outage = outagesOf(probe, event.since[1]).at(-1);
      return outage === undefined ? undefined : `${name} is up again after ${formatLength(lengthOf(outage))}`;
    }
    case 'down':
      return other?.status === 'down' || own.at(-2)?.status === 'down' ? undefined : `${name} is down${kept}${cause}`;
    case 'unknown':
      return other?.status === 'unknown' ? undefined : `${name} cannot be seen${cause}`;
    default:
      return unreachable(event.status);
  }
}

/** Where probes stand now, in a few words each: those that are down, and how many are up. */
export function probesNow(state: RunState, now: number): { readonly down: readonly string[]; readonly up: number } {
  const down: string[] = [];
  let up = 0;
  for (const probe of state.probes.values()) {
    const last = probe.tracks
      .flatMap(({ intervals }) => intervals.at(-1) ?? [])
      .filter(({ until }) => until === undefined);
    const since = last.filter(({ status }) => status === 'down').map(({ since: [earliest] }) => earliest);
    if (since.length > 0)
      down.push(`${probe.record.name} down ${formatDuration(Math.max(0, now - Math.min(...since)))}`);
    else if (last.some(({ status }) => status === 'up')) up++;
  }
  return { down, up };
}
