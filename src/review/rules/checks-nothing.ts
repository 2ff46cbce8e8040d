import { at, type Found } from '../finding.js';
import type { Plugin } from '../plugin.js';
import type { Reached } from '../reach.js';
import type { Rule } from '../rule.js';

const SAYS = /^(:|true|echo|echo_summary|printf|set|local|export|return|exit|cd)$/;

/** A verify with no command that could find anything wrong. */
export const checksNothing: Rule = {
  name: 'checks-nothing',
  severity: 'warning',
  why: 'The run is green whatever became of what was there before the upgrade.',
  find: (plugin) => {
    const source = plugin.hooks.get('resources');
    if (source === undefined) return [];
    if (source.commands.length === 0) {
      return [at(source, 0, `${source.name} holds no command: nothing is created, and nothing is looked for`, FIX)];
    }
    return [...hollow(plugin, 'verify', false), ...hollow(plugin, 'verify_noapi', true)];
  },
};

const FIX = 'Look for what create made, and compare it with what was saved.';

/** Of a phase that is plainly left empty nothing is said where that may have to be: only where it claims something. */
function hollow(plugin: Plugin, phase: 'verify' | 'verify_noapi', unlessSilent: boolean): Found[] {
  const own = plugin.phase(phase).filter(({ own }) => own);
  const says = (each: Reached): boolean => SAYS.test(each.name ?? '') || plugin.defines(each.name ?? '');
  const claims = own.find(({ name }) => name === 'echo' || name === 'echo_summary');
  const first = own.at(-1);
  if (first === undefined || !own.every(says) || (unlessSilent && claims === undefined)) return [];
  const place = claims ?? first;
  const what = claims === undefined ? `${phase} checks nothing` : `${phase} checks nothing and says that it passed`;
  return [at(place.source, place.command.pos, what, FIX)];
}
