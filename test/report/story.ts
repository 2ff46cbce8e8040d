import type { JudgedDifference } from '../../src/journal/difference.js';
import type { Event, EventBody, LogEvidence, ProjectRecord, Verdict } from '../../src/journal/event.js';
import type { Failure } from '../../src/journal/failure.js';
import { foldRun } from '../../src/journal/fold.js';
import type { StateCompared } from '../../src/journal/looked.js';
import type { Bounds, Connection, ProbeRecord, ProbeStatus } from '../../src/journal/probe.js';
import type { Action, Blame, Hook, PhaseRecord, Side, StepRecord } from '../../src/journal/record.js';
import type { RunState } from '../../src/journal/state.js';

/** Local time, so that a clock reads the same wherever the tests run. */
export const BEGIN = new Date(2026, 10, 23, 13, 2, 0).getTime();

const PHASES: readonly [name: string, blame: Blame, side: Side, hooks: readonly Hook[]][] = [
  ['install', 'base', 'base', ['install']],
  ['start', 'base', 'base', ['start']],
  ['version', 'base', 'base', ['version']],
  ['create', 'base', 'base', ['create']],
  ['verify', 'base', 'base', ['verify']],
  ['shutdown', 'upgrade', 'base', ['shutdown']],
  ['verify-noapi', 'upgrade', 'base', ['verify_noapi']],
  ['upgrade', 'upgrade', 'target', ['install', 'migrate', 'start']],
  ['version-target', 'upgrade', 'target', ['version']],
  ['verify-target', 'upgrade', 'target', ['verify']],
  ['destroy', 'after', 'target', ['destroy']],
  ['take-down', 'after', 'target', []],
];

interface Shape {
  readonly projects?: readonly (string | ProjectRecord)[];
  /** Hooks that a project lacks: `s3rver/verify`. */
  readonly without?: readonly string[];
  /** Hooks that can be seen to do nothing: `s3rver/verify_noapi`. */
  readonly empty?: readonly string[];
  /** A step that saves the state stands before the shutdown. */
  readonly saves?: boolean;
  readonly strict?: boolean;
  /** Data that is registered: then steps record it and compare it. */
  readonly data?: readonly string[];
  readonly probes?: readonly ProbeRecord[];
}

/** Tells a run, step by step, as the runner would write it: everything passes until something is said to fail. */
export class Story {
  readonly events: Event[] = [];
  readonly steps: readonly StepRecord[];
  #at = BEGIN;
  #next = 0;

  constructor({
    projects = ['postgres', 'worker', 's3rver'],
    without = [],
    empty = [],
    saves = false,
    strict = false,
    data = [],
    probes = [],
  }: Shape = {}) {
    const records = projects.map((project) =>
      typeof project === 'string' ? { name: project, backing: project === 'postgres', caveats: [] } : project,
    );
    const steps: StepRecord[] = [];
    const phases: PhaseRecord[] = [];
    const add = (phase: string, side: Side, name: string, action: Action): void => {
      const release = side === 'base' ? 'spring' : 'autumn';
      const key = `${name}:${side}@${release}`;
      const idle = empty.includes(name) ? ({ empty: true } as const) : {};
      steps.push({ key, number: steps.length + 1, phase, action, side, release, ...idle });
    };
    for (const [name, blame, side, hooks] of PHASES) {
      if (saves && name === 'shutdown') {
        phases.push({ name: 'save-state', blame: 'upgrade' });
        add('save-state', side, 'save-state', { kind: 'save-state' });
      }
      if (data.length > 0 && name === 'upgrade') {
        phases.push({ name: 'save', blame: 'upgrade' });
        add('save', 'base', 'record-state', { kind: 'record-state' });
      }
      phases.push({ name, blame });
      if (data.length > 0 && name === 'verify-target') add(name, side, 'compare-state', { kind: 'compare-state' });
      if (name === 'take-down') add(name, side, name, { kind: 'take-down' });
      for (const { name: project } of records) {
        for (const hook of hooks.filter((hook) => !without.includes(`${project}/${hook}`))) {
          add(name, side, `${project}/${hook}`, { kind: 'hook', project, hook });
        }
      }
    }
    this.steps = steps;
    const harness = { version: '0.1.0', pid: 4711, startTime: '99' };
    this.say({ type: 'run-started', run: '2026-11-23-130200', workspace: '/home/ada/shop', harness });
    const releases = { base: 'spring', target: 'autumn' };
    this.say({
      type: 'planned',
      scenario: 'full stop',
      strict,
      releases,
      projects: records,
      phases,
      steps,
      probes,
      data,
    });
  }

