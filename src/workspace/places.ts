import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type ParsedNode } from 'yaml';
import type { Problem } from '../basics/problem.js';

/** A way into `grenade.yaml`: keys, and positions in lists from 0. */
export type Path = readonly (string | number)[];

/** Where things stand in `grenade.yaml`, so that a problem can point at its line. */
export class Places {
  readonly file: string;
  readonly #document: Document.Parsed<ParsedNode> | undefined;
  readonly #lines: LineCounter | undefined;

  constructor(file: string, document?: Document.Parsed<ParsedNode>, lines?: LineCounter) {
    this.file = file;
    this.#document = document;
    this.#lines = lines;
  }

  /** A problem with what is written at `path`: with the value, or with the key itself. */
  problem(path: Path, message: string, fix: string, at: 'value' | 'key' = 'value'): Problem {
    return { message, fix, file: this.file, ...this.#position(this.#find(path, at)) };
  }

  /** A problem at an offset of the file's text. */
  problemAt(offset: number, message: string, fix: string): Problem {
    return { message, fix, file: this.file, ...this.#position(offset) };
  }

  /** The value at `path` as it is written, when it is a single word or text. */
  written(path: Path): string | undefined {
    let node: unknown = this.#document?.contents;
    for (const key of path) node = this.#step(node, key)?.value;
    const resolved = this.#resolved(node);
    return isScalar(resolved) ? resolved.source : undefined;
  }

  #position(offset: number | undefined): { line: number; column: number } | undefined {
    if (offset === undefined || this.#lines === undefined) return undefined;
    const { line, col } = this.#lines.linePos(offset);
    return line === 0 ? undefined : { line, column: col };
  }

  /** As far as the path goes: what is missing is told of where it is missing. */
  #find(path: Path, at: 'value' | 'key'): number | undefined {
    let node: unknown = this.#document?.contents;
    let found = offset(node);
    for (const [depth, key] of path.entries()) {
      const step = this.#step(node, key);
      if (step === undefined) return found;
      const asKey = at === 'key' && depth === path.length - 1;
      found = (asKey ? offset(step.key) : offset(step.value)) ?? offset(step.key) ?? found;
      node = step.value;
    }
    return found;
  }

  #step(node: unknown, key: string | number): { readonly key?: unknown; readonly value: unknown } | undefined {
    const parent = this.#resolved(node);
    if (isSeq(parent)) return typeof key === 'number' && key in parent.items ? { value: parent.items[key] } : undefined;
    if (!isMap(parent)) return undefined;
    const pair = parent.items.find((each) => isScalar(each.key) && String(each.key.value) === String(key));
    return pair === undefined ? undefined : { key: pair.key, value: pair.value };
  }

  #resolved(node: unknown): unknown {
    return isAlias(node) && this.#document !== undefined ? node.resolve(this.#document) : node;
  }
}

function offset(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

const isNode = (node: unknown): node is Node => isScalar(node) || isMap(node) || isSeq(node) || isAlias(node);
