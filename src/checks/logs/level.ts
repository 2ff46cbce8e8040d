/** How bad a line says it is: `error` and worse, `debug` and less, or something between; undefined where it says nothing. */
export type Level = 'error' | 'debug' | 'between';

const WORDS: ReadonlyMap<string, Level> = new Map([
  ...['error', 'err', 'crit', 'critical', 'fatal', 'severe', 'panic', 'emerg', 'emergency', 'alert'].map(
    (word): [string, Level] => [word, 'error'],
  ),
  ...['debug', 'trace', 'verbose', 'fine', 'finer', 'finest', 'silly'].map((word): [string, Level] => [word, 'debug']),
  ...['info', 'information', 'notice', 'log', 'warn', 'warning', 'audit', 'hint', 'detail', 'statement', 'context'].map(
    (word): [string, Level] => [word, 'between'],
  ),
]);

const ANY = [...WORDS.keys()].join('|');
/** The places where loggers put it: in brackets, after `level=`, in capitals, or first on the line before a colon. */
const PLACES = [
  new RegExp(String.raw`[[(<](${ANY})[\])>]`, 'i'),
  new RegExp(String.raw`\b(?:level|lvl|severity|loglevel|levelname)["']?\s*[=:]\s*["']?(${ANY})\b`, 'i'),
  new RegExp(String.raw`(?:^|[\s|:[(-])(${ANY.toUpperCase()})(?=[\s\]):|,-]|$)`),
  new RegExp(String.raw`^(?:\d[\d\sTZ:.,/+-]*\s)?(${ANY}):(?=\s|$)`, 'i'),
];
/** As Kubernetes' klog writes it: `E0523 12:00:01.123456`. */
const KLOG = /^([IWEF])\d{4} \d\d:\d\d:\d\d/;
/** A level stands in the head of a line; further on it is a word of the message. */
const HEAD = 160;

export function levelOf(line: string): Level | undefined {
  const head = line.slice(0, HEAD);
  const klog = KLOG.exec(head)?.[1];
  if (klog !== undefined) return klog === 'E' || klog === 'F' ? 'error' : 'between';
  let first: { readonly at: number; readonly level: Level | undefined } | undefined;
  for (const place of PLACES) {
    const found = place.exec(head);
    const word = found?.[1];
    if (found === null || word === undefined) continue;
    const at = found.index + found[0].toLowerCase().lastIndexOf(word.toLowerCase());
    if (first === undefined || at < first.at) first = { at, level: WORDS.get(word.toLowerCase()) };
  }
  return first?.level;
}
