/** A line is looked at no further than this: what tells errors apart stands at their beginning. */
const LOOKED_AT = 2000;
/** As long as a pattern gets. */
const LONGEST = 300;

const MONTH = '(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*';
const CLOCK = String.raw`\d\d:\d\d:\d\d(?:[.,:]\d+)?`;
const ZONE = String.raw`(?:\s?(?:Z|UTC|GMT|[A-Z]{2,4}T|[+-]\d\d:?\d\d)\b)?`;

/** What differs between two occurrences of the same thing, and what stands for it. The order counts. */
const VARIABLE: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
  [/\u001b\[[0-9;]*[A-Za-z]/g, ''],
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s'"`<>()[\]{},]+/gi, '<url>'],
  [/\b[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\b/gi, '<id>'],
  [new RegExp(String.raw`\b\d{4}[-/.]\d\d[-/.]\d\d(?:[T _,:]+${CLOCK})?${ZONE}`, 'g'), '<time>'],
  [
    new RegExp(
      String.raw`\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s)?(?:\d{1,2}[ /]${MONTH}|${MONTH}\s+\d{1,2})(?:[ /,]+\d{4})?[ :,]+${CLOCK}(?:\s\d{4}\b)?${ZONE}`,
      'g',
    ),
    '<time>',
  ],
  [new RegExp(String.raw`\b${CLOCK}${ZONE}`, 'g'), '<time>'],
  [
    /(?<![\w.:])(?:\d{1,3}(?:\.\d{1,3}){3}|localhost|\[?(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}\]?)(?::\d+)?(?![\w.]*\w)/gi,
    '<ip>',
  ],
  [/(?<![\w.<>/-])(?:~|\.{1,2})?(?:\/[^\s'"`,;:()[\]{}<>|=/]+)+\/?/g, '<path>'],
  [/(?<![\w<>/-])[\w@.-]+(?:\/[\w@.+-]+)+\.[a-z]\w{0,4}\b/gi, '<path>'],
  [/\b0x[0-9a-f]+\b/gi, '<n>'],
  [/[0-9a-z_-]{8,}/gi, (word) => (isId(word) ? '<id>' : word)],
  [/(?:(?<![\w>])[+-])?\d+(?:[.,]\d+)*/g, '<n>'],
  [/<n>\s?(?:[nuµm]?s|secs?|seconds?|m|mins?|minutes?|h|hours?|[kmgt]?i?b|bytes?)\b/gi, '<n>'],
  [/(<(?:n|id|ip|path|url|time)>)(?:[\s,.:/x-]*\1)+/g, '$1'],
  [/\s+/g, ' '],
];

/** A word of random characters: hexadecimal ones with a digit, or long ones with many digits. */
function isId(word: string): boolean {
  const digits = word.replace(/\D/g, '').length;
  if (digits === 0 || digits === word.length) return false;
  return /^(?:[a-z]+[_-])?[0-9a-f]+$/i.test(word) || (word.length >= 16 && digits >= 4);
}

/** What stands before a message and says when, where and how bad: releases differ in how they write it. */
const HEAD =
  /^(?:[\s|,.:;#*/-]+|<(?:time|n|id)>|\[[^[\]]{0,60}\]|(?:level=)?["']?(?:error|err|crit|critical|fatal|severe|panic|emerg|alert|warn|warning|info|notice|log)\b["']?(?=[\s\]:|-]|$))+/i;

/**
 * What all occurrences of one thing that a service prints have in common: its text without times, ids, numbers,
 * addresses, paths and the head of the line. Taken of a pattern, it is the pattern again.
 */
export function patternOf(text: string): string {
  let pattern = text.slice(0, LOOKED_AT);
  // What was taken away can bring together what is variable again.
  for (let turn = 0; turn < TURNS; turn++) {
    const next = once(pattern);
    if (next === pattern) break;
    pattern = next;
  }
  return pattern;
}

const TURNS = 10;

function once(text: string): string {
  let pattern = text;
  for (const [variable, stand] of VARIABLE) {
    pattern = typeof stand === 'string' ? pattern.replace(variable, stand) : pattern.replace(variable, stand);
  }
  pattern = pattern.trim();
  const bare = pattern.replace(HEAD, '').trim();
  return (bare === '' ? pattern : bare).slice(0, LONGEST).trim();
}
