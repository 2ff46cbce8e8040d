import { isIdle } from './script-file.js';
import { type Statement, statements } from './statements.js';

/** What a condition or a command comes to, as far as it can be seen. */
type Known = boolean | 'unknown';

/** The script does something in this phase, or something that is not understood: then nothing is claimed. */
class Acts extends Error {}
/** The script ends here, and has done nothing. */
class Leaves extends Error {}

/** Commands that prepare and look at nothing; what they substitute has to do no more than that. */
const PREPARES =
  /^(?:(?:local|export|declare|readonly|typeset)\s.*|\w+\+?=.*|resource_get\s.*|cd\s.*|trap\s.*|umask\s.*|echo(?:\s.*)?|printf\s.*|:\s.*|shift)$/s;
const SUBSTITUTES = /\$\((?!\(|\s*(?:resource_get|free_port|service_log|dirname|basename|cd|pwd|realpath)\b)|`|[<>]\(/;
const SOURCES = /^(?:source|\.)\s+\S+$/;
const OURS = /\/(?:functions|grenaderc)["']?$/;

/**
 * Whether a bash script that is called as `resources.sh PHASE` can be seen to do nothing in this phase: no branch, no
 * test and no function of it is for the phase. Walks through it as bash would, with the phase for `$1`. Whatever it
 * does not understand counts as doing something, for the claim has to hold.
 */
export function leavesOut(text: string, phase: string): boolean {
  try {
    const all = statements(text);
    if (all === undefined) return false;
    const walk = new Walk(phase);
    walk.run(all);
    // A script that asks for no phase does the same in each; what it sources may ask.
    return walk.asked;
  } catch (error) {
    if (error instanceof Leaves) return true;
    if (error instanceof Acts) return false;
    throw error;
  }
}

class Walk {
  readonly #phase: string;
  /** What holds the phase: `$1`, and variables it was given to. */
  readonly #names = ['1'];
  readonly #functions = new Map<string, readonly Statement[]>();
  /** Functions may come from a file that we do not look into. */
  #sourced = false;
  #depth = 0;
  /** Whether what is walked through is written for this very phase. */
  #own = false;
  /** Whether it looked at the phase it was called for. */
  asked = false;

  constructor(phase: string) {
    this.#phase = phase;
  }

  run(list: readonly Statement[]): void {
    for (const statement of list) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case 'function':
        this.#functions.set(statement.name, statement.body);
        return;
      case 'case': {
        if (!this.#isPhase(statement.word)) throw new Acts();
        const branch = statement.branches.find(({ patterns }) => patterns.some((each) => this.#matches(each)));
        if (branch !== undefined) this.#within(!branch.patterns.includes('*'), branch.body);
        return;
      }
      case 'if': {
        for (const { condition, body } of statement.branches) {
          const met = condition === undefined ? true : this.#chain(condition);
          // What may or may not be done must be nothing.
          const own = met === true && condition !== undefined && !condition.includes('!=');
          if (met !== false) this.#perhaps(met, own, body);
          if (met === true) return;
        }
        return;
      }
      case 'loop':
        throw new Acts();
      case 'command':
        // A test that fails is how a hook says no; so is one whose outcome nobody can see.
        if (this.#chain(statement.text) !== true) this.#failsUnlessChained(statement.text);
    }
  }

  /** Runs a body; in one that is written for the phase whatever is not plainly nothing counts. */
  #within(own: boolean, body: readonly Statement[]): void {
    const before = this.#own;
    this.#own ||= own;
    try {
      this.run(body);
    } finally {
      this.#own = before;
    }
  }

  #perhaps(met: Known, own: boolean, body: readonly Statement[]): void {
    try {
      this.#within(own, body);
    } catch (error) {
      // Only perhaps: then what comes after counts too.
      if (!(error instanceof Leaves) || met === true) throw error;
    }
  }

  /** `[[ $1 == create ]] && make` is quiet about other phases, although its status is 1. */
  #failsUnlessChained(text: string): void {
    if (!/&&/.test(text)) throw new Acts();
  }

  /** The outcome of `a && b || c`; whatever of it would be executed must do nothing. */
  #chain(text: string): Known {
    const parts = splitChain(text);
    let known: Known = this.#simple(parts[0]?.text ?? '');
    for (const { operator, text: part } of parts.slice(1)) {
      if (known === 'unknown') throw new Acts();
      if ((operator === '&&') === known) known = this.#simple(part);
    }
    return known;
  }

  #simple(given: string): Known {
    const text = given.trim();
    const test = /^(?:\[\[\s+(.*?)\s+\]\]|\[\s+(.*?)\s+\]|test\s+(.*))$/s.exec(text);
    if (test !== null) return this.#test(test[1] ?? test[2] ?? test[3] ?? '');
    if (/^(?:exit|return)(?:\s+0)?$/.test(text)) throw new Leaves();
    if (text === 'false') return false;
    if (text.startsWith('{')) {
      const group = statements(text.replace(/^\{\s|\s\}$/g, ''));
      if (group === undefined) throw new Acts();
      this.run(group);
      return true;
    }
    if (SOURCES.test(text)) {
      if (/\$[1@*{]|`/.test(text.replace(/\$\{?(?:PROJECT_DIR|GRENADE_DIR|BASH_SOURCE)\b/g, ''))) throw new Acts();
      if (!OURS.test(text)) this.#sourced = true;
      return true;
    }
    if (isIdle(text)) return true;
    const defined = /^(?:declare -F|type(?: -t)?|command -v)\s+(\S+)(?:\s*(?:&|\d)?>+\s*&?\S+)*$/.exec(text);
    if (defined !== null && this.#isPhase(defined[1] ?? '')) {
      if (this.#functions.has(this.#phase)) return true;
      return this.#sourced ? 'unknown' : false;
    }
    if (
      !this.#own &&
      PREPARES.test(text) &&
      !SUBSTITUTES.test(text) &&
      !/[^<>&]>[^&>]/.test(text.replace(/"[^"]*"|'[^']*'/g, ''))
    ) {
      const given = /^(?:(?:local|export|declare|readonly|typeset)\s+)?(\w+)=(\S+)$/.exec(text);
      if (given !== null && this.#isPhase(given[2] ?? '')) this.#names.push(given[1] ?? '');
      return true;
    }
    this.#call(text);
    return true;
  }

  /** `"$@"`, `"$1"`, `main "$@"`: a function of the script's own, or nothing that can be seen. */
  #call(text: string): void {
    const [head = '', first, ...rest] = text.split(/\s+/);
    const all = /^"?\$[@*]"?$/;
    const name = this.#isPhase(head) || all.test(head) ? this.#phase : head;
    const body = this.#functions.get(name);
    const passesOn = name === this.#phase || (first !== undefined && (all.test(first) || this.#isPhase(first)));
    if (body === undefined || !passesOn || rest.length > 3 || this.#depth > 5) throw new Acts();
    this.#depth += 1;
    try {
      this.#within(name === this.#phase, body);
    } catch (error) {
      // `return` leaves the function alone; that `exit` would leave more changes nothing for who claims little.
      if (!(error instanceof Leaves)) throw error;
    }
    this.#depth -= 1;
  }

  #test(text: string): Known {
    const any = text.split(/\s+(?:\|\||-o)\s+/);
    if (any.length > 1) return either(any.map((each) => this.#test(each)));
    const every = text.split(/\s+(?:&&|-a)\s+/);
    if (every.length > 1) return negated(either(every.map((each) => negated(this.#test(each)))));
    const count = /^\$#\s+(?:-lt\s+1|-eq\s+0|==?\s+0)$/.test(text);
    if (count) return false;
    const [, operator = '', operand = ''] = /^(-[nz])\s+(\S+)$/.exec(text) ?? [];
    if (operator !== '' && this.#isPhase(operand)) return operator === '-n';
    const compared = /^(\S+)\s+(==?|!=)\s+(\S+)$/.exec(text);
    if (compared === null) return 'unknown';
    const [, left = '', sign = '', right = ''] = compared;
    if (!this.#isPhase(left) || /[$`[\]()]/.test(right)) return 'unknown';
    return this.#matches(right) === (sign !== '!=');
  }

  #isPhase(word: string): boolean {
    const bare = word.replace(/^"(.*)"$/, '$1');
    const [, braced, plain] = /^\$(?:\{(\w+)(?::?[-?][^}]*)?\}|(\w+))$/.exec(bare) ?? [];
    const is = this.#names.includes(braced ?? plain ?? '');
    if (is) this.asked = true;
    return is;
  }

  /** Whether a pattern of the shell matches the phase. */
  #matches(pattern: string): boolean {
    const quoted = /^(["']).*\1$/.test(pattern);
    const bare = pattern.replace(/["']/g, '');
    if (/[[\]()$`\\]/.test(bare)) throw new Acts();
    if (quoted) return bare === this.#phase;
    const regex = bare
      .replace(/[.+^{}|]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${regex}$`).test(this.#phase);
  }
}

function splitChain(text: string): { operator: string; text: string }[] {
  const parts: { operator: string; text: string }[] = [{ operator: '', text: '' }];
  // What stands in quotes, in a test or in a substitution is no operator of the chain.
  for (const [token] of text.matchAll(
    /\[\[\s.*?\s\]\]|"(?:\\.|[^"])*"|'[^']*'|\$\([^)]*\)|\{\s[\s\S]*\s\}|&&|\|\||[\s\S]/g,
  )) {
    const last = parts.at(-1);
    if (token === '&&' || token === '||') parts.push({ operator: token, text: '' });
    else if (last !== undefined) last.text += token;
  }
  return parts;
}

const negated = (known: Known): Known => (known === 'unknown' ? known : !known);
const either = (all: readonly Known[]): Known =>
  all.includes(true) ? true : all.includes('unknown') ? 'unknown' : false;
