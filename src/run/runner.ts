import { describeFault } from '../basics/fault.js';
import type { Problem } from '../basics/problem.js';
import type { Result } from '../basics/result.js';
import { later } from '../basics/timer.js';
import { unreachable } from '../basics/unreachable.js';
import { probeResults } from '../checks/budget.js';
import type { Verdict } from '../journal/event.js';
import type { Failure } from '../journal/failure.js';
import type { Blame } from '../journal/record.js';
import type { Phase, Plan, Step } from '../plan/plan.js';
import { whatIsLeft } from '../services/strays.js';
import { endEverything } from '../services/supervisor.js';
import { beginBuiltin } from './builtin.js';
import { ConfigWatch } from './config-watch.js';
import type { RunContext, RunningStep } from './context.js';
import { startHook } from './hook.js';
import { lookAtLogs, lookAtMachine } from './look.js';
import { NoteWatch } from './note-watch.js';
import { Sampling } from './sampling.js';
import { Schedule } from './schedule.js';
import { startScript } from './script.js';
import { ServiceWatch } from './service-watch.js';
import { besideUpgraded } from './twin.js';

export interface RunOptions {
  readonly jobs: number;
  /** The run ends as asked once this says so of a phase that is over. */
  readonly stopAfter: (phase: Phase, plan: Plan) => Extract<Verdict, 'base-ready' | 'stopped'> | undefined;
  /** Aborted with a signal's name: end the running steps in order, and the run. */
  readonly interrupt: AbortSignal;
  /** Aborted when somebody asks a second time: end them at once. */
  readonly kill: AbortSignal;
}

/**
 * Does what a plan says, from the first step that has not passed yet, and writes down what happens. It learns the
 * names of no scenario: phases come in turn, steps when those before them are over.
 */
export async function runPlan(context: RunContext, options: RunOptions): Promise<Verdict> {
  const verdict = await runParts(context, options);
  const keep = context.workspace.onFailure === 'keep' || verdict === 'base-ready' || verdict === 'stopped';
  if (!keep) await endEverything(context.runDir, options.kill);
  context.journal.append({ type: 'run-finished', verdict, ...whatIsLeft(context.runDir) });
  context.journal.sync();
  return verdict;
}

/** Runs a plan, and where it goes on with another once more is known, that one too. */
async function runParts(context: RunContext, options: RunOptions): Promise<Verdict> {
  const { goOn } = context;
  const found: { next?: RunContext } = {};
  const remembering = async (): Promise<Result<RunContext, readonly Problem[]>> => {
    if (goOn === undefined) throw new Error('Internal error: nothing is known to go on with');
    const read = await goOn();
    if (read.ok) found.next = read.value;
    return read;
  };
  const verdict = await new Runner({ ...context, goOn: remembering }, options).run();
  return verdict === 'passed' && found.next !== undefined ? runParts(found.next, options) : verdict;
}

class Runner {
  /** Whether what the upgrade left was looked at. */
  #seen = false;
  readonly #context: RunContext;
  readonly #options: RunOptions;
  readonly #config: ConfigWatch | undefined;
  readonly #running = new Map<Step, RunningStep>();
  #sampling: Sampling | undefined;
  #twin: RunContext | undefined;
  /** One a system. */
  readonly #watches: ServiceWatch[] = [];
  /** Why no further step begins. */
  #ending: Failure | undefined;
  /** What failed is Grenade's own work: nobody else is to blame. */
  #atFault = false;
  /** What we could not do, such as write to a disk that is full. */
  #broken: { readonly error: unknown } | undefined;

  constructor(context: RunContext, options: RunOptions) {
    this.#context = context;
    this.#options = options;
    this.#config = ConfigWatch.of(context);
  }

