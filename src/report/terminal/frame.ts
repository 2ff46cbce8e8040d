import { formatDuration } from '../../basics/duration.js';
import { unreachable } from '../../basics/unreachable.js';
import { elapsedMs } from '../../journal/fold.js';
import type { RunState, StepState } from '../../journal/state.js';
import { numbered, projectOf } from '../names.js';
import { probesNow } from '../probes.js';
import { nextStep } from '../queries.js';
import { PLAIN, type Style } from '../style.js';
import { type Clean, cleaner, firstLine, padEnd, padStart, shorten, textWidth } from '../text.js';
import { begunRows, countItems, type Item, projectItems, type Row, rowMs } from './rows.js';

/** Running steps shown; with many jobs the rest is a number. */
const RUNNING = 4;
/** A running project's mark and time, `▸ 3.1 s`, with its gaps. */
const ITEM_TIME = 9;
const LABEL = 11;
const GAP = 3;
/** Columns for a row's time: `59 min 59 s` and a gap. */
const TIME = 13;
/** Wider rows are harder to read than wrapped ones. */
const WIDEST = 100;

/** The live view at one moment: rows that are over, the row that runs, what runs now, what is next and left. */
export function frame(
  state: RunState,
  now: number,
  columns: number,
  given: { readonly style?: Style; readonly clean?: Clean; readonly closing?: boolean } = {},
): string {
  const { style = PLAIN, clean = cleaner((text) => text), closing = false } = given;
  const width = Math.max(40, Math.min(columns, WIDEST));
  const rows = begunRows(state);
  const room = width - LABEL - 2 - TIME;
  const bodies = rows.map((row) => body(row, now, room));
  const aligned = alignment(
    bodies.filter((_, i) => rows[i]?.name !== 'upgrade'),
    room,
  );
  const texts = rows.flatMap((row, i) => rowLines(row, bodies[i] ?? [], aligned, { now, room, style }));
  // Nothing is left or next any more: the result says how it ended.
  if (closing) return texts.join('\n');
  const { down, up } = probesNow(state, now);
  const probes = [...down, ...(up > 0 ? [`${up} up`] : [])].join(' '.repeat(GAP));
  const running = [...state.running];
  const shown = running.slice(0, RUNNING).map((step) => runningLine(state, step, now, width, clean));
  const more = running.length - shown.length;
  return [
    ...texts,
    ...(probes === '' ? [] : [`  ${padEnd('probes', LABEL)}${shorten(probes, width - LABEL - 2)}`]),
    '',
    ...shown,
    ...(more > 0 ? [`  and ${more} more`] : []),
    style.dim(shorten(`  ${progress(state, now)}`, width)),
  ].join('\n');
}

/** The row of the upgrade names its projects while one line holds them. */
function body(row: Row, now: number, room: number): Item[] {
  if (row.name !== 'upgrade') return countItems(row);
  // By the room their times may come to need, so that the row does not change its ways while it runs.
  const names = new Set(row.steps.map(({ record }) => projectOf(record) ?? ''));
  const needed = [...names].reduce((sum, name) => sum + textWidth(name) + ITEM_TIME, 0);
  return needed <= room ? projectItems(row, now) : countItems(row);
}

/** Widths at which the items of all rows stand below each other; none where that would not fit. */
function alignment(bodies: readonly (readonly Item[])[], room: number): readonly number[] {
  const widths: number[] = [];
  for (const items of bodies) {
    for (const [i, { text }] of items.entries()) widths[i] = Math.max(widths[i] ?? 0, textWidth(text));
  }
  return widths.reduce((sum, width) => sum + width + GAP, -GAP) <= room ? widths : [];
}

/** A row is one line, or several where its items do not fit; the time stands at the end of the first. */
function rowLines(
  row: Row,
  items: readonly Item[],
  aligned: readonly number[],
  { now, room, style }: { readonly now: number; readonly room: number; readonly style: Style },
): string[] {
  const lines: { text: string; width: number }[] = [{ text: '', width: 0 }];
  for (const [i, item] of items.entries()) {
    const last = lines.at(-1);
    const plain = row.name === 'upgrade' ? item.text : padEnd(item.text, aligned[i] ?? 0);
    const cell = shorten(plain, room);
    const painted = cell.replace(item.text, paint(item, style)(item.text));
    const needed = textWidth(item.text);
    if (last !== undefined && (last.width === 0 || last.width + GAP + needed <= room)) {
      const gap = last.width === 0 ? 0 : GAP;
      last.text += ' '.repeat(gap) + painted;
      last.width += gap + textWidth(cell);
    } else {
      lines.push({ text: painted, width: textWidth(cell) });
    }
  }
  const over = row.steps.every(({ status }) => status.kind === 'passed' || status.kind === 'failed');
  return lines.map(({ text, width }, i) => {
    const label = padEnd(i === 0 ? row.name : '', LABEL);
    const time = i === 0 && over ? padStart(formatDuration(rowMs(row, now)), Math.max(TIME, room - width + TIME)) : '';
    return `  ${label}${text}${style.dim(time)}`.trimEnd();
  });
}

function paint(item: Item, style: Style): (text: string) => string {
  switch (item.state) {
    case 'failed':
      return style.red;
    case 'running':
      return style.bold;
    case 'waiting':
      return style.dim;
    case 'done':
      return (text) => text;
    default:
      return unreachable(item.state);
  }
}

/** `▸ 23 s3rver migrate   0.4 s   converting 12 objects` */
function runningLine(state: RunState, step: StepState, now: number, width: number, clean: Clean): string {
  const { status, summary } = step;
  const ms = status.kind === 'running' ? Math.max(0, now - status.startedAt) : 0;
  const latest = summary === undefined ? '' : `   ${clean(firstLine(summary))}`;
  return shorten(`  ▸ ${numbered(state, step)}   ${formatDuration(ms)}${latest}`, width);
}

/** `22 of 31 steps · 6.4 s · next: 24 s3rver start target` */
function progress(state: RunState, now: number): string {
  const next = nextStep(state);
  const left = state.steps.length - state.finished;
  return [
    `${state.finished} of ${state.steps.length} steps, ${left} left`,
    formatDuration(elapsedMs(state, now)),
    ...(next === undefined ? [] : [`next: ${numbered(state, next)}`]),
  ].join(' · ');
}
