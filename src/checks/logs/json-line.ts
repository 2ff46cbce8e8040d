import type { Level } from './level.js';

/** A line that is a JSON object, as far as it tells what happened. */
export interface JsonLine {
  readonly level: Level | undefined;
  readonly message: string;
  readonly stack: string | undefined;
}

/** Longer lines are data, and not read. */
const LONGEST = 64 * 1024;

/** What a line of a logger that writes JSON says; undefined when it is no such line. */
export function jsonLine(line: string): JsonLine | undefined {
  if (!line.startsWith('{') || !line.endsWith('}') || line.length > LONGEST) return undefined;
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return undefined;
  }
  const text = (...keys: readonly string[]): string | undefined =>
    keys.map((key) => field(data, key)).find((value): value is string => typeof value === 'string' && value !== '');
  const stack = text(
    'stack',
    'stack_trace',
    'stacktrace',
    'exc_info',
    'exception',
    'traceback',
    'err.stack',
    'error.stack',
  );
  const message = text('message', 'msg', 'err.message', 'error.message', 'error', 'err', 'event') ?? stack ?? line;
  return { level: level(field(data, 'level') ?? field(data, 'severity') ?? field(data, 'levelname')), message, stack };
}

function field(data: unknown, path: string): unknown {
  let value = data;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** By name, or by the numbers of pino and bunyan, where 50 is an error and 20 is for debugging. */
function level(value: unknown): Level | undefined {
  if (typeof value === 'number') return value >= 50 ? 'error' : value <= 20 ? 'debug' : 'between';
  if (typeof value !== 'string') return undefined;
  if (/^(?:err|crit|fatal|panic|emerg|alert|severe|dpanic)/i.test(value)) return 'error';
  return /^(?:debug|trace|verbose)/i.test(value) ? 'debug' : 'between';
}
