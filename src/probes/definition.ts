import { parseDuration } from '../basics/duration.js';
import { err, ok, type Result } from '../basics/result.js';
import { isDecodable } from '../basics/url.js';

/** A probe as people write it: in `grenade.yaml`, in a module, or in the words of `register_probe`. */
export interface GivenProbe {
  /** What results call it. */
  readonly name: string;
  /** A URL: up is a status below 400. `{port:NAME}` stands for the port of that name in the run. */
  readonly http?: string;
  /** `HOST:PORT`: up is a connection. `{port:NAME}` stands for a port here too. */
  readonly tcp?: string;
  /** A program and its arguments, run in the project's directory: up is status 0. */
  readonly exec?: readonly string[];
  /** A sample is begun every so often: `100ms` if left out, `1s` for a program. */
  readonly interval?: string;
  /** How long all outages together may last in the phases that count, such as `2s`; `0s` is never. Without it they are only shown. */
  readonly budget?: string;
  /** Names of the phases that count, or `all`; from the first shutdown to the end of the upgrade if left out. */
  readonly during?: readonly string[];
}

/** What a probe asks. Placeholders such as `{port:NAME}` are still in it: ports are only known in a run. */
export type ProbeTarget =
  | { readonly kind: 'http'; readonly url: string }
  | { readonly kind: 'tcp'; readonly address: string }
  | { readonly kind: 'exec'; readonly command: readonly [string, ...string[]] };

/** A probe that makes sense; durations in milliseconds. */
export interface ProbeDefinition {
  readonly name: string;
  readonly target: ProbeTarget;
  readonly intervalMs: number;
  readonly budgetMs?: number;
  readonly during?: readonly string[];
}

