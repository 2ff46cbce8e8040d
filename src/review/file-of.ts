import { dirname, isAbsolute, join, normalize } from 'node:path';
import type { Command, ParsedScript, Word, WordPart } from 'unbash';
import { all, callOf, literal } from './bash.js';
import type { Source } from './source.js';

/** The file that `source FILE` reads, where its path can be told from where the project's files lie alone. */
export function sourcedFile(command: Command, source: Source, dir: string): string | undefined {
  const { name, args } = callOf(command);
  const [file] = args;
  if (!SOURCES.has(name ?? '') || file === undefined) return undefined;
  const path = new Paths(source, dir).of(file);
  return path !== undefined && isAbsolute(path) ? normalize(path) : undefined;
}

const SOURCES: ReadonlySet<string> = new Set(['source', '.', 'source_quiet']);

/** What words come to in a script of the project in `dir`; undefined where that hangs on anything else. */
class Paths {
  readonly #source: Source;
  readonly #dir: string;
  /** Variables whose values are being asked for: one may be made of itself. */
  readonly #asked = new Set<string>();

  constructor(source: Source, dir: string) {
    this.#source = source;
    this.#dir = dir;
  }

  of(word: Word | undefined): string | undefined {
    if (word === undefined) return undefined;
    return word.parts === undefined ? word.value : this.#joined(word.parts);
  }

  #joined(parts: readonly WordPart[]): string | undefined {
    const values = parts.map((each) => this.#part(each));
    return values.includes(undefined) ? undefined : values.join('');
  }

  #part(part: WordPart): string | undefined {
    switch (part.type) {
      case 'Literal':
      case 'SingleQuoted':
        return part.value;
      case 'DoubleQuoted':
        return this.#joined(part.parts);
      case 'SimpleExpansion':
        return this.#variable(part.text.slice(1));
      case 'ParameterExpansion': {
        const { operation, parameter, index } = part;
        if (parameter === 'GITDIR') return this.#repository(literal(index));
        const value = this.#variable(parameter);
        if (operation === undefined) return value;
        if (operation.type === 'Default') return value ?? this.of(operation.operand);
        if (operation.type === 'Remove' && operation.operator === '%' && operation.operand.text === '/*') {
          return value === undefined ? undefined : dirname(value);
        }
        return undefined;
      }
      case 'CommandExpansion':
        return this.#printed(part.script);
      default:
        return undefined;
    }
  }

  #variable(name: string): string | undefined {
    if (name === '0') return join(this.#dir, 'hook'); // Whichever it is, it lies there.
    if (name === 'BASH_SOURCE') return this.#source.path;
    if (name === 'PROJECT_DIR') return this.#dir;
    if (this.#asked.has(name)) return undefined;
    this.#asked.add(name);
    const values = all(this.#source.script, 'Assignment').flatMap((each) =>
      each.name === name && each.value.type === 'Word' && each.append !== true ? (this.of(each.value) ?? []) : [],
    );
    this.#asked.delete(name);
    return values.at(-1);
  }

  /** Where DevStack cloned a project: here it is the one that this plugin belongs to. */
  #repository(name: string | undefined): string | undefined {
    const root = /^(.*)\/devstack\/upgrade$/.exec(this.#dir)?.[1];
    return name !== undefined && root?.endsWith(`/${name}`) ? root : undefined;
  }

  /** `dirname X`, `readlink -f X`, `cd X && pwd`. */
  #printed(script: ParsedScript | undefined): string | undefined {
    const [first] = script === undefined ? [] : all(script, 'Command').map(callOf);
    const at = first?.args.at(-1);
    if (first?.name === 'dirname') {
      const path = this.of(at);
      return path === undefined ? undefined : dirname(path);
    }
    return ['cd', 'readlink', 'realpath'].includes(first?.name ?? '') ? this.of(at) : undefined;
  }
}
