import type { Finding } from './finding.js';
import { RULES } from './rules/index.js';
import type { Source } from './source.js';

/** `# grenade-ignore RULE: reason`, on the line of a finding or in the comment above it. */
interface Silencer {
  readonly source: Source;
  readonly line: number;
  /** Lines whose findings it silences. */
  readonly lines: readonly number[];
  readonly rule: string;
  readonly reason: string;
}

const FORM = /^#+\s*grenade-ignore\b[ \t]*([\w-]*)[ \t]*:?[ \t]*(.*)$/;

/** Takes away what is silenced with a reason; a silencer that has none, or silences nothing, is a finding itself. */
export function silence(findings: readonly Finding[], sources: readonly Source[]): Finding[] {
  const silencers = sources.flatMap(silencersIn);
  const used = new Set<Silencer>();
  const left = findings.filter((finding) => {
    if (finding.severity === 'error') return true; // The run would be refused all the same.
    const by = silencers.find(
      ({ source, lines, rule, reason }) =>
        reason !== '' && rule === finding.rule && source.path === finding.file && lines.includes(finding.line ?? 0),
    );
    if (by !== undefined) used.add(by);
    return by === undefined;
  });
  return [...left, ...silencers.filter((each) => !used.has(each)).map(wrong)];
}

function silencersIn(source: Source): Silencer[] {
  return source.comments.flatMap((comment) => {
    const match = FORM.exec(comment.text);
    if (match === null) return [];
    const lines = [comment.line];
    if (comment.alone) {
      const alone = new Set(source.comments.flatMap((each) => (each.alone ? [each.line] : [])));
      let next = comment.line + 1;
      while (alone.has(next)) next += 1;
      lines.push(next);
    }
    return [{ source, line: comment.line, lines, rule: match[1] ?? '', reason: (match[2] ?? '').trim() }];
  });
}

function wrong({ source, line, rule, reason }: Silencer): Finding {
  const known = RULES.find(({ name }) => name === rule);
  const place = { file: source.path, line, column: 1, severity: 'warning' as const };
  const fix = 'Write `# grenade-ignore RULE: reason` above the line that a finding names, or remove it.';
  if (known === undefined) return { ...place, fix, rule: 'unused-ignore', message: `There is no rule \`${rule}\`` };
  if (known.severity === 'error') {
    return {
      ...place,
      fix,
      rule: 'unused-ignore',
      message: `${rule} cannot be silenced: a run would be refused all the same`,
    };
  }
  if (reason === '')
    return { ...place, fix, rule: 'ignore-without-reason', message: `${rule} is silenced without a reason` };
  return { ...place, fix, rule: 'unused-ignore', message: `This silences nothing: there is no ${rule} here` };
}

/** What the two rules about silencers are there for. */
export const ABOUT_SILENCERS: ReadonlyMap<string, string> = new Map([
  ['ignore-without-reason', 'Whoever reads it next cannot tell whether it still holds.'],
  ['unused-ignore', 'It would hide the next finding there, which nobody has judged.'],
]);
