/** What the author of a per-release exception says of it. */
export interface ExceptionFile {
  /** 1-based line of the function that is called. */
  readonly line: number;
  /** The first comment that says something, in one line; undefined when none does. */
  readonly reason: string | undefined;
}

/** Reads `from-R/upgrade-NAME` or `within-R/upgrade-NAME`; nothing of it is executed. */
export function readException(text: string, project: string): ExceptionFile {
  const lines = text.split('\n');
  const at = lines.findIndex((line) => {
    const [, one, other] = /^\s*(?:function\s+([^\s(]+)|([^\s(]+)\s*\(\))/.exec(line) ?? [];
    return (one ?? other) === `configure_${project}_upgrade`;
  });
  return { line: at + 1 || 1, reason: paragraphs(lines).find(tells) };
}

/** A reason is not longer than what people read in a report. */
const LONGEST = 400;
/** Fewer than three words name a thing and give no reason. */
const tells = (text: string): boolean =>
  /(?:[\p{L}\p{N}_]+[^\p{L}\p{N}_]+){2}[\p{L}\p{N}_]+/u.test(text) && !LICENCE.test(text);
const LICENCE = /\bcopyright\b|\blicen[sc]e\b|SPDX|\bwarrant(?:y|ies)\b/i;
/** What is written for programs. */
const DIRECTIVE = /^(?:!|\s*(?:shellcheck\s|vim?:|-\*-))/;

/** Paragraphs of comments that stand on lines of their own, each as one line of text. */
function paragraphs(lines: readonly string[]): string[] {
  const found: string[] = [];
  let open = '';
  const close = (): void => {
    if (open !== '') found.push(open.length > LONGEST ? `${open.slice(0, LONGEST - 3).trimEnd()}...` : open);
    open = '';
  };
  for (const line of lines) {
    const comment = /^\s*#(.*)$/.exec(line)?.[1];
    const words = comment === undefined || DIRECTIVE.test(comment) ? '' : comment.replace(/^[#\s]+/, '').trim();
    if (words === '') close();
    else open = open === '' ? words : `${open} ${words}`;
  }
  close();
  return found;
}
