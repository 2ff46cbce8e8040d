import { readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';

/** A line of the user's own source. */
export interface Place {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** What was thrown, for people. */
export interface Thrown {
  /** Its first line: what went wrong. */
  readonly title: string;
  /** All that it says, without the frames of harness and platform. */
  readonly text: string;
  /** The innermost frame that the user wrote, if the stack has one. */
  readonly place?: Place;
}

/** Our own files, whether bundled together or lying in `src/project/`, and the libraries that load and run a module. */
const OURS = [fileURLToPath(new URL('.', import.meta.url))];

/** Errors whose message stands on its own: their class would tell the reader nothing. */
const PLAIN = new Set(['Error', 'AssertionError', 'CommandError', 'ServiceError', 'HookError']);

/** Reads whatever a module threw, `Error` or not. `home` is the directory of the module. */
export function readThrown(thrown: unknown, home: string): Thrown {
  if (!(thrown instanceof Error)) {
    const title = `it threw ${describeValue(thrown)}, which is no Error`;
    return { title, text: title };
  }
  const parse = /^ParseError: ([\s\S]*?)\s*\n\s*(\/.*):(\d+):\d+\s*$/.exec(thrown.message);
  if (parse !== null) {
    const [, what = '', file = '', line = ''] = parse;
    const title = `SyntaxError: ${what.replace(/ \(\d+:\d+\)$/, '')}`;
    return { title, text: title, place: { file, line: Number(line) } };
  }
  const message = thrown.message.replace(/\nRequire stack:[\s\S]*$/, '');
  const named = PLAIN.has(thrown.name) ? message : `${thrown.name}: ${message}`;
  const full = named === '' ? 'it threw an Error that says nothing' : named;
  const frames = framesOf(thrown).filter(({ file }) => isUsers(file, home));
  const trail = frames.map(({ file, line }) => `    at ${file}:${line}`);
  const cause = thrown.cause === undefined ? [] : [`caused by: ${readThrown(thrown.cause, home).text}`];
  const place = frames[0];
  return {
    title: firstWords(full),
    text: [full, ...trail, ...cause].join('\n'),
    ...(place === undefined ? {} : { place }),
  };
}

/** Where the code runs that called us, as far as the user wrote it. */
export function callingPlace(home: string): Place | undefined {
  return framesOf(new Error()).find(({ file }) => isUsers(file, home));
}

/** The first line, and of one that only announces what comes (`Expected values to be equal:`) what came too. */
function firstWords(text: string): string {
  const [first = '', ...rest] = text.split('\n').filter((line) => line.trim() !== '' && line !== '+ actual - expected');
  return first.endsWith(':') ? [first, ...rest.slice(0, 2).map((line) => line.trim())].join(' ') : first;
}

function framesOf(error: Error): Place[] {
  return (error.stack ?? '').split('\n').flatMap((line) => {
    const frame = /^\s+at (?:.*?\()?(?:async )?((?:file:\/\/)?\/.*?):(\d+):\d+\)?$/.exec(line);
    if (frame === null) return [];
    const [, where = '', at = ''] = frame;
    return [{ file: where.startsWith('file:') ? fileURLToPath(where) : where, line: Number(at) }];
  });
}

function isUsers(file: string, home: string): boolean {
  // A workspace may itself lie in somebody's node_modules.
  const from = file.startsWith(`${home}/`) ? home.length : 0;
  return !file.includes('/node_modules/', from) && !OURS.some((directory) => file.startsWith(directory));
}

function describeValue(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/**
 * The line on which a function begins, asked of V8: for what was thrown so far from the hook that its stack knows
 * nothing of it.
 */
export function placeOfFunction(file: string, value: unknown): Place {
  let line = 1;
  const session = new Session();
  session.connect();
  try {
    Object.defineProperty(globalThis, LOOKED_AT, { value, configurable: true });
    // Answers come before `post` returns: the session is in this very thread.
    session.post('Runtime.evaluate', { expression: LOOKED_AT }, (_, answer) => {
      const objectId = answer?.result.objectId;
      if (objectId === undefined) return;
      session.post('Runtime.getProperties', { objectId }, (_error, properties) => {
        const location: unknown = properties?.internalProperties?.find((one) => one.name === '[[FunctionLocation]]')
          ?.value?.value;
        if (typeof location === 'object' && location !== null && 'lineNumber' in location)
          line = Number(location.lineNumber) + 1;
      });
    });
  } finally {
    Reflect.deleteProperty(globalThis, LOOKED_AT);
    session.disconnect();
  }
  return { file, line };
}

const LOOKED_AT = '__grenadeLooksAt';

/** The first line on which a key stands in a source, below the line of another if one is given; or line 1. */
export function placeOfKey(file: string, key: string | undefined, within?: string): Place {
  let lines: readonly string[] = [];
  try {
    lines = readFileSync(file, 'utf8').split('\n');
  } catch {
    // Without its source the file alone has to do.
  }
  const lineOf = (wanted: string, after: number): number => {
    const escaped = wanted.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    const stands = new RegExp(`(?:^|[\\s{,'"*])${escaped}(?:['"]?\\s*[:(,}]|\\s|$)`);
    return lines.findIndex((text, at) => at >= after && stands.test(text));
  };
  const after = within === undefined ? 0 : Math.max(lineOf(within, 0), 0);
  return { file, line: key === undefined ? 1 : Math.max(lineOf(key, after), 0) + 1 };
}
