import { openstackCall } from '../bash.js';
import { at } from '../finding.js';
import { once } from '../plugin.js';
import type { Rule } from '../rule.js';

/** `openstack object list C` in verify, with nobody reading what it prints. */
export const listProvesNothing: Rule = {
  name: 'list-proves-nothing',
  severity: 'warning',
  why: 'A list succeeds when it is empty, so that the loss of everything in it goes unnoticed.',
  find: (plugin) =>
    once(plugin.phase('verify'))
      .filter((each) => each.own && !each.taken && openstackCall(each)?.verb === 'list')
      .map((each) =>
        at(
          each.source,
          each.command.pos,
          `\`openstack ${openstackCall(each)?.thing} list\` passes also when nothing is listed`,
          'Show the one that create made, or compare what is listed.',
        ),
      ),
};
