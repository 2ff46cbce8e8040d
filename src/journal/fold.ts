import type {
  CheckoutReady,
  CommandFailed,
  Event,
  Harness,
  Planned,
  ProjectRecord,
  SnapshotRestored,
  Stray,
  Verdict,
} from './event.js';
import type { Failure } from './failure.js';
import { foldProbe, foldSampling, type ProbeDraft, planProbes } from './fold-probes.js';
import { beginLife, endLife, type LifeDraft, serviceName, stopLife } from './fold-services.js';
import type {
  ConfigChanged,
  ConfigRecorded,
  ConfigUnread,
  ExpectationMissed,
  StateCompared,
  StateUnread,
} from './looked.js';
import type {
  Evidence,
  ExceptionUse,
  LogMark,
  PhaseState,
  Reported,
  RunState,
  SamplingLost,
  StepState,
  StepStatus,
  Summary,
  Warning,
} from './state.js';

const WAITING: StepStatus = { kind: 'waiting' };
type Draft<T> = { -readonly [K in keyof T]: T[K] };
interface PhaseDraft extends Draft<Omit<PhaseState, 'steps'>> {
  steps: StepDraft[];
}
interface StepDraft extends Draft<StepState> {
  /** The last one seen before the step ended is what made it fail. */
  commandFailed: CommandFailed | undefined;
  inPhase: PhaseDraft;
}

/**
 * Folds events into a run's state, one at a time and in place: a run of many thousand steps stays linear.
 * Events it cannot place (a step that no plan named) are passed over: a journal is read whatever happened to it.
 */
export class RunFold implements RunState {
  run = '';
  workspace = '';
  scenario = '';
  strict = false;
  releases: { readonly base: string; readonly target: string } | undefined;
  projects: readonly ProjectRecord[] = [];
  phases: PhaseDraft[] = [];
  steps: StepDraft[] = [];
  byKey = new Map<string, StepDraft>();
  running = new Set<StepDraft>();
  finished = 0;
  failed: StepDraft[] = [];
  reported = new Map<string, Reported>();
  probes = new Map<string, ProbeDraft>();
  samplingLost: SamplingLost | undefined;
  services = new Map<string, LifeDraft>();
  lives: LifeDraft[] = [];
  logMarks: LogMark[] = [];
  /** How long each log was when the last step began. */
  logged = new Map<string, number>();
  comparedLogs: ReadonlySet<string> | undefined;
  evidence: Evidence[] = [];
  worlddump: string | undefined;
  resources = new Map<string, Set<string>>();
  warnings: Warning[] = [];
  exceptions: ExceptionUse[] = [];
  checkouts = new Map<string, CheckoutReady>();
  restored: SnapshotRestored | undefined;
  summaries: Summary[] = [];
  data: readonly string[] = [];
  compared: StateCompared[] = [];
  drift: StateCompared[] = [];
  unread: StateUnread[] = [];
  missed: ExpectationMissed[] = [];
  config: ConfigRecorded['places'] = [];
  configChanges: ConfigChanged[] = [];
  configUnread: ConfigUnread[] = [];
  interrupted: string | undefined;
  verdict: Verdict | undefined;
  up = false;
  strays: readonly Stray[] = [];
  cleaned = false;
  harness: Harness | undefined;
  startedAt: number | undefined;
  endedAt: number | undefined;
  lastAt = 0;
  earlierMs = 0;
  resumedAt: number | undefined;

