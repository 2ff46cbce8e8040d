import type { Case } from './case.js';
import { DIFFERENCES } from './differences.js';
import type { Act, HookAct, VariablesAct } from './recording.js';
import { expectStatus } from './statuses.js';
import { variableDifferences } from './variables.js';
import type { Outcome, Ran } from './world.js';

/** Differences after which there is nothing of ours to compare. */
const ENDS = ['any-bytes', 'unregistered-refused', 'settings-refused', 'label-refused', 't-needs-b'];

/** What the two sides of a case did differently, in lines for people; empty when only intended differences are left. */
export interface Comparison {
  readonly divergence: readonly string[];
  /** Names of the intended differences that were met. */
  readonly met: ReadonlySet<string>;
  readonly counts: Readonly<Record<'original' | 'ours', Counts>>;
}

export interface Counts {
  readonly hooks: number;
  readonly commands: number;
  /** How far it came: the last hook, and the exit status of the last run. */
  readonly ended: string;
}

const countOf = ({ runs }: Outcome): Counts => {
  const acts = runs.flatMap((run) => run.acts);
  const of = (kind: Act['kind']): number => acts.filter((act) => act.kind === kind).length;
  const last = acts.findLast((act): act is HookAct => act.kind === 'hook');
  const hook = last === undefined ? 'before any hook' : calledAs(last).replace(/^\S*\/(?=[^/ ]*\/[^/ ]*( |$))/, '');
  return { hooks: of('hook'), commands: of('command'), ended: `${hook}, status ${runs.at(-1)?.status}` };
};

export function compare(test: Case, original: Outcome, ours: Outcome): Comparison {
  const met = new Set<string>();
  const counts = { original: countOf(original), ours: countOf(ours) };
  for (const [at, theirs] of original.runs.entries()) {
    const our = ours.runs[at];
    if (our === undefined) throw new Error(`${test.name}: ours has no run ${at}`);
    const divergence = compareRun(test, test.runs[at] ?? [], theirs, our, met);
    const said =
      divergence.length > 0 && test.runs.length > 1 ? [`In run ${at + 1} (${test.runs[at]?.join(' ')}):`] : [];
    if (divergence.length > 0) return { divergence: [...said, ...divergence], met, counts };
    // What was refused did not run: nothing after it can be compared.
    if (ENDS.some((name) => met.has(name))) return { divergence, met, counts };
  }
  return { divergence: compareLeft(test, original.left, ours.left, met), met, counts };
}

function compareRun(test: Case, flags: readonly string[], theirs: Ran, ours: Ran, met: Set<string>): string[] {
  const status = expectStatus(test, theirs, ours, met);
  if (status.end) return [...status.divergence];
  let left: readonly Act[] = theirs.acts;
  let right: readonly Act[] = ours.acts;
  for (const { name, original, ours: our } of DIFFERENCES) {
    const before = [left, right] as const;
    if (original !== undefined) left = original(left, flags);
    if (our !== undefined) right = our(right);
    if (lines(left) !== lines(before[0]) || lines(right) !== lines(before[1])) met.add(name);
  }
  left = status.cutTheirs?.(left) ?? left;
  right = status.cut(right);
  const sequence = compareSequence(left, right);
  if (sequence.length > 0) return [...status.divergence, ...sequence];
  if (status.divergence.length > 0) return [...status.divergence];
  return left.flatMap((act, at) => compareShells(act, right[at], met));
}

const lines = (acts: readonly Act[]): string => acts.map(line).join('\n');

/** An act in a line. */
export function line(act: Act): string {
  const by = act.by === '' ? '' : `    [${act.by}] `;
  switch (act.kind) {
    case 'hook':
      return `${by}HOOK ${act.call.join(' ')}   in ${act.cwd}   fds ${act.open}   TOP_DIR ${act.env.get('TOP_DIR')}`;
    case 'command':
      return `${by}${act.call.join(' ')}   in ${act.cwd}`;
    case 'variables':
      return `${by}variables ${act.label}`;
    case 'note':
      return `${by}says ${act.fields.join(' ')}`;
  }
}

/** The first place where two sequences part, with what came before it. */
function compareSequence(left: readonly Act[], right: readonly Act[]): string[] {
  const theirs = left.map(line);
  const ours = right.map(line);
  let at = 0;
  while (at < theirs.length && theirs[at] === ours[at]) at++;
  if (at === theirs.length && at === ours.length) return [];
  const some = (list: readonly string[], sign: string): string[] => {
    const next = list.slice(at, at + 8).map((text) => `  ${sign} ${text}`);
    return next.length === 0 ? [`  ${sign} (it ends here)`] : next;
  };
  return [
    'They part here:',
    ...theirs.slice(Math.max(0, at - 4), at).map((text) => `    ${text}`),
    ...some(theirs, 'original'),
    ...some(ours, 'ours    '),
  ];
}

/** What a hook, or a shell that says all of its variables, sees differently. */
function compareShells(theirs: Act, ours: Act | undefined, met: Set<string>): string[] {
  const found = (what: string, their: ReadonlyMap<string, string>, our: ReadonlyMap<string, string>): string[] => {
    const differing = variableDifferences(their, our, met);
    return differing.length === 0 ? [] : [`${what} sees other variables:`, ...differing.map((text) => `  ${text}`)];
  };
  if (theirs.kind === 'hook' && ours?.kind === 'hook') return found(calledAs(theirs), theirs.env, ours.env);
  if (theirs.kind === 'variables' && ours?.kind === 'variables') {
    return found(`The shell of ${label(theirs)}`, theirs.variables, ours.variables);
  }
  return [];
}

const calledAs = ({ call }: HookAct): string => call.join(' ');
const label = ({ label: name, by }: VariablesAct): string => `${name}${by === '' ? '' : ` (${by})`}`;

function compareLeft(
  test: Case,
  theirs: ReadonlyMap<string, string>,
  ours: ReadonlyMap<string, string>,
  met: Set<string>,
): string[] {
  const differing: string[] = [];
  for (const path of new Set([...theirs.keys(), ...ours.keys()])) {
    const [their, our] = [theirs, ours].map((left) => left.get(path)?.replace(/^(kept|other( key)?) = .*\n/gm, ''));
    if (their === our) continue;
    if (their === '' && our === undefined && path.includes('.sql.')) {
      met.add('whole-dumps');
      continue;
    }
    if (configuredTwice(test, path) && linesOf(their) === linesOf(our)) {
      met.add('configured-once');
      continue;
    }
    differing.push(
      `${path} is left differently:`,
      `  original ${their ?? 'not there'}`,
      `  ours     ${our ?? 'not there'}`,
    );
  }
  return differing;
}

/** Whether the original wrote into this file again when it went on with a base that it had brought up. */
const configuredTwice = ({ trees, runs }: Case, path: string): boolean =>
  trees === 'cloned' && runs.flat().includes('-t') && /\/(local\.conf(\.orig)?|\.localrc\.auto)$/.test(path);

/** Each line where it stands first. */
const linesOf = (text: string | undefined): string => [...new Set(text?.split('\n'))].join('\n');
