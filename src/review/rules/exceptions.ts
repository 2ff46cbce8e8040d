import { readException } from '../../project/exception-file.js';
import { at } from '../finding.js';
import type { Rule } from '../rule.js';

export const exceptionWithoutReason: Rule = {
  name: 'exception-without-reason',
  severity: 'note',
  why: 'Operators have to do the same by hand, and nobody can tell them why or when it may go.',
  find: ({ exceptions }) =>
    exceptions
      .filter(({ source }) => readException(source.text, '').reason === undefined)
      .map(({ source, direction, release }) =>
        at(
          source,
          0,
          `This exception for an upgrade ${direction} ${release} says nowhere why it is needed`,
          'Say it in a comment.',
        ),
      ),
};

export const exceptionNeverCalled: Rule = {
  name: 'exception-never-called',
  severity: 'warning',
  why: 'The upgrade goes without what it was found to need.',
  find: (plugin) => {
    const names = plugin.mentions('upgrade_project').map(({ args }) => args[0]?.value ?? '');
    if (names.some((name) => name.includes('$'))) return [];
    return plugin.exceptions
      .filter(({ source }) => !names.some((name) => source.name === `upgrade-${name}`))
      .map(({ source }) =>
        at(
          source,
          0,
          `No hook calls upgrade_project for what ${source.name} is named after`,
          'Call `upgrade_project NAME` in upgrade.sh, for a file named upgrade-NAME.',
        ),
      );
  },
};