/** What is wrong with a probe, and which of its keys says so. */
export interface ProbeFault {
  readonly key: string;
  readonly message: string;
  readonly fix: string;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;
const KINDS = ['http', 'tcp', 'exec'] as const;
const INTERVALS = { http: 100, tcp: 100, exec: 1000 } as const;
/** Samples that are begun more often say nothing about a service, and much about this machine. */
const SHORTEST_INTERVAL = 10;

/** Reads a probe, and finds everything that is wrong with it at once. */
export function readProbe(given: GivenProbe): Result<ProbeDefinition, readonly ProbeFault[]> {
  const faults: ProbeFault[] = [];
  const wrong = (key: keyof GivenProbe, message: string, fix: string): undefined => {
    faults.push({ key, message, fix });
    return undefined;
  };
  const { name, during } = given;
  const called = `probe ${name}`;
  if (!NAME.test(name)) {
    wrong(
      'name',
      `${JSON.stringify(name)} cannot be the name of a probe`,
      'Use letters, digits, `.`, `_` and `-`, a letter or digit first.',
    );
  }
  const kinds = KINDS.filter((kind) => given[kind] !== undefined);
  const kind = kinds[0];
  let target: ProbeTarget | undefined;
  if (kind === undefined)
    wrong(
      'name',
      `${called} asks nothing`,
      'Give it one of `http: URL`, `tcp: HOST:PORT` and `exec: [PROGRAM, ARGUMENT]`.',
    );
  else if (kinds.length > 1)
    wrong(
      kinds[1] ?? kind,
      `${called} asks by ${kinds.join(' and ')} at once`,
      'Keep one of them; make another probe of the other.',
    );
  else target = targetOf(given, (message, fix) => wrong(kind, `${called} ${message}`, fix));

  const duration = (key: 'interval' | 'budget', example: string): number | undefined => {
    const text = given[key];
    if (text === undefined) return undefined;
    return (
      parseDuration(text) ??
      wrong(key, `the ${key} of ${called} is ${JSON.stringify(text)}, which is no duration`, `Write it as ${example}.`)
    );
  };
  const intervalMs = duration('interval', '100ms or 1s') ?? INTERVALS[kind ?? 'http'];
  if (intervalMs < SHORTEST_INTERVAL) {
    wrong(
      'interval',
      `the interval of ${called} is shorter than ${SHORTEST_INTERVAL} ms`,
      'Write for example `100ms`.',
    );
  }
  const budgetMs = duration('budget', '2s, or 0s where it must never be down');
  if (during?.length === 0)
    wrong('during', `${called} counts in no phase`, 'Name a phase (`grenade plan` lists them), or leave `during` out.');
  if (faults.length > 0 || target === undefined) return err(faults);
  return ok({
    name,
    target,
    intervalMs,
    ...(budgetMs === undefined ? {} : { budgetMs }),
    ...(during === undefined ? {} : { during }),
  });
}

function targetOf(given: GivenProbe, wrong: (message: string, fix: string) => undefined): ProbeTarget | undefined {
  const stray = [given.http, given.tcp, ...(given.exec ?? [])].find(
    (text) => text !== undefined && STRAY.test(text.replaceAll(PORT, '')),
  );
  if (stray !== undefined)
    return wrong(
      `has a placeholder that nobody fills: ${stray}`,
      'Write `{port:NAME}` for the port that `free_port NAME` gives.',
    );
  if (given.http !== undefined) {
    const url = given.http;
    return isHttp(fill(url, () => 1))
      ? { kind: 'http', url }
      : wrong(`asks ${JSON.stringify(url)}, which is no URL`, 'Write for example `http://127.0.0.1:{port:web}/`.');
  }
  if (given.tcp !== undefined) {
    const address = given.tcp;
    return splitAddress(fill(address, () => 1)) === undefined
      ? wrong(`asks ${JSON.stringify(address)}, which is no address`, 'Write for example `127.0.0.1:{port:db}`.')
      : { kind: 'tcp', address };
  }
  const [program, ...args] = given.exec ?? [];
  if (program === undefined || program === '')
    return wrong('names no program', 'Write for example `exec: [./is-alive.sh]`.');
  return { kind: 'exec', command: [program, ...args] };
}

/** Reads one probe of a list in a module, of which nothing is known yet. */
export function readUnknownProbe(value: unknown): Result<GivenProbe, ProbeFault> {
  const wrong = (key: string, message: string, fix: string) => err({ key, message, fix });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return wrong('probes', 'a probe is not an object', EXAMPLE);
  }
  const texts: Record<string, string> = {};
  const lists: Record<string, readonly string[]> = {};
  for (const [key, given] of Object.entries(value)) {
    if (given === undefined) continue;
    if (TEXTS.includes(key)) {
      if (typeof given !== 'string')
        return wrong(key, `${key} of a probe is not text`, `Write it in quotes. ${EXAMPLE}`);
      texts[key] = given;
    } else if (LISTS.includes(key)) {
      if (!isTexts(given))
        return wrong(key, `${key} of a probe is not a list of words`, `Write \`${key}: ['…', '…']\`.`);
      lists[key] = given;
    } else {
      return wrong(key, `${key} is not something a probe has`, `It can have ${[...TEXTS, ...LISTS].join(', ')}.`);
    }
  }
  const { name, ...rest } = texts;
  if (name === undefined) return wrong('probes', 'a probe has no name', EXAMPLE);
  return ok({ name, ...rest, ...lists });
}

const TEXTS: readonly string[] = ['name', 'http', 'tcp', 'interval', 'budget'];
const LISTS: readonly string[] = ['exec', 'during'];
const EXAMPLE = "Write for example `{ name: 'web', http: 'http://127.0.0.1:{port:web}/', budget: '2s' }`.";

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

const PORT = /\{port:([A-Za-z0-9_][A-Za-z0-9_.@+-]{0,127})\}/g;
const STRAY = /\{\w+:[^}]*\}/;

function isHttp(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return (url.protocol === 'http:' || url.protocol === 'https:') && isDecodable(url);
}

/** Names of the ports that a text has placeholders for. */
export const portsIn = (text: string): readonly string[] => [...text.matchAll(PORT)].map(([, name = '']) => name);

/** A text with its placeholders filled. */
export const fill = (text: string, port: (name: string) => number): string =>
  text.replaceAll(PORT, (_, name: string) => String(port(name)));

/** Host and port of `HOST:PORT` or `[HOST]:PORT`. */
export function splitAddress(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^\s:/]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port < 1 || port > 65_535 ? undefined : { host, port };
}
