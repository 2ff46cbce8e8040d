import { unreachable } from '../../basics/unreachable.js';
import type { LogKind } from '../../journal/event.js';
import { jsonLine } from './json-line.js';
import { levelOf } from './level.js';
import { patternOf } from './pattern.js';

/** Lines of a log that tell of one thing: an error with its stack, a deprecation with the place it speaks of. */
export interface Block {
  readonly kind: LogKind;
  readonly pattern: string;
  readonly text: string;
  /** 1-based line and byte where it begins. */
  readonly line: number;
  readonly offset: number;
}

/** How much of a block is kept: its first lines, and of longer ones the last. */
const FIRST = 24;
const LAST = 8;
const WIDEST = 500;
/** A stack that is longer has no end: what follows is looked at for itself. */
const LONGEST = 2000;

const PYTHON = /(?:^|[\s|+])(?:Exception Group )?Traceback \(most recent call last\):\s*$/;
const THROWN = /^[A-Za-z_][\w.]*(?::|\s*$)/;
const CHAINED = /^(?:During handling of the above exception|The above exception was the direct cause)/;
const GO = /^(?:panic: |fatal error: )/;
const GO_STACK =
  /^(?:goroutine \d+ |created by |exit status \d|\[signal |panic\(|\[recovered\]|rax |r\w\w? +0x|[\w./*()$·\-[\]]+\(.*\)$)/;
const RUST = /^thread '.*' (?:\(\d+\) )?panicked at /;
const RUST_STACK = /^(?:note: run with|stack backtrace:)/;
/** `TypeError: …`, `java.io.IOException: …`, `Uncaught Error [ERR_X]: …`, alone on its line. */
const EXCEPTION =
  /^(?:Uncaught |Unhandled |Exception in thread "[^"]*" |\[)?(?:[\w$]+\.)*[\w$]*(?:Error|Exception|Throwable|Interrupt|Exit)\b(?: \[\w+\])?(?::|\s*$)/;
const QUALIFIED = /^[\w$]+\.[\w$.]+(?::|\s*$)/;
const CAUSE = /^(?:Caused by|Suppressed): /;
/** What belongs to what stands before it, though it is not indented. */
const TAIL =
  /^(?:[}\])][\s,;})\]]*$|Caused by: |Suppressed: |Node\.js v\d|Emitted 'error' event|\(Use `?node --trace|\(Background on this error|\[SQL: |\[parameters: )/;
/** PostgreSQL says on lines of their own what an error is about. */
const POSTGRES = /\s(?:DETAIL|HINT|STATEMENT|CONTEXT|QUERY|LOCATION): {2}/;
/** Of a line without a level: what no program says when all is well. */
const PLAIN_ERROR = [
  /^(?:[\w./()[\]-]{1,60}: )*(?:fatal |internal |uncaught )?(?:error|exception|critical)(?: \[?\w+\]?)?\s*[:!]/i,
  /\b(?:segmentation fault|core dumped|out of memory|stack smashing detected|unhandled (?:promise )?rejection|uncaught exception|cannot find module|undefined symbol)\b/i,
  /\bassertion\b.{0,80}\bfailed\b/i,
  /\berror (?:while|when|in|at|during|connecting|reading|writing|opening|loading|starting|occurred)\b/i,
];
const NO_ERROR = /\b(?:no|0|zero|without|any)\s+(?:\w+\s+)?errors?\b/i;
/** `error: null`, as programs print their objects; in capitals it is a level. */
const EMPTY_ERROR = /\b[eE]rrors?["']?\s*[:=]\s*["']?(?:null|[Nn]one|nil|undefined|[Ff]alse|no|0)["']?[,;.]?\s*$/;
const DEPRECATED = /\bdeprecat(?:ed|ion|es)\b|(?:Deprecation|Future)Warning\b|\[DEP0\d{3}\]/i;

/** Whether a line may begin a block. Most do not, and are looked at no further. */
export const MAY_BEGIN =
  /err|exception|fatal|panic|traceback|crit|deprecat|futurewarning|severe|alert|emerg|throwable|fault|dumped|memory|smash|reject|cannot find|undefined sym|assert|^[EF]\d{4} |"level":\s*[5-9]\d\b/i;

interface Open {
  readonly kind: LogKind;
  readonly way: 'plain' | 'python' | 'go' | 'rust';
  /** What stands before each line of a traceback that a logger wrote line by line. */
  readonly prefix: string;
  readonly head: string;
  readonly line: number;
  readonly offset: number;
  exception: string | undefined;
  /**
   * Where in a traceback of Python's: `begun ──frame──► frames ──exception──► thrown ──During handling …──► chained`,
   * and from there to `begun` again.
   */
  at: 'begun' | 'frames' | 'thrown' | 'chained';
  /** Whether a frame of a stack was seen. */
  stack: boolean;
  readonly first: string[];
  readonly last: string[];
  lines: number;
  /** Empty lines that belong to it if what follows does. */
  held: number;
}

/** Puts the lines of a log together into blocks, one line at a time. It holds no more than one block. */
export class BlockReader {
  #open: Open | undefined;
  readonly #emit: (block: Block) => void;

  constructor(emit: (block: Block) => void) {
    this.#emit = emit;
  }

  /** Whether it waits for what may belong to the last block; otherwise lines that may not begin one can be left out. */
  get inside(): boolean {
    return this.#open !== undefined;
  }

  push(raw: string, line: number, offset: number): void {
    const text = bare(raw);
    if (this.#open !== undefined) {
      if (this.#goesOn(this.#open, text)) return;
      const taken = takenAlong(this.#open, text);
      if (taken !== undefined) {
        this.#open = taken;
        return;
      }
      this.end();
    }
    if (MAY_BEGIN.test(text)) this.#open = begin(text, line, offset);
  }

  /** What follows is of something else. */
  end(): void {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const left = open.lines - open.first.length - open.last.length;
    const text = [...open.first, ...(left > 0 ? [`… ${left} more lines …`] : []), ...open.last].join('\n');
    const kind = open.stack && open.kind === 'error' ? 'traceback' : open.kind;
    this.#emit({ kind, pattern: patternOfBlock(open), text, line: open.line, offset: open.offset });
  }

  #goesOn(open: Open, text: string): boolean {
    if (open.lines >= LONGEST) return false;
    if (open.prefix !== '' && !text.startsWith(open.prefix.trimEnd())) return false;
    const line = text.slice(open.prefix.length);
    if (line.trim() === '') {
      open.held += 1;
      return open.held <= 2;
    }
    if (!belongs(open, line)) return false;
    for (; open.held > 0; open.held -= 1) keep(open, '');
    keep(open, text);
    return true;
  }
}

function begin(text: string, line: number, offset: number): Open | undefined {
  const made = (kind: LogKind, more: Partial<Open> = {}): Open => {
    const open: Open = {
      kind,
      way: 'plain',
      prefix: '',
      head: text,
      exception: undefined,
      at: 'begun',
      stack: false,
      line,
      offset,
      first: [],
      last: [],
      lines: 0,
      held: 0,
      ...more,
    };
    keep(open, text);
    return open;
  };
  const at = pythonAt(text);
  if (at !== undefined)
    return made('error', { way: 'python', prefix: text.slice(0, at), head: text.slice(at), stack: true });
  if (GO.test(text)) return made('error', { way: 'go' });
  if (RUST.test(text)) return made('error', { way: 'rust', stack: true });
  if (EMPTY_ERROR.test(text)) return undefined;
  const json = jsonLine(text);
  const level = json === undefined ? levelOf(text) : json.level;
  const head = json?.message ?? text;
  if (level === 'error') return made('error', { head, stack: json?.stack !== undefined });
  if (level === 'debug') return undefined;
  if (DEPRECATED.test(head)) return made('deprecation', { head });
  if (level !== undefined || json !== undefined) return undefined;
  if (EXCEPTION.test(text)) return made('error', { exception: text });
  return PLAIN_ERROR.some((words) => words.test(text)) && !NO_ERROR.test(text) ? made('error') : undefined;
}

/** A traceback that a logger writes below its own line belongs to that line. */
function takenAlong(open: Open, text: string): Open | undefined {
  if (open.kind !== 'error' || open.way !== 'plain' || open.stack || open.lines > 1) return undefined;
  const at = pythonAt(text);
  if (at === undefined) return undefined;
  const joined: Open = { ...open, way: 'python', prefix: text.slice(0, at), stack: true, held: 0 };
  keep(joined, text);
  return joined;
}

/** Where in a line Python's traceback begins. */
function pythonAt(text: string): number | undefined {
  if (!PYTHON.test(text)) return undefined;
  const at = text.search(/(?:Exception Group )?Traceback \(most/);
  // Groups of exceptions are drawn with bars, which are no logger's.
  return /^[\s|+]*$/.test(text.slice(0, at)) ? 0 : at;
}

function belongs(open: Open, line: string): boolean {
  const indented = /^[ \t]/.test(line);
  if (open.way === 'python') return belongsToTraceback(open, line, indented);
  if (open.held > 0 && open.way === 'plain') {
    // After an empty line only what cannot stand alone.
    return CAUSE.test(line) || /^(?:Node\.js v\d|Emitted 'error' event)/.test(line);
  }
  if (open.way === 'go' && (indented || GO_STACK.test(line))) {
    open.stack = true;
    return true;
  }
  if (open.way === 'rust' && open.lines === 1 && !indented) {
    open.exception = line;
    return true;
  }
  if (open.way === 'rust' && (indented || RUST_STACK.test(line))) return true;
  if (/^\s+at .*[\w>)]\s*(?:\{)?$/.test(line) || /^\s+\.\.\. \d+ (?:more|common)/.test(line)) {
    open.stack = true;
    return true;
  }
  if (indented || TAIL.test(line)) {
    if (CAUSE.test(line)) open.exception = line;
    return true;
  }
  if (POSTGRES.test(line.slice(0, 120))) return true;
  // Below the line of a logger stands what was thrown, by its full name; a bare `Error:` can be another's.
  if (open.kind === 'error' && open.lines === 1 && QUALIFIED.test(line) && EXCEPTION.test(line)) {
    open.exception = line;
    return true;
  }
  return false;
}

function belongsToTraceback(open: Open, line: string, indented: boolean): boolean {
  if (indented) {
    if (open.at === 'begun') open.at = 'frames';
    return true;
  }
  switch (open.at) {
    case 'begun':
      return false;
    case 'frames':
      if (open.held > 0 || !THROWN.test(line)) return false;
      open.at = 'thrown';
      open.exception = line;
      return true;
    case 'thrown':
      if (CHAINED.test(line)) open.at = 'chained';
      return open.at === 'chained' || TAIL.test(line);
    case 'chained':
      if (!PYTHON.test(line)) return false;
      open.at = 'begun';
      return true;
    default:
      return unreachable(open.at);
  }
}

/** By what was thrown, and by what the logger said of it where that is more. Never by frames: code moves. */
function patternOfBlock({ head, exception }: Open): string {
  const said = PYTHON.test(head) && exception !== undefined ? '' : patternOf(head);
  const thrown = exception === undefined ? '' : patternOf(exception);
  if (said.includes(thrown)) return said;
  return thrown.includes(said) ? thrown : `${said} · ${thrown}`;
}

function keep(open: Open, text: string): void {
  const line = text.length > WIDEST ? `${text.slice(0, WIDEST)}…` : text;
  open.lines += 1;
  if (open.first.length < FIRST) open.first.push(line);
  else {
    open.last.push(line);
    if (open.last.length > LAST) open.last.shift();
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colours
const COLOURS = /\u001b\[[0-9;]*[A-Za-z]/g;

/** Without colours and what ends a line on another system. */
const bare = (line: string): string => (line.includes('\u001b') ? line.replace(COLOURS, '') : line).replace(/\r$/, '');
