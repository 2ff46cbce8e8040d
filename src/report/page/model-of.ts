import { probeResults } from '../../checks/budget.js';
import { timeOf } from '../../checks/outages.js';
import type { Event } from '../../journal/event.js';
import { elapsedMs } from '../../journal/fold.js';
import { serviceLog } from '../../journal/fold-services.js';
import type { RunState, StepState } from '../../journal/state.js';
import type { Plan } from '../../plan/plan.js';
import { accountOf } from '../account.js';
import { besideFresh } from '../differences.js';
import { gist } from '../evidence.js';
import { whereItStands } from '../exceptions.js';
import { explain } from '../explain.js';
import { projectOf, stepTitle } from '../names.js';
import { proofRows } from '../proofs.js';
import { brokenProject, upgradeBegan } from '../queries.js';
import { standing, whatIsUp, whatStrays } from '../standing.js';
import type { Tail } from '../tail.js';
import { cleaner } from '../text.js';
import { needsReason, tellReason, theoryOf } from '../theory.js';
import { exitCode, sentence } from '../verdict.js';
import { weaknesses } from '../weaknesses.js';
import { commandsFor } from './commands.js';
import { pageData, pageDrift } from './data.js';
import type { Wanted } from './excerpts.js';
import type { PageLog, PageModel, PageStep, Stretch } from './model.js';
import { pageProbe } from './probes.js';
import { serviceHistories } from './services.js';
import { staysOf } from './stays.js';
import { storyOf } from './story.js';

/** What a page is made from. */
export interface Told {
  readonly state: RunState;
  /** In order; gone through once. */
  readonly events: Iterable<Event>;
  /** The plan, for what waits for what; a run whose plan is gone has a page all the same. */
  readonly plan: Plan | undefined;
  /** Absolute path of the run's directory. */
  readonly runDir: string;
  readonly tail: Tail;
  readonly mask: (text: string) => string;
  readonly now: number;
  /** Whether the harness of an unfinished run is still there. */
  readonly alive?: boolean;
  readonly version: string;
}

/** How many of the last words stand on the first screen, where one step failed and where several did; the log has the rest. */
const LINES = 14;
const LINES_EACH = 5;

/** Everything a page shows but the texts of logs. Pure, but for the last lines of failed steps, which `tail` reads. */
export function pageModel(told: Told, logs: readonly PageLog[]): PageModel {
  const { state, events, tail, mask, alive = false } = told;
  const clean = cleaner(mask);
  const end = endOf(told);
  const parts = partsOf(events, end);
  const whole = { from: parts[0]?.from ?? end, to: end };
  const results = probeResults(state, end);
  const probes = results.map((result) => pageProbe(result, end));
  const stays = staysOf(state, whole);
  const proofs = new Map(proofRows(state).map((row) => [row.project, row]));
  const broken = new Set(state.failed.map((step) => brokenProject(state, step)));
  const logAt = new Map(logs.map(({ path }, at) => [path, at]));
  const failed = [...state.failed].sort((a, b) => a.record.number - b.record.number);
  const up = alive ? undefined : whatIsUp(state);
  const strays = whatStrays(state);

  const model: PageModel = {
    run: state.run,
    workspace: state.workspace,
    version: told.version,
    scenario: state.scenario,
    releases: state.releases,
    sentence: sentence(state, { now: end, alive }),
    exit: exitCode(state),
    durationMs: elapsedMs(state, end),
    parts,
    weaknesses: weaknesses(state),
    failures: failed.flatMap((step) => {
      const account = accountOf(state, step, { tail, clean, lines: failed.length > 1 ? LINES_EACH : LINES });
      return account === undefined ? [] : [{ step: step.record.key, ...account }];
    }),
    story: storyOf({ state, results, probes }),
    standing: [
      ...(alive ? [] : standing(state, clean)),
      ...(strays === undefined ? [] : [strays]),
      ...(up === undefined ? [] : [up]),
    ],
    projects: state.projects.map(({ name, backing }) => {
      const { releases = '', proven = '', checks = '' } = proofs.get(name) ?? {};
      return { name, backing, releases, proven, checks, broken: broken.has(name), stays: stays.get(name) ?? [] };
    }),
    phases: state.phases.map(({ record: { name, blame } }) => ({ name, blame })),
    steps: pageSteps(told, end, logAt),
    services: serviceHistories(state, end).map((history) => ({
      ...history,
      log: logAt.get(serviceLog(history.name)),
    })),
    evidence: state.evidence.map((group) => ({
      service: group.service,
      kind: group.kind,
      count: group.count,
      place: `${serviceLog(group.service)}:${group.first.line}`,
      gist: gist(group).trim(),
      text: group.first.text,
      fails: group.fails,
    })),
    worlddump: state.worlddump,
    theory: theoryOf(state).map(({ exceptions, ...verdict }) => ({
      ...verdict,
      exceptions: exceptions.map((each) => ({
        what: each.what,
        place: whereItStands(state, each),
        reason: tellReason(verdict.theorem, each),
        silent: needsReason(verdict.theorem, each),
        steps: each.steps.flatMap((key) => titled(state, key)),
      })),
    })),
    data: pageData(state),
    drift: pageDrift(state),
    beside: besideFresh(state),
    missed: upgradeBegan(state) ? state.missed.map(({ what, reason }) => ({ what, reason })) : [],
    probes,
    logs,
    commands: commandsFor(state, told.runDir, alive),
  };
  return cleaned(model, clean);
}

