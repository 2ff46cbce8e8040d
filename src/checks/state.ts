import { wildcard } from '../basics/wildcard.js';
import { type Difference, type JudgedDifference, type Severity, weightOf } from '../journal/difference.js';
import type { ConfigChanged, StateCompared } from '../journal/looked.js';
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
  /** What became of configuration, which the same expectations are about. */
  readonly configChanges?: readonly ConfigChanged[];
}

/** Judges differences as they are found, one source after the other, in bounded memory. */
export class StateJudge {
  readonly #by: JudgedBy;
  readonly #expected: readonly Expectation[];
  readonly #met = new Set<Expectation>();
  /** How much of the same a restart alone showed. */
  readonly #byItself = new Map<string, number>();

  constructor(by: JudgedBy) {
    this.#by = by;
    this.#expected = by.rules.expect.filter(
      ({ from, to }) => (from?.includes(by.from) ?? true) && (to?.includes(by.to) ?? true),
    );
    for (const { data, differences } of by.control) {
      for (const each of differences) {
        const same = sameness(data, each);
        this.#byItself.set(same, (this.#byItself.get(same) ?? 0) + each.count);
      }
    }
  }

  /**
   * What is held of a difference. What is expected is so even where it would happen by itself. More rows than happen by
   * themselves are two differences: as many as a restart alone showed, and those beyond.
   */
  judge(data: string, difference: Difference): readonly JudgedDifference[] {
    const expectation = this.#expected.find((each) => meets(each, data, difference));
    if (expectation !== undefined) {
      this.#met.add(expectation);
      return [{ ...difference, ruling: { kind: 'expected', reason: expectation.reason } }];
    }
    const known = this.#byItself.get(sameness(data, difference));
    const beyond = known === undefined || !difference.kind.startsWith('rows-') ? 0 : difference.count - known;
    if (known !== undefined && (beyond <= 0 || weightOf(difference) === 'addition')) {
      return [{ ...difference, ruling: { kind: 'by-itself' } }];
    }
    const unexpected: JudgedDifference = {
      ...difference,
      ruling: { kind: 'unexpected', severity: this.#severity(difference) },
    };
    if (known === undefined) return [unexpected];
    return [
      { ...difference, count: known, examples: [], ruling: { kind: 'by-itself' } },
      { ...unexpected, count: beyond, detail: `beyond the ${known} of a restart alone` },
    ];
  }

  #severity(difference: Difference): Severity {
    const { rules } = this.#by;
    const weight = weightOf(difference);
    return weight === 'addition' ? 'note' : rules[weight];
  }

  /** What was expected of this upgrade and did not happen. */
  missed(): readonly Expectation[] {
    return this.#expected.filter((each) => !this.#met.has(each) && !this.#isMetElsewhere(each));
  }

  /** Those about configuration alone are told where that is looked at. */
  #isMetElsewhere(expectation: Expectation): boolean {
    const { configChanges } = this.#by;
    if (configChanges === undefined) return false;
    const met = ({ project, difference }: ConfigChanged): boolean =>
      meets(expectation, `${project}/config`, difference);
    return isAboutConfig(expectation) || configChanges.some(met);
  }
}

/** Gathers judged differences, so that a million files that are gone are not a million lines of the journal. */
export class Gathered {
  readonly #listed: JudgedDifference[] = [];
  readonly #rest = new Map<string, JudgedDifference>();

  add(judged: JudgedDifference): void {
    if (this.#listed.length < MOST) {
      this.#listed.push(judged);
      return;
    }
    const { kind, at, count, ruling } = judged;
    const key = JSON.stringify([kind, ruling]);
    const known = this.#rest.get(key) ?? { kind, at: 'others', count: 0, examples: [], ruling };
    const examples = [...known.examples, ...(known.examples.length < EXAMPLES ? [at] : [])];
    this.#rest.set(key, { ...known, count: known.count + count, examples });
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

/** Whether it is about a project's configuration, `web/config`, and nothing else. */
export const isAboutConfig = ({ data }: Expectation): boolean => data.endsWith('/config');

const matches = (pattern: string, text: string): boolean => wildcard(pattern).test(text);

/** Two differences are the same thing happening: of the same kind, to the same table and column, or to the same file. */
const sameness = (data: string, { kind, at, column }: Difference): string =>
  JSON.stringify([data, kind, at, column ?? '']);
