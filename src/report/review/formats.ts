import { relative } from 'node:path';
import type { Finding, Severity } from '../../review/finding.js';
import { whyOf } from '../../review/review.js';
import type { Style } from '../style.js';
import { count, listing, neutralise } from '../text.js';

const shown = (file: string | undefined, cwd: string): string => {
  if (file === undefined) return '';
  const path = relative(cwd, file);
  return path.startsWith('../../') ? file : path || '.';
};

/** For people: grouped by file, and at the end why each rule matters, once. */
export function forPeople(findings: readonly Finding[], cwd: string, style: Style): string {
  const lines: string[] = [];
  let file: string | undefined = '';
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
  lines.push(
    ...(rules.length > 0
      ? ['', `${listing(counts)}. To silence one: \`# grenade-ignore RULE: reason\` above its line.`]
      : []),
  );
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

export const asJson = (findings: readonly Finding[], cwd: string): string =>
  `${JSON.stringify(
    findings.map(({ file, ...each }) => ({ ...each, file: shown(file, cwd), why: whyOf(each.rule) })),
    null,
    2,
  )}\n`;

/** Annotations of GitHub's workflow commands. */
export function asGithub(findings: readonly Finding[], cwd: string): string {
  const data = (text: string): string => text.replace(/[%\r\n]/g, encodeURIComponent);
  const property = (text: string): string => text.replace(/[%\r\n:,]/g, encodeURIComponent);
  return findings
    .map(({ severity, file, line, column, rule, message, fix }) => {
      const kind = severity === 'note' ? 'notice' : severity;
      const place = [
        `file=${property(shown(file, cwd))}`,
        `line=${line ?? 1}`,
        `col=${column ?? 1}`,
        `title=${property(rule)}`,
      ];
      return `::${kind} ${place.join(',')}::${data(`${message}. ${fix}`)}\n`;
    })
    .join('');
}

/** SARIF 2.1.0. */
export function asSarif(findings: readonly Finding[], cwd: string, version: string): string {
  const rules = [...new Set(findings.map(({ rule }) => rule))];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'grenade',
            version,
            rules: rules.map((id) => ({ id, shortDescription: { text: whyOf(id) } })),
          },
        },
        results: findings.map(({ rule, severity, message, fix, file, line, column }) => ({
          ruleId: rule,
          ruleIndex: rules.indexOf(rule),
          level: severity,
          message: { text: `${message}. ${fix}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: shown(file, cwd).split('/').map(encodeURIComponent).join('/') },
                region: { startLine: line ?? 1, startColumn: column ?? 1 },
              },
            },
          ],
        })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}
