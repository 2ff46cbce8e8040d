import { at } from '../finding.js';
import type { Plugin } from '../plugin.js';
import type { Reached } from '../reach.js';
import type { Rule } from '../rule.js';

const named = (plugin: Plugin, name: string): Reached[] =>
  plugin.everything.filter((each) => each.name === name && each.args.length >= 2);
const key = ({ args: [space, key] }: Reached): string => `${space?.value} ${key?.value}`;
/** What others keep in their name is theirs to read. */
const own = (plugin: Plugin, { args }: Reached): boolean => plugin.projects.includes(args[0]?.value ?? '');

export const savedNeverRead: Rule = {
  name: 'saved-never-read',
  severity: 'note',
  why: 'It was saved to be compared or deleted after the upgrade, and neither is done.',
  find: (plugin, all) => {
    const read = new Set(all.flatMap((each) => named(each, 'resource_get').map(key)));
    return named(plugin, 'resource_save')
      .filter((each) => own(plugin, each) && !read.has(key(each)))
      .map((each) =>
        at(
          each.source,
          each.command.pos,
          `${each.args[1]?.value} is saved and never read`,
          'Compare it in verify or delete what it names in destroy; otherwise do not save it.',
        ),
      );
  },
};

export const readNeverSaved: Rule = {
  name: 'read-never-saved',
  severity: 'warning',
  why: 'It is empty, or fails the hook, in every run.',
  find: (plugin, all) => {
    const saved = new Set(all.flatMap((each) => named(each, 'resource_save').map(key)));
    return named(plugin, 'resource_get')
      .filter((each) => own(plugin, each) && !saved.has(key(each)))
      .map((each) =>
        at(
          each.source,
          each.command.pos,
          `${each.args[1]?.value} is read and never saved`,
          'Save it in create, or correct its name.',
        ),
      );
  },
};
