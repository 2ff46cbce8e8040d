import { wildcard } from './wildcard.js';

/** What stands where a secret was. */
const MASKED = '***';

/** Names whose values are secret without anybody saying so. */
const ALWAYS = ['*PASSWORD*', '*SECRET*', '*TOKEN*'];

/** Shorter values are words: masking every `1` or `on` in a log would hide the log. */
const SHORTEST = 4;

/** A password in a URL, up to the last @ before the path: `postgres://user:PASSWORD@host/db`. */
const URL_PASSWORD = /([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@'"]*):([^\s/'"]+)@/gi;

/** The other place where libpq and others take it from: `postgres://host/db?user=me&password=PASSWORD`. */
const QUERY_PASSWORD = /([?&](?:ssl)?password=)[^\s&'"]+/gi;

/** Whether a variable or key of this name holds a secret; `*` in a pattern is any text, upper and lower case are one. */
export function isSecretName(name: string, patterns: readonly string[]): boolean {
  return [...ALWAYS, ...patterns].some((pattern) => wildcard(pattern, 'i').test(name));
}

/**
 * A function that hides secrets in text which leaves a step's raw log: the values given, line by line, and passwords
 * in URLs.
 */
export function makeMask(secrets: Iterable<string>): (text: string) => string {
  const values = [...new Set([...secrets].flatMap((value) => [value, ...value.split('\n')]))]
    .map((value) => value.trim())
    .filter((value) => value.length >= SHORTEST)
    // The longest first: one secret may contain another.
    .sort((a, b) => b.length - a.length);
  return (text) => {
    let masked = text;
    // What most text cannot hold costs only a look for the part that never varies.
    if (text.includes('://')) masked = masked.replace(URL_PASSWORD, `$1:${MASKED}@`);
    if (text.includes('=')) masked = masked.replace(QUERY_PASSWORD, `$1${MASKED}`);
    for (const value of values) masked = masked.replaceAll(value, MASKED);
    return masked;
  };
}
