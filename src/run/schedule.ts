import type { Step } from '../plan/plan.js';

/** Hands out the steps of one phase: each once those it waits for are over, in the plan's order. */
export class Schedule {
  /** In the plan's order. */
  readonly #ready: Step[] = [];
  readonly #open = new Map<string, number>();
  readonly #waiting = new Map<string, Step[]>();

  constructor(steps: readonly Step[]) {
    const here = new Set(steps.map(({ key }) => key));
    for (const step of steps) {
      // What it waits for may have been done in an earlier part of the run.
      const before = step.after.filter((key) => here.has(key));
      this.#open.set(step.key, before.length);
      for (const key of before) this.#waiting.set(key, [...(this.#waiting.get(key) ?? []), step]);
      if (before.length === 0) this.#ready.push(step);
    }
  }

  /** The next step that may begin, taken out; undefined while all that is left waits, or nothing is left. */
  take(): Step | undefined {
    return this.#ready.shift();
  }

  /** A step is over, however it ended. */
  over(step: Step): void {
    for (const other of this.#waiting.get(step.key) ?? []) {
      const open = (this.#open.get(other.key) ?? 0) - 1;
      this.#open.set(other.key, open);
      if (open === 0) this.#admit(other);
    }
  }

  #admit(step: Step): void {
    let at = this.#ready.length;
    while (at > 0 && (this.#ready[at - 1]?.number ?? 0) > step.number) at--;
    this.#ready.splice(at, 0, step);
  }
}
