import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Finding, Severity } from '../../review/finding.js';
import { whyOf } from '../../review/review.js';
import { annotate } from '../annotation.js';
import type { Style } from '../style.js';
import { count, listing, neutralise } from '../text.js';

const shown = (file: string, cwd: string): string => {
  const path = relative(cwd, file);
  return path.startsWith('../../') ? file : path || '.';
};

/** For people: grouped by file, and at the end why each rule matters, once. */
export function forPeople(findings: readonly Finding[], cwd: string, style: Style): string {
  const lines: string[] = [];
  let file = '';
  for (const each of findings) {
    if (each.file !== file)
      lines.push(...(lines.length > 0 ? [''] : []), style.bold(neutralise(shown(each.file, cwd))));
    file = each.file;
    const colour = { error: style.red, warning: style.yellow, note: style.dim }[each.severity];
    const place = String(each.line ?? '').padStart(5);
    lines.push(`${place}  ${colour(each.severity)} ${style.dim(each.rule)}`);
    lines.push(`       ${neutralise(each.message)}`, `       ${style.dim(neutralise(each.fix))}`);
  }
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  if (rules.length > 0) lines.push('', 'Why it matters', ...rules.map((rule) => `  ${rule}: ${whyOf(rule)}`));
  const number = (severity: Severity): number => findings.filter((each) => each.severity === severity).length;
  const counts = (['error', 'warning', 'note'] as const)
    .filter((each) => number(each) > 0)
    .map((each) => count(number(each), each));
  if (rules.length > 0) {
    const silence = 'To silence one: `# grenade-ignore RULE: reason` above its line.';
    const can = findings.some(({ severity }) => severity !== 'error');
    lines.push('', `${listing(counts)}.${can ? ` ${silence}` : ''}`);
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

export const asJson = (findings: readonly Finding[], cwd: string): string =>
  `${JSON.stringify(
    findings.map(({ file, ...each }) => ({ ...each, file: shown(file, cwd), why: whyOf(each.rule) })),
    null,
    2,
  )}\n`;

/** Annotations of GitHub's workflow commands, for files below `root`. */
export const asGithub = (findings: readonly Finding[], root: string): string =>
  findings
    .map(({ severity, file, line = 1, column = 1, rule, message, fix }) => {
      const level = severity === 'note' ? 'notice' : severity;
      const text = neutralise(`${message}. ${fix}`);
      return `${annotate({ level, title: rule, text, at: { file, line, column } }, root)}\n`;
    })
    .join('');

/** SARIF 2.1.0, with all that GitHub's code scanning asks for. Files below `root` are named from there. */
export function asSarif(findings: readonly Finding[], root: string, version: string): string {
  const rules = [...new Map(findings.map(({ rule, severity }) => [rule, severity]))];
  const index = new Map(rules.map(([id], at) => [id, at]));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'grenade', version, rules: rules.map(describe) } },
        columnKind: 'utf16CodeUnits',
        results: findings.map(({ rule, severity, message, fix, file, line = 1, column = 1 }) => ({
          ruleId: rule,
          ruleIndex: index.get(rule),
          level: severity,
          message: { text: `${message}. ${fix}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: uriOf(file, root) },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function describe([id, level]: readonly [string, Severity]) {
  const why = whyOf(id);
  const help =
    level === 'error'
      ? `${why} A native workspace is refused for it.`
      : `${why} To silence it where it does not hold, write \`# grenade-ignore ${id}: reason\` above the line.`;
  return {
    id,
    shortDescription: { text: why },
    fullDescription: { text: why },
    help: { text: help },
    defaultConfiguration: { level },
  };
}

function uriOf(file: string, root: string): string {
  const path = relative(root, file);
  if (path === '' || path === '..' || path.startsWith('../')) return pathToFileURL(file).href;
  return path.split('/').map(encodeURIComponent).join('/');
}