  apply(event: Event): void {
    // What was done to it later is no part of how long a killed run lasted.
    if (event.type !== 'cleaned') this.lastAt = Math.max(this.lastAt, event.at);
    switch (event.type) {
      case 'run-started':
        this.run = event.run;
        this.workspace = event.workspace;
        this.harness = event.harness;
        this.startedAt = event.at;
        this.resumedAt = event.at;
        return;
      case 'planned':
        this.#plan(event);
        return;
      case 'run-resumed':
        this.earlierMs += Math.max(0, (this.endedAt ?? event.at) - (this.resumedAt ?? event.at));
        this.harness = event.harness;
        this.resumedAt = event.at;
        this.endedAt = undefined;
        this.verdict = undefined;
        this.strays = [];
        this.interrupted = undefined;
        this.comparedLogs = undefined;
        this.evidence = [];
        return;
      case 'step-started':
        this.logMarks.push({ at: event.at, step: event.step, logged: event.logged ?? {} });
        for (const [log, size] of Object.entries(event.logged ?? {})) this.logged.set(log, size);
        this.#move(event.step, { kind: 'running', startedAt: event.at }, event.log, event.pid);
        return;
      case 'step-finished':
        this.#finish(event.step, event.at, event.ms, event.failure, event.log);
        return;
      case 'command-failed': {
        const step = this.byKey.get(event.step);
        if (step) step.commandFailed = event;
        return;
      }
      case 'resource-saved':
        this.#save(event.step, event.project, event.key);
        return;
      case 'summary-written': {
        this.summaries.push({ at: event.at, step: event.step, text: event.text });
        const step = this.byKey.get(event.step);
        if (step) step.summary = event.text;
        return;
      }
      case 'warned':
        this.warnings.push({ at: event.at, step: event.step, text: event.text });
        return;
      case 'exception-used':
        this.exceptions.push(event);
        return;
      case 'service-started': {
        const life = beginLife(event, event.at);
        this.services.set(life.name, life);
        this.lives.push(life);
        return;
      }
      case 'service-stopping':
        stopLife(this.services.get(serviceName(event)), event, event.at);
        return;
      case 'service-exited':
        endLife(this.services.get(serviceName(event)), event, event.at);
        return;
      case 'release-reported':
        this.reported.set(event.project, { ...this.reported.get(event.project), [event.side]: event.version });
        return;
      case 'probe-changed':
        foldProbe(this.probes, event);
        return;
      case 'sampling-ended':
        foldSampling(this.probes, event);
        if (event.reason !== undefined) this.samplingLost = { at: event.until, reason: event.reason };
        return;
      case 'logs-compared':
        this.comparedLogs = new Set(event.logs);
        return;
      case 'log-evidence':
        this.#evidence(event);
        return;
      case 'world-dumped':
        this.worlddump = event.directory;
        return;
      case 'checkout-ready':
        this.checkouts.set(event.name, event);
        return;
      case 'snapshot-kept':
        return;
      case 'snapshot-restored':
        this.restored = event;
        return;
      case 'state-compared':
        if (event.against === 'twin') this.drift = replacing(this.drift, event);
        else this.compared = replacing(this.compared, event);
        return;
      case 'state-unread':
        this.unread = replacing(this.unread, event);
        return;
      case 'expectation-missed':
        this.missed = [...this.missed.filter(({ what }) => what !== event.what), event];
        return;
      case 'config-recorded':
        this.config = event.places;
        return;
      case 'config-changed':
        this.configChanges.push(event);
        return;
      case 'config-unread':
        this.configUnread.push(event);
        return;
      case 'interrupted':
        this.interrupted = event.signal;
        return;
      case 'run-finished':
        this.verdict = event.verdict;
        this.up = event.up;
        this.strays = event.strays ?? [];
        this.endedAt = event.at;
        return;
      case 'cleaned':
        this.up = false;
        this.strays = [];
        this.cleaned = true;
        return;
      default:
        // A journal of a later Grenade may say things this one does not know; the rest still counts.
        passOver(event);
    }
  }

