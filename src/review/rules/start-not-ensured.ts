import { at } from '../finding.js';
import type { Rule } from '../rule.js';

const STARTS = /^(start_\w+|\w+_start|run_process)$/;
const ENSURES =
  /^(ensure_services_started|is_service_running|wait_for_\w+|curl|wget|timeout|\w*check\w*|die_unless\w*)$/;

/** An upgrade that starts services and does not look whether they run. */
export const startNotEnsured: Rule = {
  name: 'start-not-ensured',
  severity: 'warning',
  why: 'A service that dies at its start is then found by another project, and blamed on that one.',
  find: (plugin) => {
    const reached = plugin.reached('upgrade');
    const start = reached.find(({ name }) => STARTS.test(name ?? ''));
    const ensured = reached.some(({ name, wrappers }) => ENSURES.test(name ?? '') || wrappers.includes('timeout'));
    if (start === undefined || ensured) return [];
    return [
      at(
        start.source,
        start.command.pos,
        `\`${start.name}\` is called, and nothing makes sure that what it starts runs`,
        'Call ensure_services_started with the names of the services at the end.',
      ),
    ];
  },
};
