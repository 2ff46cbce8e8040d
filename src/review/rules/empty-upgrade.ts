import { at } from '../finding.js';
import type { Rule } from '../rule.js';

/** An `upgrade.sh` of comments alone. */
export const emptyUpgrade: Rule = {
  name: 'empty-upgrade',
  severity: 'warning',
  why: 'The run says that the project was upgraded, and nothing of it was.',
  find: ({ hooks }) => {
    const source = hooks.get('upgrade');
    if (source === undefined || source.commands.length > 0) return [];
    return [
      at(
        source,
        0,
        `${source.name} holds no command: nothing is upgraded`,
        'Upgrade the project in it, or do not register it.',
      ),
    ];
  },
};
