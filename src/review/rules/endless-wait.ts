import { all, callOf } from '../bash.js';
import { at } from '../finding.js';
import type { Rule } from '../rule.js';

/** A loop that sleeps, and knows neither a count nor a time. */
export const endlessWait: Rule = {
  name: 'endless-wait',
  severity: 'warning',
  why: 'When what is waited for never comes, the job is killed by its limit, without a word of what it waited for.',
  find: ({ hooks }) =>
    [...hooks.values()].flatMap((source) =>
      all(source.script, 'While').flatMap((loop) => {
        const sleeps = all(loop.body, 'Command').some((each) => callOf(each).name === 'sleep');
        const bounded = /\(\(|\$\[|\blet\b|SECONDS|\bdate\b|\btimeout\b|\bexpr\b|-(?:lt|le|gt|ge|eq|ne)\b/.test(
          source.of(loop),
        );
        const reads = all(loop.clause, 'Command').some((each) => callOf(each).name === 'read');
        if (!sleeps || bounded || reads) return [];
        return [
          at(source, loop.pos, 'This loop waits without a limit', 'Count the rounds, and die with what was awaited.'),
        ];
      }),
    ),
};
