import { at } from '../finding.js';
import type { Rule } from '../rule.js';

const STOPS = /^(stop_|.*_stop$|stop$)/;
const ENSURES = /^(ensure_services_stopped|is_service_running|service_stop|pgrep|pidof|systemctl|wait_for_\w+|die)$/;

/** A shutdown that asks services to stop, and does not look whether they did. */
export const shutdownNotEnsured: Rule = {
  name: 'shutdown-not-ensured',
  severity: 'warning',
  why: 'An old process that survives the shutdown answers after the upgrade as healthily as a new one.',
  find: (plugin) => {
    const reached = plugin.reached('shutdown');
    const stop = reached.find(({ name }) => STOPS.test(name ?? ''));
    if (stop === undefined || reached.some(({ name }) => ENSURES.test(name ?? ''))) return [];
    return [
      at(
        stop.source,
        stop.command.pos,
        `\`${stop.name}\` is called, and nothing makes sure that what it stops is gone`,
        'Call ensure_services_stopped with the names of the services at the end.',
      ),
    ];
  },
};
