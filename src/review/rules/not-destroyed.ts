import { openstackCall } from '../bash.js';
import { at } from '../finding.js';
import { once } from '../plugin.js';
import type { Rule } from '../rule.js';

/** What goes with something else that is deleted. */
const GOES_WITH: ReadonlyMap<string, string> = new Map([
  ['recordset', 'zone'],
  ['subnet', 'network'],
  ['rating hashmap field', 'rating hashmap service'],
  ['rating hashmap mapping', 'rating hashmap service'],
]);

/** `openstack keypair create` and no `openstack keypair delete`. */
export const notDestroyed: Rule = {
  name: 'not-destroyed',
  severity: 'warning',
  why: 'What is left over makes the next run on this system fail, or pass with what it did not make.',
  find: (plugin) => {
    const deleted = plugin
      .phase('destroy')
      .flatMap((each) => openstackCall(each) ?? [])
      .filter(({ verb }) => verb === 'delete')
      .map(({ thing }) => thing);
    const gone = (thing: string): boolean =>
      deleted.some((each) => thing === each || thing.startsWith(`${each} `) || GOES_WITH.get(thing) === each);
    const seen = new Set<string>();
    const made = once([...plugin.phase('early_create'), ...plugin.phase('create')]);
    return made.flatMap((each) => {
      const call = openstackCall(each);
      if (call?.verb !== 'create' || gone(call.thing) || seen.has(call.thing)) return [];
      seen.add(call.thing);
      return [
        at(
          each.source,
          each.command.pos,
          `\`openstack ${call.thing} create\` makes what destroy does not delete`,
          `Call \`openstack ${call.thing} delete\` in destroy.`,
        ),
      ];
    });
  },
};
