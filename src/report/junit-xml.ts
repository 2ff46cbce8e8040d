import { unreachable } from '../basics/unreachable.js';
import { type Clean, cleaner } from './text.js';

/** An element of JUnit's XML, before it is written. */
export interface Case {
  readonly suite: string;
  readonly name: string;
  readonly seconds: string;
  readonly outcome:
    | { readonly kind: 'passed'; readonly note?: string }
    | { readonly kind: 'skipped'; readonly why: string }
    | { readonly kind: 'failure' | 'error'; readonly type: string; readonly message: string; readonly text: string };
}

/** A suite of cases, and what is known of all of it. */
export interface Suite {
  readonly name: string;
  readonly cases: readonly Case[];
  readonly properties: readonly (readonly [string, string])[];
}

/** Suites as JUnit's XML. `timestamp` is in milliseconds since the epoch. */
export async function writeXml(
  suites: readonly Suite[],
  { timestamp, clean }: { readonly timestamp: number; readonly clean: Clean },
): Promise<string> {
  // Loaded here: most commands never write XML.
  const { default: Builder } = await import('fast-xml-builder');
  const at = new Date(timestamp).toISOString().slice(0, 19);
  const testsuite = suites.map(({ name, cases, properties }) => ({
    ...attributes({ name: clean(name), ...totals(cases), skipped: skipped(cases), timestamp: at }),
    ...propertiesOf(properties, clean),
    testcase: cases.map(({ name: test, seconds, outcome }) => ({
      ...attributes({ name: clean(test), classname: clean(name), time: seconds }),
      ...element(outcome),
    })),
  }));
  const builder = new Builder({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    format: true,
    suppressEmptyNode: true,
  });
  const all = suites.flatMap(({ cases }) => cases);
  return builder.build({
    '?xml': attributes({ version: '1.0', encoding: 'UTF-8' }),
    testsuites: { ...attributes({ name: 'grenade', ...totals(all) }), testsuite },
  });
}

/** As the builder takes them; a line break in an attribute would be read back as a space anyway. */
function attributes(of: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(of).map(([name, value]) => [`@${name}`, String(value).replaceAll(/\s*\n\s*/g, ' ')]),
  );
}

function propertiesOf(list: readonly (readonly [string, string])[], clean: Clean): object {
  if (list.length === 0) return {};
  return { properties: { property: list.map(([name, value]) => attributes({ name, value: clean(value) })) } };
}

function element(outcome: Case['outcome']): object {
  switch (outcome.kind) {
    case 'passed':
      return outcome.note === undefined ? {} : { 'system-out': outcome.note };
    case 'skipped':
      return { skipped: attributes({ message: outcome.why }) };
    case 'failure':
    case 'error':
      return {
        [outcome.kind]: { ...attributes({ type: outcome.type, message: outcome.message }), '#text': outcome.text },
      };
    default:
      return unreachable(outcome);
  }
}

/** Besides secrets and escape sequences, XML 1.0 cannot hold halves of surrogate pairs and two code points. */
export function xmlCleaner(mask: (text: string) => string): Clean {
  const clean = cleaner(mask);
  return (text) => clean(text).replace(/[\p{Cs}\ufffe\uffff]/gu, '');
}

function totals(cases: readonly Case[]): { tests: number; failures: number; errors: number; time: string } {
  const of = (kind: Case['outcome']['kind']): number => cases.filter(({ outcome }) => outcome.kind === kind).length;
  const time = cases.reduce((sum, { seconds }) => sum + Number(seconds), 0).toFixed(3);
  return { tests: cases.length, failures: of('failure'), errors: of('error'), time };
}

const skipped = (cases: readonly Case[]): number => cases.filter(({ outcome }) => outcome.kind === 'skipped').length;
