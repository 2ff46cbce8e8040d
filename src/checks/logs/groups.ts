import type { LogKind } from '../../journal/event.js';
import type { Block } from './block.js';
import type { Stretch } from './windows.js';

/** What began to be printed, gathered: all blocks of one pattern. */
export interface Group {
  readonly kind: LogKind;
  readonly pattern: string;
  readonly count: number;
  readonly first: Block & { readonly step: string | undefined };
}

/** So many different patterns are told apart; a log with more has none, and nothing can be said of what is new in it. */
const MOST = 20_000;

/** Gathers the blocks of one log, before and after, in memory that does not grow with it. */
export class Groups {
  readonly #before = new Set<string>();
  readonly #after = new Map<string, Group>();
  #lost = false;

  add(block: Block, { window, step }: Pick<Stretch, 'window' | 'step'>): void {
    const { kind, pattern } = block;
    if (window === 'neither' || this.#lost) return;
    if (window === 'before') this.#before.add(pattern);
    else {
      const known = this.#after.get(pattern);
      const first = known?.first ?? { ...block, step };
      this.#after.set(pattern, { kind: known?.kind ?? kind, pattern, count: (known?.count ?? 0) + 1, first });
    }
    this.#lost = this.#before.size + this.#after.size > MOST;
  }

  /** What was printed after and never before, in the order of its first time; undefined when that cannot be told. */
  fresh(): readonly Group[] | undefined {
    return this.#lost ? undefined : [...this.#after.values()].filter(({ pattern }) => !this.#before.has(pattern));
  }
}
