import { weightOf } from '../journal/difference.js';
import type { RunState, StepState } from '../journal/state.js';
import { dataResults } from './data.js';
import { tellDifference, together } from './differences.js';
import { configChanges, exceptionsUsed, type UpgradeException } from './exceptions.js';
import { hookOf, projectOf } from './names.js';
import { counts, fromWorkspace, proofOf, upgradeBegan, verifiedAfter } from './queries.js';
import { count, listing } from './text.js';

/**
 * The Theory of Upgrade, as OpenStack's Grenade states it: what may be relied on, and that everything else which an
 * upgrade needs is an exception that has to be called out.
 */
export const THEOREM_NAMES = ['old-configs', 'only-migrations', 'survived'] as const;
export type Theorem = (typeof THEOREM_NAMES)[number];
export const THEOREMS: Readonly<Record<Theorem, string>> = {
  'old-configs': 'new code ran with old configs',
  'only-migrations': 'nothing but migrations was needed',
  survived: 'what was created survived',
};

/**
 * `holds`: it was seen to. `excepted`: but for exceptions, each with the reason that its author gave. `broken`: something
 * speaks against it for which nobody gave a reason. `not-shown`: nothing speaks against it, and too little for it.
 */
export const OUTCOMES = ['holds', 'excepted', 'broken', 'not-shown'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** What a run says of one sentence of the theory. */
export interface TheoryVerdict {
  readonly theorem: Theorem;
  readonly outcome: Outcome;
  /** What it rests on, what speaks against it, or why nothing is shown: a few words. */
  readonly why: string;
  readonly exceptions: readonly UpgradeException[];
}

/** Why, as people are told it: of what was needed and has no reason, that; a loss needs no excuse to be one. */
export const tellReason = (theorem: Theorem, exception: UpgradeException): string | undefined =>
  needsReason(theorem, exception) ? 'no reason is given' : exception.reason;

/** Whether an exception is one that somebody has to give a reason for, and nobody does. */
export const needsReason = (theorem: Theorem, { reason }: UpgradeException): boolean =>
  reason === undefined && theorem !== 'survived';

const NAMES = 5;

/** The verdicts on the theory; none before the upgrade began. Nothing holds by default: each says what it was seen by. */
export function theoryOf(state: RunState): TheoryVerdict[] {
  if (!upgradeBegan(state)) return [];
  return [oldConfigs(state), onlyMigrations(state), survived(state)];
}

const verdict = (
  theorem: Theorem,
  outcome: Outcome,
  why: string,
  exceptions: readonly UpgradeException[] = [],
): TheoryVerdict => ({ theorem, outcome, why, exceptions });

function excepted(theorem: Theorem, exceptions: readonly UpgradeException[]): TheoryVerdict {
  const silent = exceptions.filter(({ reason }) => reason === undefined).length;
  if (silent === 0) return verdict(theorem, 'excepted', `but for ${count(exceptions.length, 'exception')}`, exceptions);
  const why = `${count(exceptions.length, 'exception')}, ${silent === exceptions.length ? 'with no reason given' : `${silent} of them with no reason given`}`;
  return verdict(theorem, 'broken', why, exceptions);
}

/** What is registered as configuration is, once the upgraded code runs, as the base left it. */
function oldConfigs(state: RunState): TheoryVerdict {
  const theorem = 'old-configs';
  const changed = configChanges(state);
  if (changed.length > 0) return excepted(theorem, changed);
  const missing = notLookedAt(state) ?? notThrough(state);
  if (missing !== undefined) return verdict(theorem, 'not-shown', missing);
  const said = [...new Set(state.config.map(({ project }) => project))];
  const changing = said.filter((name) => proofOf(state, name).kind === 'proven');
  if (changing.length === 0)
    return verdict(
      theorem,
      'not-shown',
      `nothing proves that ${listing(said, NAMES)} ${said.length === 1 ? 'runs' : 'run'} new code`,
    );
  const files = state.config
    .filter(({ project }) => changing.includes(project))
    .reduce((sum, each) => sum + each.files, 0);
  const others = state.projects.filter(({ name }) => !said.includes(name)).map(({ name }) => name);
  const rest =
    others.length === 0 ? '' : `; ${listing(others, NAMES)} ${others.length === 1 ? 'registers' : 'register'} none`;
  return verdict(
    theorem,
    'holds',
    `${count(files, 'file')} of ${listing(changing, NAMES)} ${files === 1 ? 'is as it was' : 'are as they were'}${rest}`,
  );
}

function notLookedAt(state: RunState): string | undefined {
  const { config, configUnread } = state;
  const [unread] = configUnread;
  if (unread !== undefined) return `the configuration of ${unread.project} could not be looked at, ${unread.reason}`;
  if (config.length === 0) return 'no project says where its configuration lies (register_config)';
  const empty = config.filter(({ files }) => files === 0);
  const [first] = empty;
  return first === undefined
    ? undefined
    : `nothing lies where ${first.project} registers its configuration, ${fromWorkspace(state, first.place)}`;
}

/** Only what the theory allows was done on the way up, and what was there before was found to work after it. */
function onlyMigrations(state: RunState): TheoryVerdict {
  const theorem = 'only-migrations';
  const used = exceptionsUsed(state);
  if (used.length > 0) return excepted(theorem, used);
  const missing = notThrough(state) ?? noNewCode(state) ?? notVerified(state);
  if (missing !== undefined) return verdict(theorem, 'not-shown', missing);
  const up = wayUp(state);
  const whole = namesOf(up.filter((step) => hookOf(step.record) === 'upgrade'));
  if (whole.length > 0) {
    const why = `${listing(whole, NAMES)} ${whole.length === 1 ? 'does' : 'do'} it all in one upgrade hook, and nobody can tell what is in it`;
    return verdict(theorem, 'not-shown', why);
  }
  const hooks = [...new Set(up.flatMap((step) => hookOf(step.record) ?? []))];
  const projects = namesOf(up);
  return verdict(theorem, 'holds', `${listing(hooks)} of ${count(projects.length, 'project')} ran, and nothing else`);
}

/** What projects created was found by their own checks before and after, and nothing is gone from registered data. */
function survived(state: RunState): TheoryVerdict {
  const theorem = 'survived';
  const against = [...lost(state), ...losses(state)];
  const unexpected = against.filter(({ reason }) => reason === undefined);
  if (unexpected.length > 0) {
    const why = `${count(unexpected.length, 'loss', 'losses')} that nobody expected`;
    return verdict(theorem, 'broken', why, [...unexpected, ...against.filter((each) => !unexpected.includes(each))]);
  }
  const missing = notThrough(state) ?? notCompared(state);
  if (missing !== undefined) return verdict(theorem, 'not-shown', missing);
  const { projects } = state;
  const passed = new Set(
    state.steps.filter(counts).map(({ record }) => `${projectOf(record)} ${hookOf(record)} ${record.side}`),
  );
  const kept = projects.filter(({ name }) => keptWhatItHad(state, name, passed));
  if (kept.length === 0) {
    const why = 'no project creates something, finds it before and after, and proves which release it runs';
    return verdict(theorem, 'not-shown', why);
  }
  const checked = `checked in ${kept.length === projects.length ? count(kept.length, 'project') : `${kept.length} of ${count(projects.length, 'project')}`}`;
  const why = `${checked}; ${comparedInWords(state)}`;
  if (against.length === 0) return verdict(theorem, 'holds', why);
  return verdict(
    theorem,
    'excepted',
    `${why}, but for ${count(against.length, 'expected loss', 'expected losses')}`,
    against,
  );
}

/** It created something, found it before the upgrade and after it, and its release is known. */
function keptWhatItHad(state: RunState, project: string, passed: ReadonlySet<string>): boolean {
  const has = (...hooks: readonly string[]): boolean => hooks.some((hook) => passed.has(`${project} ${hook}`));
  return (
    (has('create base', 'early_create base') || state.restored?.created.includes(project) === true) &&
    has('verify base') &&
    has('verify target') &&
    proofOf(state, project).kind !== 'not-proven'
  );
}

/** Projects whose own checks passed before the upgrade and do not any more. */
function lost(state: RunState): UpgradeException[] {
  return state.failed.flatMap((step) => {
    const { record, phase } = step;
    const hook = hookOf(record);
    const project = projectOf(record);
    if (phase.blame !== 'upgrade' || (hook !== 'verify' && hook !== 'verify_noapi')) return [];
    const before = state.steps.some(
      (other) =>
        other.phase.blame === 'base' &&
        projectOf(other.record) === project &&
        hookOf(other.record) === 'verify' &&
        counts(other),
    );
    return before ? [{ what: `${project} does not find what it had`, steps: [record.key], reason: undefined }] : [];
  });
}

/** What is gone from registered data. What goes by itself goes without an upgrade too. */
function losses(state: RunState): UpgradeException[] {
  return dataResults(state).flatMap((result) => {
    if (result.kind !== 'compared') return [];
    const { data, step, differences } = result.compared;
    const lost = differences.filter((each) => weightOf(each) === 'loss' && each.ruling.kind !== 'by-itself');
    return together(lost, 0).map((each) => ({
      what: `${data}: ${tellDifference(each)}`,
      steps: [step],
      reason: each.ruling.kind === 'expected' ? each.ruling.reason : undefined,
    }));
  });
}

function notCompared(state: RunState): string | undefined {
  const missing = dataResults(state).filter(({ kind }) => kind !== 'compared');
  if (missing.length === 0) return undefined;
  return `${listing(
    missing.map(({ data }) => data),
    NAMES,
  )} ${missing.length === 1 ? 'is' : 'are'} registered and could not be compared`;
}

function comparedInWords(state: RunState): string {
  const looked = dataResults(state).flatMap((result) => (result.kind === 'compared' ? [result.compared.looked] : []));
  const sum = (of: typeof looked): number => of.reduce((total, { rows }) => total + rows, 0);
  const rows = sum(looked.filter(({ tables }) => tables > 0));
  const files = sum(looked.filter(({ tables }) => tables === 0));
  const what = [...(rows > 0 ? [count(rows, 'row')] : []), ...(files > 0 ? [count(files, 'file')] : [])];
  return what.length === 0 ? 'no data is registered to be compared' : `${listing(what)} compared`;
}

/** What ran on the way from the base to the target, and looks at nothing: hooks alone, in the order of the plan. */
const wayUp = (state: RunState): readonly StepState[] =>
  state.steps.filter(({ record, phase, status }) => {
    const hook = hookOf(record);
    const up =
      hook === 'install' || hook === 'migrate' || hook === 'start' || hook === 'upgrade' || hook === 'finalize';
    return up && record.side === 'target' && phase.blame === 'upgrade' && status.kind === 'passed';
  });

const namesOf = (steps: readonly StepState[]): string[] => [
  ...new Set(steps.flatMap(({ record }) => projectOf(record) ?? [])),
];

/** Of an upgrade that did not get through nobody knows what it would have needed. */
function notThrough(state: RunState): string | undefined {
  const upgrade = state.steps.filter(({ phase }) => phase.blame === 'upgrade');
  const through = upgrade.length > 0 && upgrade.every(({ status }) => status.kind === 'passed');
  return through ? undefined : 'the upgrade did not get through';
}

/** Unless a project is known to run another release than before, nothing is known of new code. */
function noNewCode(state: RunState): string | undefined {
  const proofs = state.projects.map(({ name }) => ({ name, kind: proofOf(state, name).kind }));
  const open = proofs.filter(({ kind }) => kind === 'not-proven').map(({ name }) => name);
  if (open.length > 0)
    return `nothing proves which release ${listing(open, NAMES)} ${open.length === 1 ? 'runs' : 'run'} now`;
  return proofs.some(({ kind }) => kind === 'proven') ? undefined : 'no project runs another release than before';
}

/** What was done is enough only where somebody looked whether it was. */
function notVerified(state: RunState): string | undefined {
  const looked = verifiedAfter(state);
  const not = state.projects.filter(({ name }) => !looked.has(name)).map(({ name }) => name);
  return not.length === 0
    ? undefined
    : `nothing looks whether ${listing(not, NAMES)} ${not.length === 1 ? 'works' : 'work'} after it`;
}