  /** A run that goes on is planned again, possibly further than before: what its steps did stays. */
  #plan(event: Planned): void {
    const known = this.byKey;
    this.scenario = event.scenario;
    this.strict = event.strict;
    this.releases = event.releases;
    this.projects = event.projects;
    this.data = event.data ?? [];
    this.probes = planProbes(this.probes, event.probes ?? []);
    this.phases = event.phases.map((record) => ({ record, steps: [], finished: 0, failed: 0 }));
    this.steps = [];
    this.byKey = new Map();
    this.running = new Set();
    this.failed = [];
    this.finished = 0;
    const phases = new Map(this.phases.map((phase) => [phase.record.name, phase]));
    for (const record of event.steps) {
      const inPhase = phases.get(record.phase);
      if (inPhase === undefined) continue;
      const step: StepDraft = {
        status: WAITING,
        log: undefined,
        pid: undefined,
        summary: undefined,
        commandFailed: undefined,
        ...known.get(record.key),
        record,
        phase: inPhase.record,
        inPhase,
      };
      inPhase.steps.push(step);
      this.steps.push(step);
      this.byKey.set(record.key, step);
      this.#count(step, 1);
    }
  }

  #finish(key: string, at: number, ms: number, failure: Failure | undefined, log: string): void {
    const noted = this.byKey.get(key)?.commandFailed;
    // A command can fail and be forgiven: only one that ended as the hook did explains it.
    const explains = failure?.kind !== 'exit' || noted?.status === failure.status;
    const commandFailed = explains ? noted : undefined;
    if (failure === undefined) this.#move(key, { kind: 'passed', endedAt: at, ms }, log);
    else {
      const why = commandFailed === undefined ? { failure } : { failure, commandFailed };
      this.#move(key, { kind: 'failed', endedAt: at, ms, ...why }, log);
    }
  }

  #move(key: string, status: StepStatus, log: string, pid?: number): void {
    const step = this.byKey.get(key);
    if (step === undefined) return;
    this.#count(step, -1);
    step.status = status;
    step.log = log;
    if (status.kind === 'running') {
      step.pid = pid;
      step.commandFailed = undefined;
    }
    this.#count(step, 1);
  }

  /** Enters a step into the totals, or takes it out of them. */
  #count(step: StepDraft, by: 1 | -1): void {
    const { kind } = step.status;
    if (kind === 'running') {
      if (by === 1) this.running.add(step);
      else this.running.delete(step);
    }
    if (kind === 'passed' || kind === 'failed') {
      this.finished += by;
      step.inPhase.finished += by;
    }
    if (kind === 'failed') {
      step.inPhase.failed += by;
      if (by === 1) this.failed.push(step);
      else this.failed = this.failed.filter((other) => other !== step);
    }
  }

  #save(key: string, namespace: string, resource: string): void {
    const action = this.byKey.get(key)?.record.action;
    const project = action?.kind === 'hook' ? action.project : namespace;
    const kept = this.resources.get(project) ?? new Set<string>();
    this.resources.set(project, kept.add(`${namespace}/${resource}`));
  }

  /** What fails the run stands before what does not. */
  #evidence(event: Evidence): void {
    const failing = this.evidence.filter(({ fails }) => fails).length;
    if (event.fails) this.evidence.splice(failing, 0, event);
    else this.evidence.push(event);
  }
}

/** With what is said now in place of what the same step, done before, said of the same data. */
const replacing = <T extends StateCompared | StateUnread>(list: readonly T[], said: T): T[] => [
  ...list.filter(({ step, data }) => step !== said.step || data !== said.data),
  said,
];

/** Typed like `unreachable`, so that a new event must be handled here, without throwing at a journal of another version. */
function passOver(event: never): void {
  void (event satisfies never);
}

/** The state after all of these events. */
export function foldRun(events: Iterable<Event>): RunState {
  const fold = new RunFold();
  for (const event of events) fold.apply(event);
  return fold;
}

/** How long the run has taken, without the time between its parts; at its last event when it has ended. */
export function elapsedMs(state: RunState, now: number): number {
  const began = state.resumedAt ?? now;
  return state.earlierMs + Math.max(0, (state.endedAt ?? now) - began);
}
