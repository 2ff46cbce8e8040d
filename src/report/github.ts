import { formatDuration } from '../basics/duration.js';
import { probeResults } from '../checks/budget.js';
import { elapsedMs } from '../journal/fold.js';
import type { RunState } from '../journal/state.js';
import { accountOf } from './account.js';
import { type Annotation, annotate } from './annotation.js';
import { gist } from './evidence.js';
import { explain } from './explain.js';
import { stepTitle } from './names.js';
import { budgetOf, formatLength, outageTexts, overBudget } from './probes.js';
import { proofRows } from './proofs.js';
import type { Tail } from './tail.js';
import { type Clean, cleaner } from './text.js';
import { exitCode, sentence } from './verdict.js';
import { weaknesses } from './weaknesses.js';

export interface GithubOptions {
  readonly tail: Tail;
  readonly mask: (text: string) => string;
  readonly now: number;
  /** The checkout, below which GitHub can show a line of a file. */
  readonly root: string;
  /** What was written of the run, as paths from the checkout. */
  readonly files: readonly string[];
}

/** GitHub shows so many of each kind of a step's annotations. */
const ANNOTATIONS = 10;
/** Failing steps in the summary, and how much of each one's log. */
const STEPS = 20;
const LINES = 30;
const GROUPS = 20;
const OUTAGES = 3;

/** What went wrong as commands of GitHub's that put it beside the lines of a change, the worst first. */
export function annotations(state: RunState, options: GithubOptions): string[] {
  const clean = cleaner(options.mask);
  const all = [...failures(state, clean), ...doubts(state, clean)];
  return (['error', 'warning'] as const).flatMap((level) =>
    all
      .filter((each) => each.level === level)
      .slice(0, ANNOTATIONS)
      .map((each) => annotate(each, options.root)),
  );
}

function failures(state: RunState, clean: Clean): Annotation[] {
  const verdict: Annotation[] =
    exitCode(state) === 0
      ? []
      : [{ level: 'error', title: 'grenade', text: clean(sentence(state, { now: state.lastAt }).text) }];
  const steps = state.failed.flatMap(({ record, status }): Annotation[] => {
    if (status.kind !== 'failed') return [];
    const { short, what, next } = explain(status.failure, record);
    const { commandFailed: at } = status;
    const text = [short, what, at?.command, next].filter((words) => words !== undefined).join('\n');
    return [{ level: 'error', title: stepTitle(record), text: clean(text), ...(at === undefined ? {} : { at }) }];
  });
  const probes = probeResults(state, state.lastAt)
    .filter(({ over }) => over !== undefined)
    .map((result): Annotation => {
      const text = [overBudget(result), ...outageTexts(result)].map(clean).join('\n');
      return { level: 'error', title: `probe ${result.probe.record.name}`, text };
    });
  return [...verdict, ...steps, ...probes];
}

/** What services began to print, and what weakens the verdict. */
function doubts(state: RunState, clean: Clean): Annotation[] {
  const printed = state.evidence.map(
    (group): Annotation => ({
      level: group.fails ? 'error' : 'warning',
      title: `${group.service} began to print this ${group.kind}`,
      text: clean(group.first.text),
    }),
  );
  const weak = weaknesses(state).map(
    ({ text }): Annotation => ({ level: 'warning', title: 'grenade', text: clean(text) }),
  );
  return [...printed, ...weak];
}

/** A run on one page of Markdown, for the summary of a job. */
export function summary(state: RunState, options: GithubOptions): string {
  const clean = cleaner(options.mask);
  const { mark, text } = sentence(state, options);
  const rows = proofRows(state).map(({ project, releases, proven, checks }) => [project, releases, proven, checks]);
  const parts = [
    `## ${mark} ${inline(clean(text))}`,
    list(weaknesses(state).map((weakness) => inline(clean(weakness.text)))),
    ...failedSteps(state, options, clean),
    probes(state, clean),
    printed(state, clean),
    rows.length === 0
      ? ''
      : grid(
          ['project', 'releases', '', ''],
          rows.map((row) => row.map((cell) => inline(clean(cell)))),
        ),
    `${inline(state.run)} · ${formatDuration(elapsedMs(state, state.endedAt ?? state.lastAt))}${options.files.map((file) => ` · \`${file}\``).join('')}`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function failedSteps(state: RunState, { tail }: GithubOptions, clean: Clean): string[] {
  const shown = state.failed.slice(0, STEPS).flatMap((step) => {
    const account = accountOf(state, step, { tail, clean, lines: LINES });
    if (account === undefined) return [];
    const { title, short, ms, place, command: failed, words, notes } = account;
    const head = [
      `**${inline(title)}**`,
      `${inline(short)} after ${formatDuration(ms)}`,
      ...(place === undefined ? [] : [code(place)]),
    ];
    const body = [...failed, ...words];
    return [[head.join(' · '), ...(body.length === 0 ? [] : [fence(body)]), ...notes.map(inline)].join('\n\n')];
  });
  const more = state.failed.length - STEPS;
  return more > 0 ? [...shown, `and ${more} more failed steps`] : shown;
}

function probes(state: RunState, clean: Clean): string {
  const results = probeResults(state, state.endedAt ?? state.lastAt).filter(({ outages }) => outages.length > 0);
  if (results.length === 0) return '';
  const rows = results.map((result) => [
    `${result.over === undefined ? '' : '✘ '}${inline(clean(result.probe.record.name))}`,
    formatLength(result.counted),
    budgetOf(result.probe),
    outageTexts(result)
      .slice(0, OUTAGES)
      .map((outage) => inline(clean(outage)))
      .join('<br>'),
  ]);
  return grid(['probe', 'down', '', 'outages'], rows);
}

function printed({ evidence }: RunState, clean: Clean): string {
  if (evidence.length === 0) return '';
  const rows = evidence
    .slice(0, GROUPS)
    .map((group) => [
      `${group.fails ? '✘ ' : ''}${inline(group.service)}`,
      group.kind,
      String(group.count),
      code(clean(gist(group)).slice(0, 200)),
    ]);
  const more = evidence.length - GROUPS;
  const rest = more > 0 ? `\n\nand ${more} more` : '';
  return `Printed since the upgrade, and never before it:\n\n${grid(['service', '', 'times', 'first'], rows)}${rest}`;
}

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join('\n');

function grid(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** Text from outside as text: nothing in it is markup, a link, a mention or a cell's end. */
function inline(text: string): string {
  return html(text.replace(/\s+/g, ' ').trim())
    .replace(/[\\`*_[\]#|~@]|:(?=\/\/)/g, (char) => `&#${char.charCodeAt(0)};`)
    .replace(/www\./gi, 'www&#46;');
}

const html = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const code = (text: string): string => `<code>${inline(text)}</code>`;

/** A block of lines, fenced by more backticks than any of them holds. */
function fence(lines: readonly string[]): string {
  const text = lines.join('\n');
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}\n${text}\n${mark}`;
}
