import { appendFileSync } from 'node:fs';
import type { JudgedDifference } from '../journal/difference.js';
import type { Failure } from '../journal/failure.js';
import type { Journal } from '../journal/journal.js';
import type { StateCompared } from '../journal/looked.js';
import type { Step } from '../plan/plan.js';
import type { Expectation } from '../workspace/workspace.js';

type Differs = Extract<Failure, { kind: 'state-differs' }>;
export type Unread = Extract<Failure, { kind: 'state-unread' }>;

/** What is named of a failure; the journal has the rest. */
const NAMED = 5;

/** Gathers what fails a comparison. */
export class Failing {
  readonly #found: Differs['found'][number][] = [];

  add(data: string, { kind, at, count, column, ruling }: JudgedDifference): void {
    if (ruling.kind !== 'unexpected' || ruling.severity !== 'fail' || this.#found.length >= NAMED) return;
    this.#found.push({ data, kind, at, count, ...(column === undefined ? {} : { column }) });
  }

  failure(): Differs | undefined {
    return this.#found.length === 0 ? undefined : { kind: 'state-differs', found: this.#found };
  }
}

/** Enters what was found into the journal, and tells all of it in the step's log. */
export function tellCompared(
  journal: Journal,
  step: Step,
  log: string,
  compared: Omit<StateCompared, 'type' | 'step'>,
): void {
  journal.append({ type: 'state-compared', step: step.key, ...compared });
  const { data, differences } = compared;
  for (const { kind, at, count, column, detail, examples } of differences) {
    const what = [kind, at, column, `${count}`, detail].filter((word) => word !== undefined).join(' ');
    appendFileSync(log, `${data}: ${what}\n${examples.map((example) => `    ${example}\n`).join('')}`);
  }
}

/** Enters that nothing can be said of some data: others may have been looked at all the same. */
export function tellUnread(journal: Journal, step: Step, log: string, { name, reason }: Unread): void {
  journal.append({ type: 'state-unread', step: step.key, data: name, reason });
  appendFileSync(log, `${name}: ${reason}\n`);
}

/** Enters what was expected and did not happen, in the words of the workspace. */
export function tellMissed(journal: Journal, step: string, missed: readonly Expectation[]): void {
  for (const { data, what, in: at, column, reason } of missed) {
    const words = [data, what, at, column].filter((word) => word !== undefined && word !== '*').join(' ');
    journal.append({ type: 'expectation-missed', step, what: words, reason });
  }
}