function titled({ byKey }: RunState, key: string): { key: string; title: string }[] {
  const step = byKey.get(key);
  return step === undefined ? [] : [{ key, title: stepTitle(step.record) }];
}

/** Nothing leaves uncleaned, whatever is added to the model later. */
function cleaned(model: PageModel, clean: (text: string) => string): PageModel {
  // What goes in comes out, but for its texts.
  return JSON.parse(JSON.stringify(model, (_, value: unknown) => (typeof value === 'string' ? clean(value) : value)));
}

/** Logs that a page should hold: of every step that ran and every service. */
export function wantedLogs({ state }: Told): Wanted[] {
  const services = new Set(state.lives.map(({ name }) => name));
  const telling = new Set([
    ...state.lives.filter(({ status }) => status.kind === 'ended' && !status.expected).map(({ name }) => name),
    ...state.evidence.map(({ service }) => service),
  ]);
  return [
    ...state.steps.flatMap(({ log, status }) =>
      log === undefined ? [] : [{ path: log, telling: status.kind === 'failed' || status.kind === 'running' }],
    ),
    ...[...services].map((name) => ({ path: serviceLog(name), telling: telling.has(name) })),
  ];
}

/** When the run ended, was last heard of, or now while it goes on. */
const endOf = ({ state, alive, now }: Told): number => state.endedAt ?? (alive === true ? now : state.lastAt);

/** A run that went on later (`-b`, then `-t`) was not watched meanwhile. */
function partsOf(events: Iterable<Event>, end: number): Stretch[] {
  const parts: { from: number; to: number }[] = [];
  for (const { at, type } of events) {
    if (type === 'run-started' || type === 'run-resumed') parts.push({ from: at, to: at });
    const last = parts.at(-1);
    if (last !== undefined && type !== 'cleaned') last.to = Math.max(last.to, at);
  }
  const last = parts.at(-1);
  if (last !== undefined) last.to = Math.max(last.to, end);
  return parts;
}

function pageSteps({ state, plan }: Told, end: number, logAt: ReadonlyMap<string, number>): PageStep[] {
  const after = new Map(plan?.phases.flatMap(({ steps }) => steps.map((step) => [step.key, step.after] as const)));
  const notes = new Map<string, string[]>();
  for (const { step, text } of [...state.warnings, ...state.summaries]) {
    if (step !== undefined) notes.set(step, [...(notes.get(step) ?? []), text]);
  }
  return state.steps.map((step): PageStep => {
    const { record, status, log } = step;
    const ran = timeOf(step, end);
    return {
      key: record.key,
      number: record.number,
      title: stepTitle(record),
      phase: record.phase,
      project: projectOf(record),
      side: record.side,
      release: record.release,
      status: status.kind,
      empty: record.empty === true,
      from: ran?.[0],
      ms: ran === undefined ? undefined : ran[1] - ran[0],
      short: shortOf(step),
      after: after.get(record.key) ?? [],
      notes: notes.get(record.key) ?? [],
      log: log === undefined ? undefined : logAt.get(log),
    };
  });
}

const shortOf = ({ status, record }: StepState): string | undefined =>
  status.kind === 'failed' ? explain(status.failure, record).short : undefined;
