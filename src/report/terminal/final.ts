import { formatDuration } from '../../basics/duration.js';
import { elapsedMs } from '../../journal/fold.js';
import type { RunState, StepState } from '../../journal/state.js';
import { somethingIsUp, standing, whatIsUp, whatStrays } from '../standing.js';
import type { Style } from '../style.js';
import type { Tail } from '../tail.js';
import { cleaner, listing } from '../text.js';
import { type Sentence, sentence } from '../verdict.js';
import { caveatLines } from './caveats.js';
import { evidenceLines } from './evidence.js';
import { failureBlock } from './failure-block.js';
import { probeTable } from './probes.js';
import { stateLines } from './state.js';
import { resultTable } from './table.js';
import { theoryLines } from './theory.js';

export interface FinalOptions {
  /** The run's directory as people should see it, relative to where they are. */
  readonly runDir: string;
  /** What lies beside it for whoever looks further, by name. */
  readonly beside?: readonly string[];
  readonly tail: Tail;
  readonly mask: (text: string) => string;
  readonly style: Style;
  readonly now: number;
  /** Whether the harness of an unfinished run is still there. */
  readonly alive?: boolean;
  /** What must follow a command so that it means this workspace and run: ` examples/shop --run RUN`. */
  readonly suffix?: string;
}

/** Logs that are offered. */
const LOGS = 3;
/** Failing steps shown whole; of more only their titles. */
const BLOCKS = 10;

/** How a run ended: the verdict, what weakens it, why, where everything stands, and what to do next. */
export function finalResult(state: RunState, options: FinalOptions): string {
  const { style } = options;
  const clean = cleaner(options.mask);
  const verdict = sentence(state, options);
  const sections = [
    [`${paint(verdict, style)(verdict.mark)} ${style.bold(clean(verdict.text))}`, ...caveatLines(state, clean)],
    ...failures(state, { ...options, clean }),
    stateLines(state, clean, style),
    evidenceLines(state, clean, style),
    state.verdict === 'passed' ? resultTable(state, clean) : [],
    state.verdict === 'passed' ? theoryLines(state, clean, style) : [],
    probeTable(state, options.alive === true ? options.now : (state.endedAt ?? state.lastAt), style, clean),
    [...(options.alive === true ? [] : standing(state, clean).map((line) => `  ${line}`)), ...left(state, options)],
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`;
}

function paint({ tone }: Sentence, style: Style): (text: string) => string {
  return tone === 'good' ? style.green : tone === 'bad' ? style.red : style.yellow;
}

function failures(state: RunState, given: FinalOptions & { readonly clean: (text: string) => string }): string[][] {
  const failed = inPlanOrder(state.failed);
  const blocks = failed.slice(0, BLOCKS).map((step) => failureBlock(state, step, given));
  const more = failed.length - BLOCKS;
  return more > 0 ? [...blocks, [`  ${more} more steps failed; grenade report has all of them.`]] : blocks;
}

const inPlanOrder = (steps: readonly StepState[]): StepState[] =>
  [...steps].sort((a, b) => a.record.number - b.record.number);

/** What is still up, where everything lies, and the commands to go on with. */
function left(state: RunState, options: FinalOptions): string[] {
  const { style, suffix = '', runDir, beside = [] } = options;
  const command = (words: string): string => `grenade ${words}${suffix}`;
  const { alive = false } = options;
  // Of a run that never ended: the steps it was in.
  const steps = state.verdict === undefined ? [...state.running] : inPlanOrder(state.failed);
  const commands = [
    ...steps.slice(0, LOGS).map(({ record }) => command(`logs ${record.number}`)),
    ...(state.verdict === 'base-ready' ? [command('run -t')] : []),
    ...(state.verdict === undefined && state.steps.length === 0 ? [] : [command('report')]),
    // Who runs it needs it.
    ...(somethingIsUp(state) && !alive ? [command('clean')] : []),
  ];
  const time =
    state.verdict === 'passed'
      ? ''
      : `   ${formatDuration(elapsedMs(state, alive ? options.now : (state.endedAt ?? state.lastAt)))}`;
  const next = [alive ? '' : (whatIsUp(state) ?? ''), commands.join(' · ')].filter((words) => words !== '').join('   ');
  const strays = whatStrays(state);
  return [
    ...(strays === undefined ? [] : [`  ${cleaner(options.mask)(strays)}`]),
    ...(next === '' ? [] : [`  ${next}`]),
    style.dim(`  ${runDir}${time}`),
    ...(beside.length === 0 ? [] : [style.dim(`  and beside it ${listing(beside)}`)]),
  ];
}
