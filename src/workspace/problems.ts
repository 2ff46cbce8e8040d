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
  if (source === undefined || source.trim() === '') return [];
  const from = Math.max(0, column - 1 - WIDTH / 2);
  const part = source.slice(from, from + WIDTH).replaceAll('\t', ' ');
  const number = String(line);
  return [`  ${number} | ${part}`, `  ${' '.repeat(number.length)} | ${' '.repeat(column - 1 - from)}^`];
}
