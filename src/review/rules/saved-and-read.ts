import type { Word } from 'unbash';
import { wildcard } from '../../basics/wildcard.js';
import { type Call, literal } from '../bash.js';
import { at } from '../finding.js';
import type { Plugin } from '../plugin.js';
import type { Reached } from '../reach.js';
import type { Rule } from '../rule.js';

/** `resource_save x id_$i 1`, as `x id_*`: what is expanded may be anything. */
const key = ({ args: [space, key] }: Call): string => [space, key].map((each) => pattern(each)).join(' ');
const keysOf = (plugins: readonly Plugin[], name: string): ReadonlySet<string> =>
  new Set(plugins.flatMap((each) => each.mentions(name)).map(key));

/** Whether what is named so may be one of these. */
function isAmong(name: string, keys: ReadonlySet<string>): boolean {
  if (keys.has(name)) return true;
  const may = wildcard(name);
  return [...keys].some((each) => may.test(each) || wildcard(each).test(name));
}

function pattern(word: Word | undefined): string {
  if (word === undefined) return '';
  return literal(word) ?? word.text.replace(/["']/g, '').replace(EXPANSION, '*');
}
/** An expansion, or from the first that holds another on. */
const EXPANSION = /\$\w+|\$\{\w+\}|[$`].*/gs;

const named = (plugin: Plugin, name: string): Reached[] =>
  plugin.everything.filter((each) => each.name === name && each.args.length >= 2);
/** What others keep in their name is theirs to read. */
const own = (plugin: Plugin, { args }: Reached): boolean => plugin.projects.includes(args[0]?.value ?? '');

export const savedNeverRead: Rule = {
  name: 'saved-never-read',
  severity: 'note',
  why: 'It was saved to be compared or deleted after the upgrade, and neither is done.',
  find: (plugin, all) => {
    const read = keysOf(all, 'resource_get');
    return named(plugin, 'resource_save')
      .filter((each) => own(plugin, each) && !isAmong(key(each), read))
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
    const saved = keysOf(all, 'resource_save');
    return named(plugin, 'resource_get')
      .filter((each) => own(plugin, each) && !isAmong(key(each), saved))
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
