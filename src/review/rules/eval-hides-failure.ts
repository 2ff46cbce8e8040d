import type { Command } from 'unbash';
import { all, callOf, literal } from '../bash.js';
import { at, type Found } from '../finding.js';
import type { Rule } from '../rule.js';
import type { Source } from '../source.js';

/** `eval $(openstack … -f shell -c id)`, where `$id` holds something already. */
export const evalHidesFailure: Rule = {
  name: 'eval-hides-failure',
  severity: 'warning',
  why: 'When the command fails, the check behind it looks at what another command said, and passes.',
  find: ({ sources }) =>
    sources.flatMap((source) =>
      all(source.script, 'Function').flatMap(({ body }) => inOrder(source, all(body, 'Command'))),
    ),
};

function inOrder(source: Source, commands: readonly Command[]): Found[] {
  const set = new Map<string, number>();
  const found: Found[] = [];
  for (const command of commands) {
    const { name, args } = callOf(command);
    if (name === 'unset') for (const each of args) set.delete(each.text);
    for (const each of command.prefix) if (each.type === 'Assignment') set.delete(each.name);
    if (name === 'local') {
      for (const each of command.args) set.delete(each.type === 'Assignment' ? each.name : each.text);
    }
    if (name !== 'eval' || args.length !== 1 || args[0] === undefined) continue;
    const inner = all(args[0], 'Command')[0];
    const said = inner === undefined ? undefined : columns(inner);
    if (inner === undefined || said === undefined) continue;
    const stale = said.find((column) => set.has(column));
    if (stale !== undefined) {
      found.push(
        at(
          source,
          command.pos,
          `\`eval\` hides whether \`${called(inner)}\` failed, and then $${stale} still holds what line ${set.get(stale)} put there`,
          `Unset ${stale} first, or write \`${stale}=$(${called(inner)} … -f value -c ${stale})\`.`,
        ),
      );
    }
    for (const column of said) set.set(column, source.line(command));
  }
  return found;
}

/** The columns that become variables. */
function columns(command: Command): string[] | undefined {
  const { name, args } = callOf(command);
  if (name !== 'openstack') return undefined;
  const words = args.map((each) => literal(each) ?? '');
  if (!words.some((word, i) => word === 'shell' && words[i - 1] === '-f')) return undefined;
  const chosen = words.filter((_, i) => words[i - 1] === '-c' || words[i - 1] === '--column');
  return chosen.length > 0 ? chosen : ['id'];
}

/** The command up to its first option or value. */
function called(command: Command): string {
  const words = ['openstack'];
  for (const each of callOf(command).args) {
    const word = literal(each);
    if (word === undefined || !/^[a-z]+$/.test(word)) break;
    words.push(word);
    if (word === 'create' || word === 'show') break;
  }
  return words.join(' ');
}
