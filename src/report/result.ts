import { type ProbeResult, probeResults } from '../checks/budget.js';
import { weightOf } from '../journal/difference.js';
import { elapsedMs } from '../journal/fold.js';
import { serviceLog } from '../journal/fold-services.js';
import type { StateCompared } from '../journal/looked.js';
import type { Bounds } from '../journal/probe.js';
import type { Evidence, RunState, ServiceState, StepState } from '../journal/state.js';
import { type DataResult, dataResults } from './data.js';
import { tellDifference } from './differences.js';
import { explain } from './explain.js';
import { lastWords, telling } from './last-words.js';
import { hookOf, projectOf } from './names.js';
import { neverUp } from './probes.js';
import { fromWorkspace, proofOf, verifiedAfter } from './queries.js';
import type { Result } from './result-schema.js';
import type { Tail } from './tail.js';
import { type Clean, cleaner } from './text.js';
import { THEOREMS, theoryOf } from './theory.js';
import { exitCode, sentence } from './verdict.js';
import { weaknesses } from './weaknesses.js';

export interface ResultOptions {
  readonly tail: Tail;
  readonly mask: (text: string) => string;
  readonly now: number;
  /** What else was written of the run, as paths below its directory. */
  readonly files: readonly string[];
}

/** How much of a failing step's log goes with it. */
const LINES = 30;

/** A run as machines read it; `result.schema.json` says what every key means. */
export function resultOf(state: RunState, options: ResultOptions): Result {
  const { mask, now, files } = options;
  const clean = cleaner(mask);
  const verified = verifiedAfter(state);
  // A run that was killed ended with the last that is known of it.
  const ended = state.endedAt ?? state.lastAt;
  return {
    format: 1,
    run: state.run,
    grenade: state.harness?.version ?? null,
    workspace: state.workspace,
    scenario: state.scenario,
    verdict: state.verdict ?? null,
    exit: exitCode(state),
    sentence: clean(sentence(state, { now }).text),
    strict: state.strict,
    releases: state.releases ?? null,
    startedAt: time(state.startedAt),
    endedAt: time(state.endedAt),
    ms: elapsedMs(state, ended),
    up: state.up,
    weaknesses: weaknesses(state).map(({ text }) => clean(text)),
    projects: state.projects.map(({ name, backing, caveats }) => ({
      name,
      backing,
      base: optional(state.reported.get(name)?.base, clean),
      target: optional(state.reported.get(name)?.target, clean),
      proof: proofOf(state, name).kind,
      verified: verified.has(name),
      caveats: [...caveats],
    })),
    steps: state.steps.map((step) => stepOf(state, step, options, clean)),
    services: [...state.services.values()].map(serviceOf),
    logs: {
      compared: state.comparedLogs === undefined ? null : [...state.comparedLogs],
      evidence: state.evidence.map((group) => evidenceOf(group, clean)),
    },
    state: {
      data: dataResults(state).map((each) =>
        each.kind === 'compared' ? comparedOf(each.compared, clean) : notComparedOf(each, clean),
      ),
      drift: state.drift.map((each) => comparedOf(each, clean)),
      control: state.compared.filter(({ control }) => control).map((each) => comparedOf(each, clean)),
      missed: state.missed.map(({ what, reason }) => ({ what: clean(what), reason: clean(reason) })),
    },
    theory: theoryOf(state).map(({ theorem, outcome, why, exceptions }) => ({
      theorem,
      text: THEOREMS[theorem],
      outcome,
      why: clean(why),
      exceptions: exceptions.map(({ what, steps, file, line, reason }) => ({
        what: clean(what),
        steps: [...steps],
        file: file === undefined ? null : clean(fromWorkspace(state, file)),
        line: line ?? null,
        reason: optional(reason, clean),
      })),
    })),
    probes: probeResults(state, ended).map((result) => probeOf(result, clean)),
    files: [...files],
  };
}

/** The text of `result.json`. */
export const resultText = (state: RunState, options: ResultOptions): string =>
  `${JSON.stringify(resultOf(state, options), undefined, 1)}\n`;

