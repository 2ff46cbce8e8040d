import { at } from '../finding.js';
import { once } from '../plugin.js';
import type { Rule } from '../rule.js';

export const noapiAsksApi: Rule = {
  name: 'noapi-asks-api',
  severity: 'warning',
  why: 'Every service is down in this phase, so that the command fails or is spared, and shows nothing.',
  find: (plugin) =>
    once(plugin.phase('verify_noapi'))
      .filter(({ own, name }) => own && name === 'openstack')
      .map(({ source, command }) =>
        at(
          source,
          command.pos,
          'verify_noapi calls `openstack`, which nobody answers while the services are down',
          'Look at the thing itself: a file, a row, a ping.',
        ),
      ),
};
