import type { ProbeResult } from '../../checks/budget.js';
import type { Event } from '../../journal/event.js';
import type { RunState, StepState } from '../../journal/state.js';
import { exitWords, explain } from '../explain.js';
import { hookOf, stepTitle } from '../names.js';
import { formatLength, whereItFell } from '../probes.js';
import { brokenProject, neverRan, passedBefore } from '../queries.js';
import { count } from '../text.js';
import { isFailure } from '../verdict.js';
import type { Moment, PageProbe } from './model.js';

/** More moments than this are no story. */
const MOMENTS = 14;

interface Told {
  readonly state: RunState;
  readonly events: readonly Event[];
  readonly results: readonly ProbeResult[];
  readonly probes: readonly PageProbe[];
}

/**
 * How a run that failed came to that, in the order of time: when what broke was last well, when it changed, and
 * everything that went wrong in hooks, services and probes, the first of it marked.
 */
export function storyOf({ state, events, results, probes }: Told): readonly Moment[] {
  if (!isFailure(state.verdict)) return [];
  const bad = [
    ...state.failed.flatMap((step) => failed(step)),
    ...events.flatMap((event) => died(event)),
    ...probes.flatMap((probe, at) => outages(probe, results[at])),
  ].sort(inTime);
  const first = bad[0];
  const broken = new Set(state.failed.map((step) => brokenProject(state, step)));
  const before = [
    ...new Set(state.failed.flatMap((step) => passedBefore(state, step))),
    ...state.steps.filter(({ record }) => broken.has(brokenOf(record.action)) && arrives(record)),
  ];
  const good = [...new Set(before)].flatMap((step) => passed(state, step)).sort(inTime);
  const most = Math.max(2, MOMENTS - bad.length);
  const told = [
    ...good.slice(-most),
    ...bad.slice(0, MOMENTS).map((moment) => (moment === first ? { ...moment, first: true as const } : moment)),
  ].sort(inTime);
  const more = bad.length - MOMENTS;
  const end = theEnd(state);
  return [
    ...told,
    ...(more > 0
      ? [{ at: state.lastAt, tone: 'bad', source: 'run', text: `${count(more, 'more thing')} went wrong` } as const]
      : []),
    ...(end === undefined ? [] : [end]),
  ];
}

const inTime = (a: Moment, b: Moment): number => a.at - b.at;

const brokenOf = (action: StepState['record']['action']): string | undefined =>
  action.kind === 'hook' ? action.project : undefined;

/** Whether a step takes a project to the target. */
const arrives = (record: StepState['record']): boolean =>
  record.side === 'target' && ['migrate', 'start', 'upgrade'].includes(hookOf(record) ?? '');

function failed(step: StepState): Moment[] {
  const { status, record } = step;
  if (status.kind !== 'failed' || status.failure.kind === 'service-died') return [];
  const { short } = explain(status.failure, record);
  return [
    {
      at: status.endedAt,
      tone: 'bad',
      source: 'hook',
      text: `${stepTitle(record)}: ${short}`,
      shows: { kind: 'step', id: record.key },
    },
  ];
}

function died(event: Event): Moment[] {
  if (event.type !== 'service-exited' || event.expected) return [];
  const how = event.status < 0 ? '' : `: ${exitWords(event.status)}`;
  return [
    {
      at: event.at,
      tone: 'bad',
      source: 'service',
      text: `${event.service} died${how}`,
      shows: { kind: 'service', id: event.service },
    },
  ];
}

/** Outages of a probe that exceeded its budget; others are what an upgrade may cost. */
function outages({ name, outages: drawn }: PageProbe, result: ProbeResult | undefined): Moment[] {
  if (result?.over === undefined) return [];
  return result.outages.map((outage, at) => ({
    at: outage.begin[1],
    tone: 'bad',
    source: 'probe',
    text: `${name} is down for ${formatLength(outage)}, ${whereItFell(outage)}`,
    shows: { kind: 'outage', id: drawn[at]?.id ?? name },
  }));
}

function passed(state: RunState, { record, status }: StepState): Moment[] {
  if (status.kind !== 'passed') return [];
  const project = brokenOf(record.action) ?? '';
  const target = state.reported.get(project)?.target;
  const now = arrives(record) && hookOf(record) !== 'migrate' && target !== undefined ? `: it runs ${target} now` : '';
  return [
    {
      at: status.endedAt,
      tone: hookOf(record)?.startsWith('verify') ? 'good' : 'plain',
      source: 'hook',
      text: `${stepTitle(record)} passed${now}`,
      shows: { kind: 'step', id: record.key },
    },
  ];
}

function theEnd(state: RunState): Moment | undefined {
  const waiting = neverRan(state).length;
  if (waiting === 0) return undefined;
  const text = `The run ends: ${waiting} of ${count(state.steps.length, 'step')} never ran`;
  return { at: state.endedAt ?? state.lastAt, tone: 'plain', source: 'run', text };
}
