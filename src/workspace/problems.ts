import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Problem } from '../basics/problem.js';

/**
 * A problem for people: `path:line:column  message`, the line it is about with a caret under the place, and the fix.
 * `text` is the content of the problem's file, where it is at hand.
 */
export function formatProblem(problem: Problem, cwd: string, text?: string): string {
  const { file, line, column, message, fix } = problem;
  const path = file === undefined ? undefined : shown(file, cwd);
  const place = [path, ...(path === undefined ? [] : [line, line === undefined ? undefined : column])]
    .filter((part) => part !== undefined)
    .join(':');
  const [first = '', ...more] = message.split('\n');
  return [
    place === '' ? first : `${place}  ${first}`,
    ...more.map((each) => `  | ${each}`),
    ...excerpt(text, line, column),
    `  ${fix}`,
  ].join('\n');
}

/** All problems for people, each with the line that it is about, and a blank line between them. */
export function formatProblems(problems: readonly Problem[], cwd: string): string {
  const texts = new Map<string, string | undefined>();
  const textOf = (file: string): string | undefined => {
    if (!texts.has(file)) texts.set(file, readText(file));
    return texts.get(file);
  };
  return problems
    .map((each) => formatProblem(each, cwd, each.file === undefined ? undefined : textOf(each.file)))
    .join('\n\n');
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // A directory, or gone since: then there is no line to show.
  }
}

/** From here, unless that leads far away. */
function shown(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path === '' || path.startsWith('../../') ? file : path;
}

/** Enough of a line that the caret is seen with what stands around it. */
const WIDTH = 100;

function excerpt(text: string | undefined, line: number | undefined, column: number | undefined): string[] {
  if (text === undefined || line === undefined || column === undefined) return [];
  const source = text.split('\n')[line - 1]?.replace(/\r$/, '');
  // A line that names a secret is likely to hold it.
  if (source === undefined || source.trim() === '' || /PASSWORD|SECRET|TOKEN/i.test(source)) return [];
  const from = Math.max(0, column - 1 - WIDTH / 2);
  const part = source.slice(from, from + WIDTH).replaceAll('\t', ' ');
  const number = String(line);
  return [`  ${number} | ${part}`, `  ${' '.repeat(number.length)} | ${' '.repeat(column - 1 - from)}^`];
}
