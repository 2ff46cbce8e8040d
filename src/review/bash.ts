import { type Command, type Function as FunctionNode, forEachChild, type SyntaxNode, type Word } from 'unbash';
import { wildcard } from '../basics/wildcard.js';

/** Visits a node and what is below it, as it stands in the text; `visit` says whether to go on below. */
export function walk(node: SyntaxNode, visit: (node: SyntaxNode) => boolean): void {
  const left: SyntaxNode[] = [node];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    // Positions in a script between escaped backticks are not those of the file.
    if (next.type === 'Script' && next.source !== undefined) continue;
    if (!visit(next)) continue;
    const children: SyntaxNode[] = [];
    forEachChild(next, (child) => void children.push(child));
    for (const child of children.reverse()) left.push(child);
  }
}

/** All nodes of a type, in the order of the text. */
export function all<T extends SyntaxNode['type']>(node: SyntaxNode, type: T): Extract<SyntaxNode, { type: T }>[] {
  const found: Extract<SyntaxNode, { type: T }>[] = [];
  const isIt = (each: SyntaxNode): each is Extract<SyntaxNode, { type: T }> => each.type === type;
  walk(node, (each) => {
    if (isIt(each)) found.push(each);
    return true;
  });
  return found;
}

/** A word's value where it holds nothing that is expanded. */
export function literal(word: Word | undefined): string | undefined {
  if (word === undefined) return undefined;
  let plain = true;
  walk(word, (node) => {
    if (node !== word && !PLAIN.has(node.type)) plain = false;
    return plain;
  });
  return plain ? word.value : undefined;
}

/** Whether a pattern of literals and `*` matches. */
export const matches = (pattern: Word, text: string): boolean => wildcard(pattern.text.replace(/["']/g, '')).test(text);
const PLAIN: ReadonlySet<SyntaxNode['type']> = new Set(['Literal', 'SingleQuoted', 'DoubleQuoted', 'AnsiCQuoted']);

/** The name of the variable that a word is, and nothing else: `$x`, `"${x}"`, `${x:-}`. */
export function soleVariable(word: Word | undefined): string | undefined {
  const match = /^(["']?)\$(?:(\w+|[@*#?])|\{(\w+|[@*])(?::?-)?\})\1$/.exec(word?.text ?? '');
  return match === null || match[1] === "'" ? undefined : (match[2] ?? match[3]);
}

/** Variables that are expanded below a node. */
export function variables(node: SyntaxNode): { readonly name: string; readonly pos: number }[] {
  const found: { name: string; pos: number }[] = [];
  walk(node, (each) => {
    if (each.type === 'SimpleExpansion') found.push({ name: each.text.slice(1), pos: each.pos });
    if (each.type === 'ParameterExpansion') found.push({ name: each.parameter, pos: each.pos });
    return true;
  });
  return found;
}

/** The words after a command's name. */
export const wordsOf = (command: Command): readonly Word[] =>
  command.args.filter((each): each is Word => each.type === 'Word');

/** What runs another command: which words are its own, and which of them take the next one with them. */
const WRAPPERS: ReadonlyMap<string, { readonly own: RegExp; readonly valued?: RegExp }> = new Map([
  ['sudo', { own: /^-|^\w+=/, valued: /^-[ughpCrtTUDR]$|^--(user|group|host|prompt|chdir|chroot|role|type)$/ }],
  ['command', { own: /^-/ }],
  ['exec', { own: /^-/, valued: /^-\w*a$/ }],
  ['nohup', { own: /^-/ }],
  ['env', { own: /^-|=/, valued: /^-[uC]$|^--(unset|chdir)$/ }],
  ['timeout', { own: /^-|^[\d$]/, valued: /^-[ks]$|^--(kill-after|signal)$/ }],
  ['time', { own: /^-/, valued: /^-[of]$/ }],
]);

/** A command as it is meant: its literal name and the words after it. */
export interface Call {
  readonly name: string | undefined;
  readonly args: readonly Word[];
  /** The command that runs it, such as `sudo` or `timeout`. */
  readonly wrappers: readonly string[];
}

export function callOf(command: Command): Call {
  let words: readonly Word[] = command.name === undefined ? [] : [command.name, ...wordsOf(command)];
  const wrappers: string[] = [];
  for (;;) {
    const name = literal(words[0]);
    const own = name === undefined ? undefined : WRAPPERS.get(name);
    if (name === undefined || own === undefined) return { name, args: words.slice(1), wrappers };
    wrappers.push(name);
    words = words.slice(1);
    while (words[0] !== undefined && own.own.test(words[0].text)) {
      words = words.slice(own.valued?.test(words[0].text) === true ? 2 : 1);
    }
  }
}

/** Functions that a script defines, by name. */
export function functionsOf(node: SyntaxNode): Map<string, FunctionNode> {
  return new Map(all(node, 'Function').map((each) => [each.name.text, each]));
}

/** `openstack server create --wait NAME`: the words for the thing, and the verb. */
export interface OpenStackCall {
  readonly thing: string;
  readonly verb: string;
  readonly words: readonly Word[];
}

const VERBS: ReadonlySet<string> = new Set(['create', 'delete', 'list', 'show', 'set', 'unset', 'add', 'remove']);

export function openstackCall({ name, args }: Call): OpenStackCall | undefined {
  if (name !== 'openstack') return undefined;
  const thing: string[] = [];
  for (const [at, word] of args.entries()) {
    const text = literal(word);
    if (text === undefined) return undefined;
    if (thing.length === 0 && (text.startsWith('-') || /^--[^=]+$/.test(args[at - 1]?.text ?? ''))) continue;
    if (thing.length > 0 && VERBS.has(text)) {
      return { thing: thing.join(' '), verb: text, words: args.slice(at + 1) };
    }
    if (!/^[a-z][a-z-]*$/.test(text)) return undefined;
    thing.push(text);
  }
  return undefined;
}
