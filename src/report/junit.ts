import { unreachable } from '../basics/unreachable.js';
import { probeResults } from '../checks/budget.js';
import type { JudgedDifference } from '../journal/difference.js';
import type { Failure } from '../journal/failure.js';
import type { ExpectationMissed, StateCompared } from '../journal/looked.js';
import type { RunState, StepState } from '../journal/state.js';
import { type DataResult, dataResults } from './data.js';
import { tellDifference, tellRuling } from './differences.js';
import { whereItStands } from './exceptions.js';
import { explain } from './explain.js';
import { type Case, writeXml, xmlCleaner } from './junit-xml.js';
import { lastWords, telling } from './last-words.js';
import { projectOf, stepTitle } from './names.js';
import { budgetOf, neverUp, outageTexts, overBudget } from './probes.js';
import { ownerOf, place } from './queries.js';
import type { Tail } from './tail.js';
import { type Clean, listing } from './text.js';
import { needsReason, THEOREM_NAMES, THEOREMS, type TheoryVerdict, tellReason, theoryOf } from './theory.js';
import { exitCode, sentence } from './verdict.js';

export interface JUnitOptions {
  readonly tail: Tail;
  readonly mask: (text: string) => string;
  readonly now: number;
}

/** How much of a failing step's log goes with it. */
const LINES = 30;

/** The suite of what belongs to no project, and of the verdict. */
const OURS = 'grenade';

/**
 * A run as `junit.xml`: a suite a project, a test case a step. Names come from the steps' keys alone, so that a test
 * is the same one in every run: no numbers, times or run ids. The verdict is a test case too, because a run can fail
 * in no step of its own.
 */
export async function junit(state: RunState, options: JUnitOptions): Promise<string> {
  const clean = xmlCleaner(options.mask);
  const suites = new Map<string, Case[]>([[OURS, [verdictCase(state, options, clean), ...probeCases(state, clean)]]]);
  for (const { name } of state.projects) if (!suites.has(name)) suites.set(name, []);
  const cases = [
    ...state.steps.map((step) => stepCase(state, step, options, clean)),
    ...[...(state.comparedLogs ?? [])].map((log) => logCase(state, log, clean)),
    ...dataResults(state).map((result) => dataCase(result, clean)),
    ...state.drift.map((each) => driftCase(each, clean)),
    ...theoryCases(state, clean),
    ...state.missed.map((missed) => missedCase(missed, clean)),
  ];
  for (const made of cases) {
    const suite = suites.get(made.suite);
    if (suite === undefined) suites.set(made.suite, [made]);
    else suite.push(made);
  }

  return writeXml(
    [...suites].map(([name, cases]) => ({
      name,
      cases,
      properties: name === OURS ? ourProperties(state) : projectProperties(state, name),
    })),
    { timestamp: state.startedAt ?? 0, clean },
  );
}

function ourProperties(state: RunState): [string, string][] {
  const { releases } = state;
  return [
    ['verdict', state.verdict ?? 'none'],
    ['scenario', state.scenario],
    ...(releases === undefined
      ? []
      : ([
          ['base', releases.base],
          ['target', releases.target],
        ] satisfies [string, string][])),
    ...state.warnings.map(({ text }): [string, string] => ['warning', text]),
  ];
}

function projectProperties(state: RunState, project: string): [string, string][] {
  const record = state.projects.find(({ name }) => name === project);
  const reported = state.reported.get(project);
  return [
    ...(record?.caveats ?? []).map((caveat): [string, string] => ['caveat', caveat]),
    ...(reported?.base === undefined ? [] : ([['base', reported.base]] satisfies [string, string][])),
    ...(reported?.target === undefined ? [] : ([['target', reported.target]] satisfies [string, string][])),
  ];
}

function verdictCase(state: RunState, { now }: JUnitOptions, clean: Clean): Case {
  const text = clean(sentence(state, { now }).text);
  const outcome: Case['outcome'] =
    exitCode(state) === 0
      ? { kind: 'passed' }
      : { kind: 'failure', type: state.verdict ?? 'killed', message: text, text };
  return { suite: OURS, name: 'verdict', seconds: '0.000', outcome };
}

