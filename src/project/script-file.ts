import { closeSync, openSync, readSync } from 'node:fs';

/** Enough for every hook that does nothing; of a larger script only the beginning is looked at. */
const LOOK = 32 * 1024;

/** What a script's first line asks for. */
export interface Interpreter {
  readonly name: string;
  /** Whether `name` is looked up in PATH; otherwise it is a path. */
  readonly lookup: boolean;
}

/** What can be seen of a script without running it. */
export type Script =
  | { readonly kind: 'script'; readonly interpreter: Interpreter; readonly text: string; readonly whole: boolean }
  /** A program that the system starts without an interpreter. */
  | { readonly kind: 'binary' }
  /** The system could not start it. */
  | { readonly kind: 'broken'; readonly message: string; readonly fix: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

const shared = Buffer.allocUnsafe(LOOK);

/** Looks at the script at `path`, shown to people as `shown`. */
export function lookAt(path: string, shown: string): Script {
  let count = 0;
  try {
    const fd = openSync(path, 'r');
    try {
      count = readSync(fd, shared, 0, LOOK, 0);
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    return { kind: 'unreadable', reason: error instanceof Error ? error.message : String(error) };
  }
  if (shared[0] === 0x7f && shared.toString('latin1', 1, Math.min(4, count)) === 'ELF') return { kind: 'binary' };
  const text = shared.toString('utf8', 0, count);
  const end = text.indexOf('\n');
  return judge(text, end === -1 ? text : text.slice(0, end), count < LOOK, shown);
}

function judge(text: string, first: string, whole: boolean, shown: string): Script {
  const broken = (message: string, fix: string): Script => ({ kind: 'broken', message, fix });
  if (text.startsWith('\ufeff#!')) {
    return broken('A byte order mark stands before its #! line', `Run \`sed -i '1s/^\\xEF\\xBB\\xBF//' ${shown}\`.`);
  }
  if (!first.startsWith('#!')) {
    return broken('It has no #! line', 'Make `#!/usr/bin/env bash`, or what else should run it, its first line.');
  }
  if (first.endsWith('\r')) {
    return broken('Its lines end in CR LF, so its interpreter is not found', `Run \`sed -i 's/\\r$//' ${shown}\`.`);
  }
  const words = first.slice(2).trim().split(/\s+/);
  const [program = '', ...rest] = words;
  if (program === '')
    return broken('Its #! line names no interpreter', 'Write `#!/usr/bin/env bash`, or what else should run it.');
  if (!program.startsWith('/')) {
    return broken(
      `Its interpreter \`${program}\` is not an absolute path`,
      'Write its absolute path, or let `#!/usr/bin/env NAME` find it in PATH.',
    );
  }
  const script = (interpreter: Interpreter): Script => ({ kind: 'script', interpreter, text, whole });
  if (!/\/env$/.test(program) || rest.length === 0) return script({ name: program, lookup: false });

  // The kernel hands everything after env over as one argument; only -S takes it apart again.
  const splits = /^(-S|--split-string)/.test(rest[0] ?? '') || /^-[a-z]*S/.test(rest[0] ?? '');
  if (!splits && rest.length > 1) {
    return broken(
      `Its #! line gives env more than one word, which it takes for the one name \`${rest.join(' ')}\``,
      `Write \`#!${program} -S ${rest.join(' ')}\`.`,
    );
  }
  const attached = (rest[0] ?? '').replace(/^(--split-string=?|-[a-z]*S)/, '');
  const tokens = splits ? [attached, ...rest.slice(1)] : rest;
  // What it makes of quotes and variables, and which of its options take the next word, is known only to env.
  const plain = tokens.every((token) => !/["'\\$#]|^-[uCa]$|^--(unset|chdir|argv0)$/.test(token));
  const name = tokens.find((token) => token !== '' && !token.startsWith('-') && !token.includes('='));
  if (!plain || name === undefined) return script({ name: program, lookup: false });
  return script({ name, lookup: !name.includes('/') });
}

/** Commands that change nothing by themselves. */
const IDLE =
  /^(set\s[^$`]*|shopt\s[^$`]*|:|true|exit(\s+0)?|return(\s+0)?|(source|\.)\s+\S*\/(functions|grenaderc)["']?)?$/;

/** Whether there is nothing but comments, blank lines and commands that change nothing. */
export function isIdle(text: string): boolean {
  return withoutComments(text)
    .split(/[\n;]/)
    .every((line) => IDLE.test(line.trim()));
}

/** Whether a script with phases can be seen to do nothing in this one: `phase() { :; }`, or `phase) ;;`. */
export function isIdlePhase(text: string, phase: string): boolean {
  const plain = withoutComments(text);
  const name = `(?:function[ \\t]+${phase}(?:[ \\t]*\\([ \\t]*\\))?|${phase}[ \\t]*\\([ \\t]*\\))`;
  // Up to the first brace: a body with `\${x}` in it ends early, and what is before it is a command.
  const body = new RegExp(`(?:^|\\n)[ \\t]*${name}\\s*\\{([^}]*)\\}`).exec(plain)?.[1];
  if (body !== undefined) return isIdle(body);
  const branches = plain.matchAll(/(?:^|\n|\bin)[ \t]*\(?([\w|"' \t]+)\)((?:(?!;;)[\s\S])*);;/g);
  for (const [, patterns = '', branch = ''] of branches) {
    if (patterns.split('|').some((each) => each.replace(/["'\s]/g, '') === phase)) return isIdle(branch);
  }
  return false;
}

const withoutComments = (text: string): string => text.replace(/^#!.*/, '').replace(/(^|\s)#.*$/gm, '$1');
