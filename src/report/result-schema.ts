import * as v from 'valibot';
import { DIFFERENCES, WEIGHTS } from '../journal/difference.js';
import { HOOKS } from '../journal/record.js';
import { OUTCOMES, THEOREM_NAMES } from './theory.js';

// What `result.json` holds. What is not known, or does not apply, is null: a key is never missing. A key that is added
// leaves `format` as it is; one that goes or means something else raises it.

const said = <const S extends v.GenericSchema>(schema: S, description: string) =>
  v.pipe(schema, v.description(description));
const maybe = <const S extends v.GenericSchema>(schema: S, description: string) =>
  said(v.nullable(schema), description);
const Text = v.string();
const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Time = v.pipe(v.string(), v.isoTimestamp());
const Side = v.picklist(['base', 'target']);

const Place = v.object({
  file: said(Text, 'Path from the workspace where it lies there, otherwise absolute.'),
  line: maybe(Count, '1-based.'),
  command: Text,
});

const Failure = v.object({
  kind: said(Text, 'How it failed, as a word: `exit`, `time-limit`, `service-died`, …'),
  short: said(Text, 'How it ended, in a few words: `exit 22`.'),
  what: maybe(Text, 'A sentence on what happened, where the words are not enough.'),
  next: maybe(Text, 'A sentence on what to do.'),
  at: maybe(Place, 'The command that failed.'),
  words: said(v.array(Text), 'What it said last, the lines that tell most.'),
});

const Step = v.object({
  key: said(Text, 'What it is known by in every run: `s3rver/verify:target@autumn`.'),
  number: Count,
  phase: Text,
  blame: v.picklist(['base', 'upgrade', 'after']),
  project: maybe(Text, 'Null for what Grenade does itself.'),
  hook: v.nullable(v.picklist(HOOKS)),
  side: Side,
  release: Text,
  status: said(
    v.picklist(['passed', 'failed', 'waiting', 'running']),
    '`waiting`: it never ran. `running`: the harness was killed while it ran.',
  ),
  empty: said(v.boolean(), 'Its hook can be seen to do nothing.'),
  startedAt: v.nullable(Time),
  ms: v.nullable(Count),
  log: maybe(Text, "Path below the run's directory."),
  failure: v.nullable(Failure),
});

const Project = v.object({
  name: Text,
  backing: v.boolean(),
  base: maybe(Text, 'The release that its version hook reported before the upgrade.'),
  target: maybe(Text, 'The release that it reported after it.'),
  proof: v.picklist(['proven', 'unchanged', 'not-proven']),
  verified: said(v.boolean(), 'What it had before was there after the upgrade.'),
  caveats: v.array(Text),
});

const LogEvidence = v.object({
  service: Text,
  kind: v.picklist(['error', 'traceback', 'deprecation']),
  pattern: said(Text, 'What all of the group have in common; the same from run to run.'),
  count: Count,
  fails: said(v.boolean(), 'Whether the workspace says that it fails the run.'),
  at: said(Time, 'When it was first printed, as far as that is known.'),
  step: maybe(Text, 'Key of the step that had begun last.'),
  log: said(Text, "Path below the run's directory."),
  line: said(Count, '1-based line of the first.'),
  text: said(Text, 'The first of them.'),
});

const Outage = v.object({
  begin: said(v.tuple([Time, Time]), 'It began between these two moments.'),
  end: said(v.tuple([Time, Time]), 'It ended between these two moments.'),
  open: said(v.boolean(), 'Whether it was still down when it was last looked at.'),
  shortestMs: Count,
  longestMs: Count,
  connections: v.array(v.picklist(['new', 'reused'])),
  causes: v.array(Text),
  charges: said(
    v.array(v.object({ step: Text, ms: Count })),
    'Keys of the steps it overlaps, and for how long it was certainly down in each.',
  ),
});

const Probe = v.object({
  name: Text,
  kind: v.picklist(['http', 'tcp', 'exec']),
  target: Text,
  project: maybe(Text, 'The project that registered it.'),
  intervalMs: v.number(),
  budgetMs: maybe(v.number(), 'How long it may be down; null where outages are only shown.'),
  overBudget: v.boolean(),
  downMs: said(
    v.object({ shortest: Count, longest: Count }),
    'How long it was down in the phases that count for the budget.',
  ),
  unseenMs: said(Count, 'How long nothing is known in those phases.'),
  samples: Count,
  never: maybe(Text, 'Why it was never up; null when it was.'),
  outages: v.array(Outage),
});

