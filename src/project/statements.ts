/** As much of bash's grammar as it takes to see which branch a phase goes. */
export type Statement =
  | { readonly kind: 'command'; readonly text: string }
  | { readonly kind: 'function'; readonly name: string; readonly body: readonly Statement[] }
  | {
      readonly kind: 'case';
      readonly word: string;
      readonly branches: readonly { readonly patterns: readonly string[]; readonly body: readonly Statement[] }[];
    }
  /** A branch without a condition is the `else`. */
  | {
      readonly kind: 'if';
      readonly branches: readonly { readonly condition: string | undefined; readonly body: readonly Statement[] }[];
    }
  | { readonly kind: 'loop' };

/** The script does not read as what is known here. */
class Unclear extends Error {}

/** A script's statements; undefined when it has something that is not understood. */
export function statements(script: string): readonly Statement[] | undefined {
  try {
    const parser = new Parser(lines(script).flatMap(words));
    const list = parser.list(new Set());
    parser.expectEnd();
    return list;
  } catch (error) {
    if (error instanceof Unclear) return undefined;
    throw error;
  }
}

/** Pieces between newlines and semicolons; `;;` is a piece of its own, and so is a branch's pattern, led by a `)`. */
function lines(script: string): string[] {
  const text = script
    .replace(/\\\n/g, ' ')
    .replace(/(?<!<)<<-?(?!<)\s*(["']?)(\w+)\1([^\n]*)\n(?:[\s\S]*?\n)??\s*\2(?=\n|$)/g, '</dev/null$3');
  const found: string[] = [];
  let piece = '';
  let depth = 0;
  const end = (): void => {
    if (piece.trim() !== '') found.push(piece.trim());
    piece = '';
  };
  const TOKENS =
    /\\[\s\S]|'[^']*'|"(?:\\[\s\S]|\$\((?:[^()]|\([^()]*\))*\)|[^"\\])*"|(?<=^|[\s;])#[^\n]*|\$\{[^}]*\}|;;&?|;&|[\s\S]/g;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token.startsWith('#') && token.length > 0 && (piece === '' || /\s$/.test(piece))) continue;
    if (token === '"' || token === "'") throw new Unclear();
    const opens = token === '{' && (depth > 0 || /(?:&&|\|\|)\s*$/.test(piece));
    if (token === '(' || opens) depth += 1;
    if (token === '}' && depth > 0) depth -= 1;
    if (token === ')') {
      if (depth === 0) {
        const [, opening, pattern = piece] = /^\s*(case\s+\S+\s+in)\s+([\s\S]*)$/.exec(piece) ?? [];
        if (opening !== undefined) found.push(opening);
        piece = `)${pattern.trim()}`;
        end();
        continue;
      }
      depth -= 1;
    }
    if (depth === 0 && token.startsWith(';') && token.length > 1) {
      end();
      if (token !== ';;') throw new Unclear();
      found.push(token);
    } else if (depth === 0 && (token === ';' || (token === '\n' && !/(?:&&|\|)\s*$/.test(piece)))) end();
    else piece += token === '\n' && depth === 0 ? ' ' : token;
  }
  end();
  if (depth !== 0) throw new Unclear();
  return found;
}

const FUNCTION = /^(?:function\s+([\w:.-]+)\s*(?:\(\s*\))?|([\w:.-]+)\s*\(\s*\))\s*/;

/** Takes keywords off the pieces they stand before: `then ls` becomes `then` and `ls`. */
function words(piece: string): string[] {
  const name = FUNCTION.exec(piece);
  if (name !== null) {
    const rest = piece.slice(name[0].length);
    return [`${name[1] ?? name[2] ?? ''}()`, ...(rest === '' ? [] : words(rest))];
  }
  const keyword =
    /^(then|else|do|\{)(?:\s+|$)([\s\S]*)$/.exec(piece) ?? /^(case\s+\S+\s+in)(?:\s+|$)([\s\S]*)$/.exec(piece);
  if (keyword === null) return [piece];
  const [, head = '', rest = ''] = keyword;
  return [head, ...(rest === '' ? [] : words(rest))];
}

class Parser {
  readonly #pieces: readonly string[];
  #next = 0;

  constructor(pieces: readonly string[]) {
    this.#pieces = pieces;
  }

  expectEnd(): void {
    if (this.#next < this.#pieces.length) throw new Unclear();
  }

  /** Statements up to one of these words, which is left for the caller. */
  list(closers: ReadonlySet<string>): Statement[] {
    const found: Statement[] = [];
    for (;;) {
      const piece = this.#pieces[this.#next];
      if (piece === undefined || closers.has(head(piece))) return found;
      found.push(this.#statement());
    }
  }

  #statement(): Statement {
    const piece = this.#take();
    if (/^[\w:.-]+\(\)$/.test(piece)) {
      this.#expect('{');
      const body = this.list(new Set(['}']));
      this.#expect('}');
      return { kind: 'function', name: piece.slice(0, -2), body };
    }
    switch (head(piece)) {
      case 'case':
        return this.#case(piece);
      case 'if':
        return this.#if(piece);
      case 'for':
      case 'while':
      case 'until':
      case 'select':
        this.list(new Set(['do']));
        this.#expect('do');
        this.list(new Set(['done']));
        this.#expect('done');
        return { kind: 'loop' };
      case '}':
      case '{':
      case 'fi':
      case 'esac':
      case 'done':
      case 'then':
      case 'else':
      case 'elif':
      case 'do':
      case ';;':
        throw new Unclear();
      default:
        // A pattern outside of its case, or a group within a command, whose end would be taken for another's.
        if (piece.startsWith(')') || /(?:^|\s)\{$/.test(piece)) throw new Unclear();
        return { kind: 'command', text: piece };
    }
  }

  #case(piece: string): Statement {
    const word = /^case\s+(\S+)\s+in$/.exec(piece)?.[1];
    if (word === undefined) throw new Unclear();
    const branches: { patterns: string[]; body: Statement[] }[] = [];
    while (head(this.#pieces[this.#next] ?? 'esac') !== 'esac') {
      const pattern = this.#take();
      if (!/^\)[^(]/.test(pattern)) throw new Unclear();
      const patterns = pattern
        .slice(1)
        .split('|')
        .map((each) => each.trim());
      branches.push({ patterns, body: this.list(new Set([';;', 'esac'])) });
      if (this.#pieces[this.#next] === ';;') this.#next += 1;
    }
    this.#expect('esac');
    return { kind: 'case', word, branches };
  }

  #if(piece: string): Statement {
    const branches: { condition: string | undefined; body: Statement[] }[] = [];
    let condition: string | undefined = piece.replace(/^if\s+/, '');
    for (;;) {
      if (condition !== undefined) this.#expect('then');
      branches.push({ condition, body: this.list(new Set(['elif', 'else', 'fi'])) });
      const next = this.#take();
      if (head(next) === 'fi') return { kind: 'if', branches };
      if (condition === undefined) throw new Unclear();
      condition = head(next) === 'else' ? undefined : next.replace(/^elif\s+/, '');
    }
  }

  #take(): string {
    const piece = this.#pieces[this.#next];
    if (piece === undefined) throw new Unclear();
    this.#next += 1;
    return piece;
  }

  #expect(word: string): void {
    if (head(this.#take()) !== word) throw new Unclear();
  }
}

/** The first word of a piece. */
const head = (piece: string): string => /^(?:\}|\{|;;|\S+)/.exec(piece)?.[0] ?? '';
