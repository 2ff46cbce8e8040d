import type {
  ArithmeticCommand,
  Case,
  Command,
  If,
  Statement,
  SyntaxNode,
  TestCommand,
  TestExpression,
  Word,
} from 'unbash';
import { forEachChild } from 'unbash';
import { all, type Call, callOf, functionsOf, literal, matches, soleVariable } from './bash.js';
import type { Source } from './source.js';

/** A command that a script comes to when it is called for a phase, as far as can be seen. */
export interface Reached extends Call {
  readonly source: Source;
  /** A test is a command named `[[` or `((`. */
  readonly command: Command | TestCommand | ArithmeticCommand;
  /** That it fails ends the hook: errexit is on, and nothing before or behind it takes the failure. */
  readonly counts: boolean;
  /** It stands in what is written for this phase, not in what all phases do. */
  readonly own: boolean;
  /** Whether it is done depends on something. */
  readonly perhaps: boolean;
  /** Somebody takes what it prints: a substitution, a pipe. */
  readonly taken: boolean;
  /** The function that it stands in. */
  readonly within: string | undefined;
  /** It is the last thing done. */
  readonly last: boolean;
}

/**
 * Every command that a script comes to, in order: into the branch of this phase, and into functions of its own and of
 * the files beside it. What depends on anything but the phase counts as done. `phase` is undefined for a script that
 * is called without one.
 */
export function reach(source: Source, beside: readonly Source[], phase: string | undefined): Reached[] {
  const walker = new Walker(source, beside, phase);
  walker.list(source, source.script.commands, { ...START, tail: true });
  return walker.found;
}

/** What holds where a command stands. */
interface Where {
  readonly own: boolean;
  readonly perhaps: boolean;
  readonly taken: boolean;
  /** Its status is looked at or lost: errexit does nothing. */
  readonly spared: boolean;
  readonly within: string | undefined;
  /** What holds the phase here: `1`, and variables that it was given to. */
  readonly phaseIn: ReadonlySet<string>;
  /** Nothing comes after it. */
  readonly tail: boolean;
}

const START: Where = {
  own: false,
  perhaps: false,
  taken: false,
  spared: false,
  within: undefined,
  phaseIn: new Set(['1', '@', '*']),
  tail: false,
};

class Walker {
  readonly found: Reached[] = [];
  readonly #phase: string | undefined;
  readonly #functions = new Map<string, { readonly source: Source; readonly body: SyntaxNode }>();
  readonly #entered = new Set<string>();
  readonly #phaseVariables: ReadonlySet<string>;
  #errexit = false;