/** A case a probe: one that kept to its budget passed, and one that was never up says nothing. */
function probeCases(state: RunState, clean: Clean): Case[] {
  return probeResults(state, state.endedAt ?? state.lastAt).map((result): Case => {
    const made = { suite: OURS, name: `probe ${result.probe.record.name}`, seconds: '0.000' };
    const never = neverUp(result);
    const said = clean([...outageTexts(result), budgetOf(result.probe)].join('\n'));
    if (result.over !== undefined) {
      const message = clean(overBudget(result));
      return { ...made, outcome: { kind: 'failure', type: 'budget', message, text: said } };
    }
    if (never !== undefined) return { ...made, outcome: { kind: 'skipped', why: clean(`never was up: ${never}`) } };
    return { ...made, outcome: { kind: 'passed', ...(result.outages.length === 0 ? {} : { note: said }) } };
  });
}

function stepCase(state: RunState, step: StepState, { tail }: JUnitOptions, clean: Clean): Case {
  const { record, status } = step;
  const project = projectOf(record);
  const name = project === undefined ? record.key : record.key.slice(project.length + 1);
  const made = { suite: project ?? OURS, name };
  switch (status.kind) {
    case 'passed':
      return {
        ...made,
        seconds: seconds(status.ms),
        outcome: { kind: 'passed', ...(record.empty === true ? { note: 'does nothing' } : {}) },
      };
    case 'waiting':
      return { ...made, seconds: '0.000', outcome: { kind: 'skipped', why: `never ran${whyNever(state)}` } };
    case 'running': {
      const text = 'The harness was killed while this step ran.';
      const ms = seconds(Math.max(0, state.lastAt - status.startedAt));
      return { ...made, seconds: ms, outcome: { kind: 'error', type: 'killed', message: text, text } };
    }
    case 'failed': {
      const { short, what, next } = explain(status.failure, record);
      const at = status.commandFailed;
      const lines = [
        ...(at === undefined ? [] : [`${place(state, at)}: ${at.command}`]),
        ...telling(lastWords(step, tail), LINES),
        ...(status.failure.kind === 'service-died' && step.log !== undefined ? telling(tail(step.log), LINES) : []),
        ...[what, next].filter((sentence) => sentence !== undefined),
      ];
      const message = clean(`${stepTitle(record)}: ${short}${what === undefined ? '' : `. ${what}`}`);
      const type = status.failure.kind;
      const text = lines.map(clean).join('\n');
      return { ...made, seconds: seconds(status.ms), outcome: { kind: blame(status.failure), type, message, text } };
    }
    default:
      return unreachable(status);
  }
}

/** A service whose log was compared: what it began to print, as a failure only where the workspace says so. */
function logCase(state: RunState, log: string, clean: Clean): Case {
  const made = { suite: ownerOf(state, log) ?? OURS, name: `log of ${log}`, seconds: '0.000' };
  const found = state.evidence.filter(({ service }) => service === log);
  if (found.length === 0) return { ...made, outcome: { kind: 'passed' } };
  const text = clean(
    found
      .map(
        ({ kind, count, first }) =>
          `${kind}, ${times(count)}, first at services/${log}.log:${first.line}\n${first.text}`,
      )
      .join('\n\n'),
  );
  const failing = found.filter(({ fails }) => fails);
  if (failing.length === 0) return { ...made, outcome: { kind: 'passed', note: text } };
  const kinds = listing([...new Set(failing.map(({ kind }) => `${kind}s`))]);
  const message = `${log} began to print ${kinds} that it had not printed before`;
  return { ...made, outcome: { kind: 'failure', type: 'log-evidence', message, text } };
}

