import { unreachable } from '../../basics/unreachable.js';
import type { Event } from '../../journal/event.js';
import type { RunState } from '../../journal/state.js';
import type { Style } from '../style.js';
import type { Clean } from '../text.js';
import { frame } from './frame.js';
import { header } from './header.js';
import { patienceLine, plainLines } from './lines.js';

/** What watches a run for somebody. It is told every event once the run's state has it. */
export interface View {
  event(event: Event, state: RunState): void;
  /** Nothing is written any more once this is over. */
  close(): void;
}

export type ViewKind = 'live' | 'plain' | 'quiet';

export interface ViewOptions {
  readonly stream: Screen;
  readonly style: Style;
  readonly clean: Clean;
  /** The run's directory as people should see it. */
  readonly runDir: string;
}

/** What is needed of a terminal or file: `process.stdout` is one. */
export type Screen = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

/** Redrawing more often than this helps nobody. */
const REDRAW = 100;
/** After this long, and then each time it doubled, a step that still runs gets a line. */
const PATIENCE = 30_000;

/** The live view needs a terminal that can move its cursor, and somebody in front of it. */
export function viewKind(
  stream: Screen,
  env: Readonly<Record<string, string | undefined>>,
  options: { readonly quiet: boolean },
): ViewKind {
  if (options.quiet) return 'quiet';
  const watched = stream.isTTY === true && env.TERM !== 'dumb' && (env.CI ?? '') === '';
  return watched ? 'live' : 'plain';
}

export function makeView(kind: ViewKind, options: ViewOptions): View {
  switch (kind) {
    case 'quiet':
      return { event: () => {}, close: () => {} };
    case 'plain':
      return new PlainView(options);
    case 'live':
      return new LiveView(options);
    default:
      return unreachable(kind);
  }
}

/** A line for what happened, as it happens. */
class PlainView implements View {
  readonly #options: ViewOptions;
  #state: RunState | undefined;
  #headed = false;
  /** When a running step is due its next line. */
  readonly #due = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#patience(Date.now()), 1000);
    this.#timer.unref();
  }

  event(event: Event, state: RunState): void {
    const { stream, style, clean, runDir } = this.#options;
    this.#state = state;
    if (!this.#headed && state.steps.length > 0) {
      this.#headed = true;
      stream.write(`${header(state, runDir, style)}\n`);
    }
    if (event.type === 'step-finished') this.#due.delete(event.step);
    const lines = plainLines(event, state, clean, style);
    if (lines.length > 0) stream.write(`${lines.join('\n')}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #patience(now: number): void {
    const { stream, style, clean } = this.#options;
    if (this.#state === undefined) return;
    for (const step of this.#state.running) {
      if (step.status.kind !== 'running') continue;
      const { startedAt } = step.status;
      const due = this.#due.get(step.record.key) ?? startedAt + PATIENCE;
      if (now < due) continue;
      stream.write(`${patienceLine(this.#state, step, now, clean, style)}\n`);
      this.#due.set(step.record.key, startedAt + 2 * (due - startedAt));
    }
  }
}

interface Updater {
  (text: string): void;
  done(): void;
}

/** Rows that are redrawn in place; the last of them stay when it closes. */
class LiveView implements View {
  readonly #options: ViewOptions;
  #update: Updater | undefined;
  #state: RunState | undefined;
  #headed = false;
  #closed = false;
  readonly #timer: NodeJS.Timeout;

  constructor(options: ViewOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#draw(), REDRAW);
    this.#timer.unref();
    // The first hook does not wait for what draws it.
    void import('log-update').then(({ createLogUpdate }) => {
      if (this.#closed) return;
      this.#update = createLogUpdate(this.#options.stream, { showCursor: true });
      this.#draw();
    });
  }

  event(_event: Event, state: RunState): void {
    this.#state = state;
    if (this.#headed || state.steps.length === 0) return;
    this.#headed = true;
    this.#options.stream.write(`${header(state, this.#options.runDir, this.#options.style)}\n`);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#draw(true);
    this.#closed = true;
    if (this.#update !== undefined) this.#update.done();
    else if (this.#state !== undefined && this.#headed)
      this.#options.stream.write(`${this.#frame(this.#state, true)}\n`);
    if (this.#headed) this.#options.stream.write('\n');
  }

  #draw(closing = false): void {
    if (this.#closed || !this.#headed || this.#state === undefined) return;
    this.#update?.(this.#frame(this.#state, closing));
  }

  #frame(state: RunState, closing: boolean): string {
    const { stream, style, clean } = this.#options;
    return frame(state, Date.now(), stream.columns ?? 80, { style, clean, closing });
  }
}