  constructor(source: Source, beside: readonly Source[], phase: string | undefined) {
    this.#phase = phase;
    this.#errexit = /^#![^\n]*\s-\w*e/.test(source.text);
    for (const each of [...beside, source]) {
      for (const [name, { body }] of functionsOf(each.script)) this.#functions.set(name, { source: each, body });
    }
    this.#phaseVariables = new Set(
      all(source.script, 'Assignment').flatMap(({ name, value }) =>
        value.type === 'Word' && soleVariable(value) === '1' ? [name] : [],
      ),
    );
  }

  list(source: Source, statements: readonly Statement[], where: Where): void {
    statements.forEach(({ command, background }, at) => {
      const tail = where.tail && at === statements.length - 1;
      this.#node(source, command, { ...where, tail, spared: where.spared || background === true });
    });
  }

  #node(source: Source, node: SyntaxNode, where: Where): void {
    if (this.found.length > MOST) return;
    switch (node.type) {
      case 'Function':
        return;
      case 'Command':
        this.#command(source, node, where);
        return;
      case 'Pipeline': {
        const negated = node.prefixes.some(({ type }) => type === 'Negation');
        node.commands.forEach((each, at) => {
          const last = at === node.commands.length - 1;
          this.#node(source, each, {
            ...where,
            tail: where.tail && last,
            taken: where.taken || !last,
            spared: where.spared || !last || negated,
          });
        });
        return;
      }
      case 'AndOr':
        node.commands.forEach((each, at) => {
          const last = at === node.commands.length - 1;
          this.#node(source, each, {
            ...where,
            tail: where.tail && last,
            perhaps: where.perhaps || at > 0,
            spared: where.spared || !last,
          });
        });
        return;
      case 'If':
        this.#if(source, node, where);
        return;
      case 'Case':
        this.#case(source, node, where);
        return;
      case 'While':
        this.list(source, node.clause.commands, { ...where, tail: false, spared: true });
        this.list(source, node.body.commands, { ...where, tail: false, perhaps: true });
        return;
      case 'For':
      case 'Select':
      case 'ArithmeticFor':
        this.#substitutions(source, node, where, false);
        this.list(source, node.body.commands, { ...where, perhaps: true });
        return;
      case 'BraceGroup':
        this.list(source, node.body.commands, where);
        return;
      case 'Subshell': {
        const errexit = this.#errexit;
        this.list(source, node.body.commands, where);
        this.#errexit = errexit;
        return;
      }
      case 'TestCommand':
      case 'ArithmeticCommand':
        this.#substitutions(source, node, where, false);
        this.#found(source, node, { name: node.type === 'TestCommand' ? '[[' : '((', args: [], wrappers: [] }, where);
        return;
      case 'CompoundList':
        this.list(source, node.commands, where);
        return;
      case 'Redirected':
        this.#node(source, node.command, where);
        return;
      default:
        this.#substitutions(source, node, where, false);
    }
  }

  #command(source: Source, command: Command, where: Where): void {
    const bare = command.name === undefined;
    this.#substitutions(source, command, where, bare);
    if (bare || this.found.length > MOST) return;
    const call = callOf(command);
    const body = this.#called(command, call, where);
    this.#found(source, command, call, { ...where, tail: where.tail && body === undefined });
    if (call.name === 'set') this.#set(call.args);
    if (body !== undefined) this.#enter(body, call, where);
  }

  #found(source: Source, command: Reached['command'], call: Call, where: Where): void {
    const { own, perhaps, taken, within, tail } = where;
    const counts = this.#errexit && !where.spared;
    this.found.push({ ...call, source, command, counts, own, perhaps, taken, within, last: tail });
  }

  /** The function that a command calls; of `"$1"` and `"$@"` the one that is named as the phase. */
  #called(command: Command, { name }: Call, where: Where): string | undefined {
    const called = name ?? (this.#isPhase(command.name, where) ? this.#phase : undefined);
    return called !== undefined && this.#functions.has(called) ? called : undefined;
  }

  #enter(name: string, call: Call, where: Where): void {
    const target = this.#functions.get(name);
    if (target === undefined || this.#entered.has(name) || this.#entered.size > DEEPEST) return;
    this.#entered.add(name);
    const passes = call.args[0] !== undefined && where.phaseIn.has(soleVariable(call.args[0]) ?? '');
    this.#node(target.source, target.body, {
      ...where,
      own: where.own || name === this.#phase,
      within: name,
      phaseIn: new Set(passes ? ['1', '@', '*'] : []),
    });
    this.#entered.delete(name);
  }

  #set(args: readonly Word[]): void {
    const words = args.map((each) => each.text);
    for (const [at, word] of words.entries()) {
      if (word === '--') return; // What follows are words, and no options.
      const named = words[at + 1] === 'errexit';
      if ((/^-\w*o$/.test(word) && named) || /^-\w*e/.test(word)) this.#errexit = true;
      if ((word === '+o' && named) || /^\+\w*e/.test(word)) this.#errexit = false;
    }
  }

  /** Commands whose output goes into this one. Of a bare assignment, the status of the last one is its own. */
  #substitutions(source: Source, node: SyntaxNode, where: Where, bare: boolean): void {
    const left: SyntaxNode[] = [];
    forEachChild(node, (child) => void left.push(child));
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      if (next.type === 'Script') {
        if (next.source === undefined) {
          this.list(source, next.commands, { ...where, tail: false, taken: true, spared: where.spared || !bare });
        }
      } else if (!STATEMENTS.has(next.type)) {
        const below: SyntaxNode[] = [];
        forEachChild(next, (child) => void below.push(child));
        left.unshift(...below);
      }
    }
  }

  #if(source: Source, node: If, where: Where): void {
    for (const { clause, then: body } of [node, ...node.elif]) {
      const met = this.#phaseTest(clause.commands, where);
      if (met === undefined) this.list(source, clause.commands, { ...where, tail: false, spared: true });
      if (met !== false) {
        this.list(source, body.commands, {
          ...where,
          own: where.own || met === true,
          perhaps: where.perhaps || met === undefined,
        });
      }
      if (met === true) return;
    }
    if (node.else !== undefined) this.list(source, node.else.commands, { ...where, perhaps: true });
  }

  /** Whether a condition that asks for nothing but the phase is met. */
  #phaseTest(clause: readonly Statement[], where: Where): boolean | undefined {
    const command = clause.length === 1 ? clause[0]?.command : undefined;
    if (command === undefined || this.#phase === undefined) return undefined;
    if (command.type === 'TestCommand') return this.#test(command.expression, where);
    if (command.type !== 'Command' || !['[', 'test'].includes(literal(command.name) ?? '')) return undefined;
    const [left, operator, right] = callOf(command).args;
    return this.#compare(left, operator?.text, right, where);
  }

  #test(test: TestExpression, where: Where): boolean | undefined {
    if (test.type === 'TestBinary') return this.#compare(test.left, test.operator, test.right, where);
    if (test.type === 'TestGroup') return this.#test(test.expression, where);
    if (test.type !== 'TestLogical') return undefined;
    const each = test.operands.map((operand) => this.#test(operand, where));
    if (test.operator === '&&') return each.includes(false) ? false : each.includes(undefined) ? undefined : true;
    return each.includes(true) ? true : each.includes(undefined) ? undefined : false;
  }

  #compare(left: Word | undefined, operator: string | undefined, right: Word | undefined, where: Where) {
    if (!this.#isPhase(left, where) || right === undefined) return undefined;
    if (operator === '=' || operator === '==') return matches(right, this.#phase ?? '');
    return operator === '!=' ? !matches(right, this.#phase ?? '') : undefined;
  }

  #case(source: Source, node: Case, where: Where): void {
    if (this.#phase === undefined || !this.#isPhase(node.word, where)) {
      this.#substitutions(source, node.word, where, false);
      for (const { body } of node.items) this.list(source, body.commands, { ...where, perhaps: true });
      return;
    }
    const branch = node.items.find(({ pattern }) => pattern.some((each) => matches(each, this.#phase ?? '')));
    if (branch !== undefined) this.list(source, branch.body.commands, { ...where, own: true });
  }

  #isPhase(word: Word | undefined, where: Where): boolean {
    const name = soleVariable(word);
    return name !== undefined && (where.phaseIn.has(name) || this.#phaseVariables.has(name));
  }
}

/** More than any hook has; functions that call each other back and forth would not come to an end. */
const DEEPEST = 40;
const MOST = 20_000;

/** Nodes whose commands are walked by themselves. */
const STATEMENTS: ReadonlySet<SyntaxNode['type']> = new Set(['Statement', 'CompoundList', 'Function']);
