import { literal } from '../bash.js';
import { at } from '../finding.js';
import type { Rule } from '../rule.js';

/** `register_db_to_save nova-api`. */
export const databaseName: Rule = {
  name: 'database-name',
  severity: 'warning',
  why: 'A database that is not found is not saved, and nobody is told.',
  find: (plugin) =>
    plugin
      .inSettings(/^register_db_to_save$/)
      .flatMap(({ source, args }) =>
        args
          .filter((each) => literal(each)?.includes('-') === true)
          .map((each) =>
            at(
              source,
              each.pos,
              `No database of DevStack is named ${each.value}: their names are written with _`,
              `Write ${each.value.replaceAll('-', '_')}.`,
            ),
          ),
      ),
};
