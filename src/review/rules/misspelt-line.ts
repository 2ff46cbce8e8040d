import { distance } from 'fastest-levenshtein';
import { callOf, soleVariable } from '../bash.js';
import { at } from '../finding.js';
import type { Rule } from '../rule.js';

/** `die $LINO "message"`. */
export const misspeltLine: Rule = {
  name: 'misspelt-line',
  severity: 'warning',
  why: 'Where the hook gave up is what is looked for first in a failed run, and the failure says it wrong.',
  find: ({ sources }) =>
    sources.flatMap((source) =>
      source.commands.flatMap((command) => {
        const { name, args } = callOf(command);
        const variable = name === 'die' || name === 'warn' ? soleVariable(args[0]) : undefined;
        if (variable === undefined || variable === 'LINENO' || args.length < 2) return [];
        if (distance(variable.toUpperCase(), 'LINENO') > 2) return [];
        return [
          at(
            source,
            args[0]?.pos ?? command.pos,
            `\`${name}\` is given $${variable} for the line, a variable that does not exist`,
            'Write $LINENO.',
          ),
        ];
      }),
    ),
};