/** Registered data: all that differs, as a failure where it fails the run; or why it was not compared. */
function dataCase(result: DataResult, clean: Clean): Case {
  const made = { suite: OURS, name: `state of ${result.data}`, seconds: '0.000' };
  if (result.kind !== 'compared') {
    return { ...made, outcome: { kind: 'skipped', why: clean(`not compared: ${result.why}`) } };
  }
  const { differences, looked } = result.compared;
  if (looked.rows === 0 && differences.length === 0)
    return { ...made, outcome: { kind: 'skipped', why: 'nothing was there that could be lost' } };
  return { ...made, outcome: outcomeOf(differences, clean) };
}

/** What the upgraded system has otherwise than a fresh install. */
const driftCase = ({ data, differences }: StateCompared, clean: Clean): Case => ({
  suite: OURS,
  name: `drift of ${data}`,
  seconds: '0.000',
  outcome: outcomeOf(differences, clean),
});

function outcomeOf(differences: readonly JudgedDifference[], clean: Clean): Case['outcome'] {
  if (differences.length === 0) return { kind: 'passed' };
  const text = differences
    .flatMap((each) => [
      `${tellRuling(each.ruling)}: ${tellDifference(each)}`,
      ...each.examples.map((one) => `    ${one}`),
    ])
    .map(clean)
    .join('\n');
  const failing = differences.filter(({ ruling }) => ruling.kind === 'unexpected' && ruling.severity === 'fail');
  if (failing.length === 0) return { kind: 'passed', note: text };
  const message = clean(listing(failing.map(tellDifference), 3));
  return { kind: 'failure', type: 'state-differs', message, text };
}

/** A case a sentence of the theory, in every run. */
function theoryCases(state: RunState, clean: Clean): Case[] {
  const told = new Map(theoryOf(state).map((each) => [each.theorem, each]));
  const why = 'the upgrade did not begin';
  return THEOREM_NAMES.map((theorem) =>
    theoryCase(state, told.get(theorem) ?? { theorem, outcome: 'not-shown', why, exceptions: [] }, clean),
  );
}

/** A verdict on the theory: by itself it fails no run, so that what is broken is a failure only where `--strict` makes it one. */
function theoryCase(state: RunState, { theorem, outcome, why, exceptions }: TheoryVerdict, clean: Clean): Case {
  const made = { suite: OURS, name: `theory: ${THEOREMS[theorem]}`, seconds: '0.000' };
  const told = exceptions.map((each) =>
    [each.what, whereItStands(state, each), tellReason(theorem, each)].filter(Boolean).join(': '),
  );
  const text = [why, ...told].map(clean).join('\n');
  if (outcome === 'not-shown') return { ...made, outcome: { kind: 'skipped', why: clean(`not shown: ${why}`) } };
  if (outcome !== 'broken') return { ...made, outcome: { kind: 'passed', note: text } };
  if (state.strict && exceptions.some((each) => needsReason(theorem, each))) {
    return { ...made, outcome: { kind: 'failure', type: 'theory', message: clean(why), text } };
  }
  return { ...made, outcome: { kind: 'skipped', why: clean(`does not hold: ${[why, ...told].join('; ')}`) } };
}

/** An expected difference that did not happen: the expectation is out of date, or the upgrade no longer does it. */
const missedCase = ({ what, reason }: ExpectationMissed, clean: Clean): Case => ({
  suite: OURS,
  name: clean(`expected: ${what}`),
  seconds: '0.000',
  outcome: { kind: 'skipped', why: clean(`did not happen: ${reason}`) },
});

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** JUnit tells what the system under test did wrong (a failure) from what kept it from being tested (an error). */
const blame = (failure: Failure): 'failure' | 'error' =>
  failure.kind === 'step-error' || failure.kind === 'interrupted' ? 'error' : 'failure';

function whyNever(state: RunState): string {
  const [first] = state.failed;
  if (first !== undefined) return `: ${stepTitle(first.record)} failed before`;
  return state.verdict === 'base-ready' || state.verdict === 'stopped' ? ': the run ended there, as asked' : '';
}

const seconds = (ms: number): string => (ms / 1000).toFixed(3);
