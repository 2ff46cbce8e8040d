import type { ProbeResult } from '../../checks/budget.js';
import type { Hook } from '../../journal/record.js';
import type { Evidence, RunState, ServiceState, StepState } from '../../journal/state.js';
import { gist } from '../evidence.js';
import { exitWords, explain } from '../explain.js';
import { hookOf, stepTitle } from '../names.js';
import { formatLength, whereItFell } from '../probes.js';
import { brokenProject, neverRan, passedBefore } from '../queries.js';
import { count, shorten } from '../text.js';
import { isFailure } from '../verdict.js';
import type { Moment, PageProbe } from './model.js';

/** More moments than this are no story. */
const MOMENTS = 14;

/** How much of a line of a log is told. */
const WIDTH = 100;

interface Told {
  readonly state: RunState;
  readonly results: readonly ProbeResult[];
  readonly probes: readonly PageProbe[];
}

/**
 * How a run that failed came to that, in the order of time: when what broke was last well, when it changed, and
 * everything that went wrong in hooks, services and probes, the first of it marked.
 */
export function storyOf({ state, results, probes }: Told): readonly Moment[] {
  if (!isFailure(state.verdict)) return [];
  const bad = [
    ...state.failed.flatMap((step) => failed(step)),
    ...state.lives.flatMap((life) => died(life)),
    ...state.evidence.flatMap((group) => began(group)),
    ...probes.flatMap((probe, at) => outages(probe, results[at])),
  ].sort(inTime);
  const first = bad[0];
  const broken = new Set(state.failed.map((step) => brokenProject(state, step)));
  const before = [
    ...new Set(state.failed.flatMap((step) => passedBefore(state, step))),
    ...state.steps.filter(({ record }) => broken.has(ofProject(record.action)) && isOnTheWay(record)),
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

const ofProject = (action: StepState['record']['action']): string | undefined =>
  action.kind === 'hook' ? action.project : undefined;

/** Whether a step says what a project had, or takes it from the base to the target. */
function isOnTheWay(record: StepState['record']): boolean {
  const hook = hookOf(record);
  if (hook === undefined) return false;
  return record.side === 'target' ? UP.includes(hook) : BEFORE.includes(hook);
}
const BEFORE: readonly Hook[] = ['version', 'verify', 'shutdown', 'verify_noapi'];
const UP: readonly Hook[] = ['install', 'migrate', 'start', 'upgrade'];

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

function died({ name, status }: ServiceState): Moment[] {
  if (status.kind !== 'ended' || status.expected) return [];
  const how = status.status < 0 ? '' : `: ${exitWords(status.status)}`;
  return [
    { at: status.at, tone: 'bad', source: 'service', text: `${name} died${how}`, shows: { kind: 'service', id: name } },
  ];
}

/** What a service began to print; what is only deprecated is no sign of trouble, unless the workspace says so. */
function began(group: Evidence): Moment[] {
  const { at, service, kind, fails } = group;
  if (kind === 'deprecation' && !fails) return [];
  const text = `${service} begins to print: ${shorten(gist(group).trim(), WIDTH)}`;
  return [{ at, tone: 'bad', source: 'log', text, shows: { kind: 'service', id: service } }];
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
  const hook = hookOf(record);
  return [
    {
      at: status.endedAt,
      tone: hook === 'verify' || hook === 'verify_noapi' ? 'good' : 'plain',
      source: 'hook',
      text: `${stepTitle(record)} passed${reporting(state, record)}`,
      shows: { kind: 'step', id: record.key },
    },
  ];
}

/** `: it reports 3.7.1`, after a step that decides it. */
function reporting({ reported }: RunState, record: StepState['record']): string {
  const hook = hookOf(record);
  const said = reported.get(ofProject(record.action) ?? '')?.[record.side];
  const decides = record.side === 'base' ? hook === 'version' : hook === 'start' || hook === 'upgrade';
  return said !== undefined && decides ? `: it reports ${said}` : '';
}

function theEnd(state: RunState): Moment | undefined {
  const waiting = neverRan(state).length;
  if (waiting === 0) return undefined;
  const text = `The run ends: ${waiting} of ${count(state.steps.length, 'step')} never ran`;
  return { at: state.endedAt ?? state.lastAt, tone: 'plain', source: 'run', text };
}