  say(body: EventBody, later = 0): this {
    this.#at += later;
    this.events.push({ at: this.#at, ...body });
    return this;
  }

  /** What samples of a probe said changed. */
  seen(probe: string, status: ProbeStatus, since: Bounds, cause?: string, connection: Connection = 'new'): this {
    const why = cause === undefined ? {} : { cause };
    return this.say({ type: 'probe-changed', probe, connection, status, since, ...why });
  }

  /** Runs every step before this one. */
  until(key: string): this {
    while (this.#next < this.steps.length && this.steps[this.#next]?.key !== key) this.pass();
    return this;
  }

  toTheEnd(): this {
    while (this.#next < this.steps.length) this.pass();
    return this;
  }

  start(): StepRecord {
    const step = this.steps[this.#next];
    if (step === undefined) throw new Error('the story is over');
    this.#next += 1;
    this.say({ type: 'step-started', step: step.key, log: this.#log(step), pid: 5000 + step.number }, 5);
    return step;
  }

  pass(ms = 100 + this.#next * 7): this {
    const step = this.start();
    const { action } = step;
    if (action.kind === 'hook') {
      const { project, hook } = action;
      if (hook === 'start')
        this.say({ type: 'service-started', service: project, pid: 6000 + step.number, step: step.key });
      if (hook === 'shutdown') {
        const pid = this.steps.find(({ key }) => key === `${project}/start:base@spring`)?.number ?? 0;
        this.say({ type: 'service-stopping', service: project, step: step.key });
        this.say({ type: 'service-exited', service: project, pid: 6000 + pid, status: 0, expected: true });
      }
      if (hook === 'create') this.say({ type: 'resource-saved', step: step.key, project, key: 'id' });
      if (hook === 'version') {
        this.say({
          type: 'release-reported',
          project,
          side: step.side,
          version: VERSIONS[project]?.[step.side] ?? '1',
        });
      }
    }
    return this.say({ type: 'step-finished', step: step.key, ms, log: this.#log(step) }, ms);
  }

  fail(
    failure: Failure,
    why?: { readonly command: string; readonly file: string; readonly line: number },
    ms = 120,
  ): this {
    const step = this.start();
    const status = failure.kind === 'exit' ? failure.status : 22;
    if (why) this.say({ type: 'command-failed', step: step.key, status, ...why }, ms - 10);
    return this.say({ type: 'step-finished', step: step.key, ms, failure, log: this.#log(step, 'FAILED_') }, 10);
  }

  end(verdict: Verdict, up = verdict !== 'passed'): this {
    return this.say({ type: 'run-finished', verdict, up }, 20);
  }

  get state(): RunState {
    return foldRun(this.events);
  }

  get now(): number {
    return this.#at;
  }

  #log({ number, action }: StepRecord, failed = ''): string {
    const name = action.kind === 'hook' ? `${action.project}-${action.hook}` : action.kind;
    return `steps/${failed}${String(number).padStart(2, '0')}-${name}.log`;
  }
}

const VERSIONS: Readonly<Record<string, Readonly<Record<Side, string>>>> = {
  postgres: { base: '14.23', target: '17.10' },
  worker: { base: '0.13.0', target: '0.16.6' },
  s3rver: { base: '2.2.9', target: '3.7.1' },
};

/** Numbers of steps by key, for stories that need one. */
export const keyOf = (project: string, hook: Hook, side: Side): string =>
  `${project}/${hook}:${side}@${side === 'base' ? 'spring' : 'autumn'}`;

/** What became of registered data, as the step that compares it says. */
export const compared = (data: string, more: Partial<StateCompared> = {}): StateCompared => ({
  type: 'state-compared',
  step: 'compare-state:target@autumn',
  data,
  looked: { tables: 2, rows: 1012 },
  control: false,
  differences: [],
  ...more,
});

/** Something of everything that can be held of differences, the least important first. */
export const DIFFERS: readonly JudgedDifference[] = [
  { kind: 'rows-new', at: 'public.jobs', count: 12, examples: [], ruling: { kind: 'unexpected', severity: 'note' } },
  { kind: 'rows-changed', at: 'public.jobs', column: 'seen', count: 2, examples: [], ruling: { kind: 'by-itself' } },
  {
    kind: 'table-gone',
    at: 'public.queues',
    count: 0,
    examples: [],
    ruling: { kind: 'expected', reason: 'jobs know their queue, hunter2' },
  },
  {
    kind: 'column-changed',
    at: 'public.jobs',
    column: 'id',
    detail: 'integer → bigint',
    count: 1,
    examples: [],
    ruling: { kind: 'unexpected', severity: 'warn' },
  },
  {
    kind: 'rows-gone',
    at: 'public.jobs',
    count: 3,
    examples: ['id 7 (hunter2, <b>bold</b>)'],
    ruling: { kind: 'unexpected', severity: 'fail' },
  },
];

/** Something that a service began to print. */
export const evidence = (service: string, text: string, more: Partial<LogEvidence> = {}): LogEvidence => ({
  type: 'log-evidence',
  service,
  kind: 'error',
  pattern: text,
  count: 1,
  first: { text, line: 41, offset: 4000, step: keyOf(service, 'start', 'target') },
  fails: false,
  ...more,
});
