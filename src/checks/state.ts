import { wildcard } from '../basics/wildcard.js';
import { type Difference, type JudgedDifference, type Ruling, type Severity, weightOf } from '../journal/difference.js';
import type { StateCompared } from '../journal/event.js';
import type { Expectation, StateRules } from '../workspace/workspace.js';

/** Differences that are listed; of more only sums are kept, a line for each kind and ruling. */
const MOST = 200;
const EXAMPLES = 3;

/** What is known before the first difference of an upgrade is judged. */
export interface JudgedBy {
  readonly rules: StateRules;
  readonly from: string;
  readonly to: string;
  /** What a restart of the base alone showed, if one was made. */
  readonly control: readonly StateCompared[];
}

/** Judges differences as they are found, one source after the other, in bounded memory. */
export class StateJudge {
  readonly #by: JudgedBy;
  readonly #expected: readonly Expectation[];
  readonly #met = new Set<Expectation>();
  readonly #byItself: ReadonlySet<string>;

  constructor(by: JudgedBy) {
    this.#by = by;
    this.#expected = by.rules.expect.filter(
      ({ from, to }) => (from?.includes(by.from) ?? true) && (to?.includes(by.to) ?? true),
    );
    this.#byItself = new Set(
      by.control.flatMap(({ data, differences }) => differences.map((each) => sameness(data, each))),
    );
  }

  /** What is held of a difference. What is expected is so even where it would happen by itself. */
  judge(data: string, difference: Difference): Ruling {
    const expectation = this.#expected.find((each) => meets(each, data, difference));
    if (expectation !== undefined) {
      this.#met.add(expectation);
      return { kind: 'expected', reason: expectation.reason };
    }
    if (this.#byItself.has(sameness(data, difference))) return { kind: 'by-itself' };
    return { kind: 'unexpected', severity: this.#severity(difference) };
  }

  #severity(difference: Difference): Severity {
    const { rules } = this.#by;
    const weight = weightOf(difference);
    return weight === 'addition' ? 'note' : rules[weight];
  }

  /** What was expected of this upgrade and did not happen. */
  missed(): readonly Expectation[] {
    return this.#expected.filter((each) => !this.#met.has(each));
  }
}

/** Gathers judged differences, so that a million files that are gone are not a million lines of the journal. */
export class Gathered {
  readonly #listed: JudgedDifference[] = [];
  readonly #rest = new Map<string, JudgedDifference>();

  add(difference: Difference, ruling: Ruling): void {
    const judged: JudgedDifference = { ...difference, ruling };
    if (this.#listed.length < MOST) {
      this.#listed.push(judged);
      return;
    }
    const key = JSON.stringify([difference.kind, ruling]);
    const known = this.#rest.get(key) ?? { kind: difference.kind, at: 'others', count: 0, examples: [], ruling };
    const examples = [...known.examples, ...(known.examples.length < EXAMPLES ? [difference.at] : [])];
    this.#rest.set(key, { ...known, count: known.count + difference.count, examples });
  }

  all(): readonly JudgedDifference[] {
    return [...this.#listed, ...this.#rest.values()];
  }
}

function meets(expectation: Expectation, data: string, { kind, at, column }: Difference): boolean {
  return (
    expectation.what === kind &&
    matches(expectation.data, data) &&
    matches(expectation.in, at) &&
    (expectation.column === undefined || (column !== undefined && matches(expectation.column, column)))
  );
}

const matches = (pattern: string, text: string): boolean => wildcard(pattern).test(text);

/** Two differences are the same thing happening: of the same kind, to the same table and column, or to the same file. */
const sameness = (data: string, { kind, at, column }: Difference): string =>
  JSON.stringify([data, kind, at, column ?? '']);