const Difference = v.object({
  kind: said(v.picklist(DIFFERENCES), 'What is told, by its name in docs/state.md: `rows-gone`.'),
  weight: said(v.picklist(WEIGHTS), 'How much such a difference can mean.'),
  at: said(Text, 'The table or the file; `others` for the sum of those that were too many to list.'),
  column: maybe(Text, 'The column, where it is about one.'),
  count: said(Count, 'How many rows, files or definitions.'),
  text: said(Text, 'It in words.'),
  detail: maybe(Text, 'What changed into what, where that can be said once.'),
  examples: said(v.array(Text), 'A few of them, secrets masked.'),
  ruling: said(
    v.picklist(['fail', 'warn', 'note', 'expected', 'by-itself']),
    'What is held of it: nobody expected it, and it fails the run, warns or is only noted; or the workspace expects it; or a restart of the base showed the same.',
  ),
  reason: maybe(Text, 'Why the workspace expects it.'),
});

const Data = v.object({
  name: said(Text, 'The name it is registered under.'),
  step: maybe(Text, 'Key of the step that compared it, or could not.'),
  compared: v.boolean(),
  why: maybe(Text, 'Why it was not compared; null when it was.'),
  tables: maybe(Count, 'How many tables it had before; null for files, and when it was not compared.'),
  rows: maybe(Count, 'How many rows they had.'),
  files: maybe(Count, 'How many files it had before; null for a database.'),
  differences: v.array(Difference),
});

const Theory = v.object({
  theorem: v.picklist(THEOREM_NAMES),
  text: said(Text, 'It in words.'),
  outcome: said(
    v.picklist(OUTCOMES),
    '`excepted`: but for exceptions that say why. `broken`: something speaks against it that has no reason. `not-shown`: too little speaks for it.',
  ),
  why: said(Text, 'What it rests on, what speaks against it, or why nothing is shown.'),
  exceptions: v.array(
    v.object({
      what: said(Text, 'What the upgrade needed, or did, beyond the rule.'),
      steps: said(v.array(Text), 'Keys of the steps in which it was.'),
      file: maybe(Text, 'Path from the workspace where it lies there, otherwise absolute.'),
      line: maybe(Count, '1-based.'),
      reason: maybe(Text, 'Why, in the words of its author.'),
    }),
  ),
});

const Service = v.object({
  name: Text,
  status: said(
    v.picklist(['running', 'stopping', 'stopped', 'died']),
    'Where it stood at the end of the run. `died`: it ended without having been asked to.',
  ),
  exit: maybe(v.number(), 'As a shell has it: 128 + n for signal n.'),
  log: said(Text, "Path below the run's directory."),
});

/** Everything that `result.json` says. */
export const ResultSchema = v.object({
  format: v.literal(1),
  run: said(Text, "The run's id, which is the name of its directory."),
  grenade: maybe(Text, 'Version of Grenade.'),
  workspace: Text,
  scenario: Text,
  verdict: maybe(
    v.picklist(['passed', 'base-ready', 'stopped', 'upgrade', 'after', 'base', 'harness', 'interrupted']),
    'Null when the harness was killed.',
  ),
  exit: said(Count, 'What the run exited with.'),
  sentence: said(Text, 'How it ended, in one sentence.'),
  strict: v.boolean(),
  releases: v.nullable(v.object({ base: Text, target: Text })),
  startedAt: v.nullable(Time),
  endedAt: v.nullable(Time),
  ms: said(Count, 'How long it took, without the time between its parts.'),
  up: said(v.boolean(), 'Whether services or other processes were left up.'),
  weaknesses: said(v.array(Text), 'What weakens the verdict, a sentence each.'),
  projects: v.array(Project),
  steps: said(v.array(Step), 'In the order of the plan.'),
  services: v.array(Service),
  logs: v.object({
    compared: maybe(v.array(Text), 'Services whose logs were compared; null when none was.'),
    evidence: said(v.array(LogEvidence), 'What services began to print after the upgrade; what fails the run first.'),
  }),
  state: v.object({
    data: said(v.array(Data), 'What is registered as data, and what became of it.'),
    drift: said(
      v.array(Data),
      'What the upgraded system has otherwise than a fresh install of the target, where one was made.',
    ),
    control: said(v.array(Data), 'The same after a restart of the base alone, where one was made.'),
    missed: said(v.array(v.object({ what: Text, reason: Text })), 'What the workspace expects and did not happen.'),
  }),
  theory: said(v.array(Theory), 'How the upgrade stands to the Theory of Upgrade; empty before it began.'),
  probes: v.array(Probe),
  files: said(v.array(Text), "What else there is to look at, as paths below the run's directory."),
});

export type Result = v.InferOutput<typeof ResultSchema>;
