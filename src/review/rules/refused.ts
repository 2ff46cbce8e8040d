import type { ErrorRule } from '../../basics/problem.js';
import type { Rule } from '../rule.js';

/** What a native workspace is refused for, found while the hooks are read. */
const refused = (name: ErrorRule, why: string): Rule => ({
  name,
  severity: 'error',
  why,
  find: ({ dir, problems }) =>
    problems.filter(({ rule }) => (rule ?? 'workspace') === name).map((each) => ({ ...each, file: each.file ?? dir })),
});

export const REFUSED: readonly Rule[] = [
  refused('never-called', 'Nobody notices a hook that is not called: the run is green without it.'),
  refused('no-run-bit', 'The hook fails when its turn comes, which may be after everything is down.'),
  refused('cannot-execute', 'The hook fails when its turn comes, which may be after everything is down.'),
  refused('broken-link', 'The hook fails, or is passed over, when its turn comes.'),
  refused('two-for-one-hook', 'Only one of them is called, and which one nobody chose.'),
  refused('syntax', 'The hook fails when its turn comes, which may be after everything is down.'),
  refused('workspace', 'A run would be refused.'),
];
