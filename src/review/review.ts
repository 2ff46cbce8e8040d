import type { Finding } from './finding.js';
import type { Plugin } from './plugin.js';
import { RULES } from './rules/index.js';
import { ABOUT_SILENCERS, silence } from './silence.js';

/** Everything that a reviewer has to say about these plugins, in the order of their files. */
export function review(plugins: readonly Plugin[]): Finding[] {
  return plugins.flatMap((plugin) => {
    const found = RULES.flatMap(({ name, severity, find }) =>
      find(plugin, plugins).map((each): Finding => {
        const { message, fix, file, line, column } = each;
        return {
          rule: name,
          severity,
          message,
          fix,
          file,
          line: line ?? 1,
          ...(column === undefined ? {} : { column }),
        };
      }),
    );
    return silence(found, plugin.sources).sort(
      (a, b) => compare(a.file, b.file) || (a.line ?? 0) - (b.line ?? 0) || compare(a.rule, b.rule),
    );
  });
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Why a rule matters. */
export const whyOf = (rule: string): string =>
  RULES.find(({ name }) => name === rule)?.why ?? ABOUT_SILENCERS.get(rule) ?? '';
