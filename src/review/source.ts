import { basename } from 'node:path';
import { type Command, type ParsedScript, parse, type SyntaxNode } from 'unbash';
import { all, walk } from './bash.js';

/** A comment: from its `#` to the end of its line. */
export interface Comment {
  /** 1-based. */
  readonly line: number;
  readonly text: string;
  /** Nothing but white space stands before it. */
  readonly alone: boolean;
}

/** One bash file, parsed. Nothing of it is ever executed, and no bytes make it throw. */
export class Source {
  /** Absolute. */
  readonly path: string;
  readonly text: string;
  readonly script: ParsedScript;
  /** Where each line begins. */
  readonly #starts: number[] = [0];
  #comments: readonly Comment[] | undefined;
  #commands: readonly Command[] | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.script = parse(text);
    for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1);
  }

  get name(): string {
    return basename(this.path);
  }

  /** The text of a node of this source. */
  of(node: SyntaxNode): string {
    return this.text.slice(node.pos, node.end);
  }

  /** 1-based line and column of an offset. */
  place(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (this.#starts[low] ?? 0) + 1 };
  }

  line(node: SyntaxNode): number {
    return this.place(node.pos).line;
  }

  /** Every command in it, in the order of the text. */
  get commands(): readonly Command[] {
    this.#commands ??= all(this.script, 'Command');
    return this.#commands;
  }

  get comments(): readonly Comment[] {
    this.#comments ??= this.#findComments();
    return this.#comments;
  }

  /** A `#` after white space is a comment, unless it stands in a word, an arithmetic or a here document. */
  #findComments(): Comment[] {
    const taken: { readonly pos: number; readonly end: number }[] = [];
    walk(this.script, (node) => {
      if (node.type !== 'Word' && node.type !== 'HereDocBody' && node.type !== 'ArithmeticCommand') return true;
      taken.push(node);
      return false;
    });
    taken.sort((a, b) => a.pos - b.pos);
    const found: Comment[] = [];
    let next = 0;
    for (const match of this.text.matchAll(/(?<=^|[\s;()&|])#[^\n]*/gm)) {
      while (next < taken.length && (taken[next]?.end ?? 0) <= match.index) next += 1;
      const range = taken[next];
      if (range !== undefined && range.pos <= match.index) continue;
      const { line, column } = this.place(match.index);
      const before = this.text.slice(match.index - column + 1, match.index);
      found.push({ line, text: match[0].trimEnd(), alone: before.trim() === '' });
    }
    return found;
  }
}