function stepOf(state: RunState, step: StepState, { tail }: ResultOptions, clean: Clean): Result['steps'][number] {
  const { record, phase, status, log } = step;
  const ms = status.kind === 'passed' || status.kind === 'failed' ? status.ms : null;
  const startedAt =
    status.kind === 'waiting' ? undefined : status.kind === 'running' ? status.startedAt : status.endedAt - status.ms;
  return {
    key: record.key,
    number: record.number,
    phase: phase.name,
    blame: phase.blame,
    project: projectOf(record) ?? null,
    hook: hookOf(record) ?? null,
    side: record.side,
    release: record.release,
    status: status.kind,
    empty: record.empty === true,
    startedAt: time(startedAt),
    ms,
    log: log ?? null,
    failure: status.kind === 'failed' ? failureOf(state, step, status, tail, clean) : null,
  };
}

function failureOf(
  state: RunState,
  step: StepState,
  { failure, commandFailed: at }: Extract<StepState['status'], { kind: 'failed' }>,
  tail: Tail,
  clean: Clean,
): NonNullable<Result['steps'][number]['failure']> {
  const { short, what, next } = explain(failure, step.record);
  return {
    kind: failure.kind,
    short: clean(short),
    what: optional(what, clean),
    next: optional(next, clean),
    at:
      at === undefined
        ? null
        : {
            file: clean(fromWorkspace(state, at.file)),
            // Bash does not always know the line; then it is 0.
            line: at.line === 0 ? null : at.line,
            command: clean(at.command),
          },
    words: telling(lastWords(step, tail), LINES).map(clean),
  };
}

function serviceOf({ name, status }: ServiceState): Result['services'][number] {
  const ended = status.kind === 'ended';
  return {
    name,
    status: ended ? (status.expected ? 'stopped' : 'died') : status.kind,
    exit: ended && status.status >= 0 ? status.status : null,
    log: serviceLog(name),
  };
}

function evidenceOf(
  { service, kind, pattern, count, fails, at, first }: Evidence,
  clean: Clean,
): Result['logs']['evidence'][number] {
  const { step, line, text } = first;
  return {
    service,
    kind,
    pattern: clean(pattern),
    count,
    fails,
    at: new Date(at).toISOString(),
    step: step ?? null,
    log: serviceLog(service),
    line,
    text: clean(text),
  };
}

type ResultData = Result['state']['data'][number];

function comparedOf({ data, step, looked, differences, against }: StateCompared, clean: Clean): ResultData {
  const tables = looked.tables > 0;
  return {
    name: clean(data),
    step,
    compared: true,
    why: null,
    tables: tables ? looked.tables : null,
    rows: tables && against === undefined ? looked.rows : null,
    files: tables ? null : looked.rows,
    differences: differences.map((each) => ({
      kind: each.kind,
      weight: weightOf(each),
      at: clean(each.at),
      column: optional(each.column, clean),
      count: each.count,
      text: clean(tellDifference(each)),
      detail: optional(each.detail, clean),
      examples: each.examples.map(clean),
      ruling: each.ruling.kind === 'unexpected' ? each.ruling.severity : each.ruling.kind,
      reason: each.ruling.kind === 'expected' ? clean(each.ruling.reason) : null,
    })),
  };
}

function notComparedOf({ data, step, why }: Exclude<DataResult, { kind: 'compared' }>, clean: Clean): ResultData {
  const nothing = { tables: null, rows: null, files: null, differences: [] };
  return { name: clean(data), step: step ?? null, compared: false, why: clean(why), ...nothing };
}

function probeOf(result: ProbeResult, clean: Clean): Result['probes'][number] {
  const { probe, outages, counted, unseenMs, over } = result;
  const { name, kind, target, project, intervalMs, budgetMs } = probe.record;
  return {
    name,
    kind,
    target: clean(target),
    project: project ?? null,
    intervalMs,
    budgetMs: budgetMs ?? null,
    overBudget: over !== undefined,
    downMs: { shortest: Math.round(counted.shortest), longest: Math.round(counted.longest) },
    unseenMs: Math.round(unseenMs),
    samples: probe.tracks.reduce((sum, { samples }) => sum + samples, 0),
    never: optional(neverUp(result), clean),
    outages: outages.map(({ begin, end, open, shortest, longest, connections, causes, charges }) => ({
      begin: bounds(begin),
      end: bounds(end),
      open,
      shortestMs: Math.round(shortest),
      longestMs: Math.round(longest),
      connections: [...connections],
      causes: causes.map(clean),
      charges: charges.map(({ step, ms }) => ({ step: step.record.key, ms: Math.round(ms) })),
    })),
  };
}

const bounds = ([from, to]: Bounds): [string, string] => [new Date(from).toISOString(), new Date(to).toISOString()];
const time = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());
const optional = (text: string | undefined, clean: Clean): string | null => (text === undefined ? null : clean(text));
