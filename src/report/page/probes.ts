import { unreachable } from '../../basics/unreachable.js';
import type { ChargedOutage, ProbeResult } from '../../checks/budget.js';
import type { ProbeRecord } from '../../journal/probe.js';
import type { ProbeTrack } from '../../journal/state.js';
import { stepTitle } from '../names.js';
import { formatLength, whereItFell } from '../probes.js';
import { listing } from '../text.js';
import type { Outage, PageProbe, ProbeSpan } from './model.js';

/** A probe with its outages, as the page draws it. */
export function pageProbe({ probe, outages, counted, over, unseenMs }: ProbeResult, end: number): PageProbe {
  const ids = new Set<string>();
  return {
    name: probe.record.name,
    what: whatItAsks(probe.record),
    project: probe.record.project,
    budgetMs: probe.record.budgetMs,
    over: over !== undefined,
    down: outages.length === 0 ? undefined : formatLength(counted),
    unseenMs,
    never: probe.tracks.find(({ never }) => never !== undefined)?.never,
    spans: probe.tracks[0] === undefined ? [] : spansOf(probe.tracks[0], end),
    outages: outages.map((outage) => pageOutage(probe.record.name, outage, ids)),
  };
}

function whatItAsks({ kind, target, intervalMs }: ProbeRecord): string {
  const every = `every ${intervalMs} ms`;
  switch (kind) {
    case 'http':
      return `GET ${target} ${every}`;
    case 'tcp':
      return `connects to ${target} ${every}`;
    case 'exec':
      return `runs ${target} ${every}`;
    default:
      return unreachable(kind);
  }
}

function spansOf({ intervals }: ProbeTrack, end: number): ProbeSpan[] {
  return intervals.map(({ status, since, until }) => ({ state: status, from: since[1], to: until?.[1] ?? end }));
}

/** Known by its probe and the step that it began in; a second one there gets a number besides. */
function pageOutage(probe: string, outage: ChargedOutage, ids: Set<string>): Outage {
  const stem = `${probe}/${outage.charges[0]?.step.record.key ?? 'between'}`;
  let id = stem;
  for (let nth = 2; ids.has(id); nth++) id = `${stem}/${nth}`;
  ids.add(id);
  return {
    id,
    from: outage.begin[0],
    to: outage.end[1],
    certain: outage.certain,
    length: formatLength(outage),
    fell: whereItFell(outage),
    causes: listing(outage.causes, 3),
    kept: outage.connections.every((connection) => connection === 'reused'),
    open: outage.open,
    charges: outage.charges.map(({ step, ms }) => ({ step: step.record.key, title: stepTitle(step.record), ms })),
  };
}
