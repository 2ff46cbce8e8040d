const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * One press of Ctrl-C can arrive twice: from the terminal, and again from a parent such as npm that passes it on.
 * Nobody presses twice within this many milliseconds.
 */
const ONE_PRESS = 300;

/** Does what a signal can cut short, and listens to signals only so long. */
export async function listening<T>(work: (interrupts: Interrupts) => Promise<T>): Promise<T> {
  const interrupts = new Interrupts();
  try {
    return await work(interrupts);
  } finally {
    interrupts.close();
  }
}

/** Signals that ask a run to end: the first in order, the second at once. */
export class Interrupts {
  readonly #first = new AbortController();
  readonly #second = new AbortController();
  #at = 0;

  constructor() {
    for (const signal of SIGNALS) process.on(signal, this.#heard);
  }

  get first(): AbortSignal {
    return this.#first.signal;
  }

  get second(): AbortSignal {
    return this.#second.signal;
  }

  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.#heard);
  }

  readonly #heard = (signal: NodeJS.Signals): void => {
    if (!this.#first.signal.aborted) {
      this.#at = performance.now();
      this.#first.abort(signal);
    } else if (performance.now() - this.#at > ONE_PRESS) {
      this.#second.abort(signal);
    }
  };
}
