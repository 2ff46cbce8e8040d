import { portsOf } from '../services/ports.js';

/** What differs between two runs by itself, and what stands for it: so that the rest can be compared. */
export class Names {
  readonly #paths: readonly (readonly [path: string, name: string])[];
  readonly #ports: ReadonlyMap<string, string>;
  readonly #mask: (text: string) => string;

  constructor(runDir: string, workspace: string, mask: (text: string) => string) {
    this.#mask = mask;
    this.#paths = [
      [runDir, '$RUN'],
      [workspace, '$WORKSPACE'],
    ];
    this.#ports = new Map(Object.entries(portsOf(runDir)).map(([name, port]) => [String(port), name]));
  }

  /** `/srv/shop/.grenade/runs/2026-11-23-130200/data -p 26665` becomes `$RUN/data -p {s3rver}`. */
  in(text: string): string {
    // First of all: with a name in the middle a secret would not be known any more.
    let named = this.#mask(text);
    for (const [path, name] of this.#paths) named = named.replaceAll(path, name);
    return this.#ports.size === 0
      ? named
      : named.replace(/(?<![\w.])\d{4,5}(?![\w.]*\w)/g, (number) => this.port(number));
  }

  /** `{s3rver}` for the number that this port has in this run. */
  port(number: string): string {
    const name = this.#ports.get(number);
    return name === undefined ? number : `{${name}}`;
  }

  /** `{s3rver} = 26665`, a line each. */
  legend(): string[] {
    return [...this.#ports].map(([number, name]) => `{${name}} = ${number}`).sort();
  }
}