  async run(): Promise<Verdict> {
    const [context, options] = [this.#context, this.#options];
    this.#watchServices(context);
    const notes = new NoteWatch(context.runDir, () => {
      this.#guard(() => {
        for (const step of this.#running.values()) step.fold();
      });
    });
    if (context.probes.length > 0) {
      this.#sampling = new Sampling(context, (error) => this.#break(error));
    }
    const limitMs = context.workspace.limits.run;
    const callOff = later(limitMs, () => this.#endAll({ kind: 'time-limit', limitMs, limit: 'limits.run' }));
    const interrupted = (): void => {
      const signal = String(options.interrupt.reason);
      this.#guard(() => context.journal.append({ type: 'interrupted', signal }));
      this.#endAll({ kind: 'interrupted', signal });
    };
    const killed = (): void => {
      for (const step of this.#running.values()) step.kill();
    };
    options.interrupt.addEventListener('abort', interrupted);
    options.kill.addEventListener('abort', killed);
    if (options.interrupt.aborted) interrupted();
    try {
      const verdict = await this.#judged(await this.#phases());
      if (this.#broken !== undefined) throw this.#broken.error;
      return verdict;
    } catch (error) {
      this.#break(error);
      throw error;
    } finally {
      callOff();
      options.interrupt.removeEventListener('abort', interrupted);
      options.kill.removeEventListener('abort', killed);
      for (const watch of this.#watches) watch.close();
      notes.close();
      await this.#sampling?.end();
    }
  }

  async #phases(): Promise<Verdict> {
    for (const phase of this.#context.plan.phases) {
      // From here on things are taken down because the run is over: what is asked would only see that.
      if (phase.blame === 'after') await this.#sampling?.end();
      const over = this.#overBudget(phase.blame);
      if (over !== undefined) return over;
      const left = phase.steps.filter(({ key }) => this.#context.state.byKey.get(key)?.status.kind !== 'passed');
      // What comes after the upgrade deletes and takes down.
      if (phase.blame === 'after' && (await this.#judged('passed')) !== 'passed') return 'upgrade';
      const failed = await this.#phase(phase, left);
      if (this.#options.interrupt.aborted) return 'interrupted';
      if (failed) return this.#atFault ? 'harness' : phase.blame;
      const stop = left.length > 0 ? this.#options.stopAfter(phase, this.#context.plan) : undefined;
      if (stop !== undefined) return this.#overBudget() ?? stop;
    }
    return this.#overBudget() ?? 'passed';
  }

  /** Whom a probe over its budget speaks about, before phases of this blame begin: every phase of one has its turn first. */
  #overBudget(next?: Blame): 'base' | 'upgrade' | undefined {
    if (this.#sampling === undefined) return undefined;
    this.#sampling.fold();
    const over = new Set(probeResults(this.#context.state, Date.now()).map((result) => result.over));
    if (over.has('base') && next !== 'base') return 'base';
    return over.has('upgrade') && next !== 'base' && next !== 'upgrade' ? 'upgrade' : undefined;
  }

  /**
   * The verdict with what is seen once, while everything still is as the upgrade left it; and how the machine looked
   * then, or after a failure.
   */
  async #judged(verdict: Verdict): Promise<Verdict> {
    const seen = this.#seen;
    this.#seen = true;
    if (!seen && verdict === 'passed') this.#config?.end();
    if (seen && verdict === 'passed') return verdict;
    const passed = seen || (await lookAtLogs(this.#context, verdict, this.#options.interrupt)).passed;
    const judged = verdict === 'passed' && !passed ? 'upgrade' : verdict;
    await lookAtMachine(this.#context, judged, this.#options.interrupt);
    return judged;
  }

  /** Whether a step of the phase failed. */
  async #phase(phase: Phase, left: readonly Step[]): Promise<boolean> {
    const schedule = new Schedule(left);
    let failed = false;
    let stopped = false;
    const begin = (step: Step): Promise<void> =>
      this.#step(step, phase).then((passed) => {
        schedule.over(step);
        if (passed) return;
        failed = true;
        if (phase.onFailure === 'stop') stopped = true;
      });
    const active = new Set<Promise<void>>();
    for (;;) {
      while (!stopped && active.size < this.#options.jobs) {
        const step = this.#ending !== undefined && failed ? undefined : schedule.take();
        if (step === undefined || this.#options.interrupt.aborted) break;
        const work: Promise<void> = begin(step).finally(() => active.delete(work));
        active.add(work);
      }
      if (active.size === 0) return failed;
      try {
        await Promise.race(active);
      } catch (error) {
        this.#break(error);
        // What runs side by side with the step that broke must not outlive the run, nor write once its journal is closed.
        await Promise.allSettled(active);
        throw error;
      }
    }
  }

  /** Whether the step passed. */
  async #step(step: Step, { blame }: Phase): Promise<boolean> {
    const { journal } = this.#context;
    // A look at configuration costs time only where some is registered.
    if (this.#config !== undefined) await this.#config.before(step, blame);
    const started = performance.now();
    const running = this.#begin(step);
    this.#running.set(step, running);
    // Something ended the run between two steps: the step that comes next says so.
    if (this.#ending !== undefined) running.end(this.#ending);
    let { failure, log } = await running.ended;
    // A service may have died as the last act of a hook that passed: the step must not be done before that is known.
    for (const watch of this.#watches) await watch.lookAgain();
    await this.#config?.after(step);
    if (failure === undefined && this.#ending !== undefined) failure = this.#ending;
    this.#running.delete(step);
    const ms = Math.round(performance.now() - started);
    // Once the upgrade has passed, nothing of ours takes that back.
    if (failure?.kind === 'step-error' && blame !== 'after') this.#atFault = true;
    journal.append({ type: 'step-finished', step: step.key, ms, log, ...(failure === undefined ? {} : { failure }) });
    return failure === undefined;
  }

  #begin(step: Step): RunningStep {
    const { action } = step;
    const context = this.#contextOf(step);
    switch (action.kind) {
      case 'hook': {
        const project = context.projects.get(action.project);
        if (project === undefined) throw new Error(`Internal error: no project ${action.project}`);
        return startHook(context, step, project, action.hook);
      }
      case 'script':
        return startScript(context, step, action.script);
      case 'fetch':
      case 'settings':
      case 'settle':
      case 'save-state':
      case 'record-state':
      case 'compare-state':
      case 'keep-snapshot':
      case 'restore-snapshot':
      case 'record-schema':
      case 'compare-twin':
      case 'take-down':
        return beginBuiltin(context, step, action);
      default:
        return unreachable(action);
    }
  }

  /** What a step works with: the system that is upgraded, or one beside it that is made when its first step begins. */
  #contextOf({ system }: Step): RunContext {
    if (system === undefined) return this.#context;
    if (this.#twin === undefined) {
      this.#twin = besideUpgraded(this.#context);
      this.#watchServices(this.#twin);
    }
    return this.#twin;
  }

  #watchServices(context: RunContext): void {
    const died = (failure: Failure): void => this.#endAll(failure);
    this.#watches.push(new ServiceWatch(context, died, (error) => this.#break(error)));
  }

  /** Does what could break where nobody would catch it: in a timer, or when the kernel calls. */
  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#break(error);
    }
  }

  /** Without a journal there is no run: ends what runs, so that the run can end. */
  #break(error: unknown): void {
    this.#broken ??= { error };
    this.#endAll({ kind: 'step-error', reason: describeFault(error) });
  }

  #endAll(failure: Failure): void {
    this.#ending ??= failure;
    for (const step of this.#running.values()) step.end(failure);
  }
}
