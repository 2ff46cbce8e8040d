import { at } from '../finding.js';
import { once, PHASES } from '../plugin.js';
import type { Reached } from '../reach.js';
import type { Rule } from '../rule.js';

/** Commands whose failure says nothing about the system under test. */
const HARMLESS =
  /^(:|true|\/bin\/true|echo|echo_summary|printf|set|shopt|trap|local|export|declare|readonly|unset|cd|pushd|popd|source|\.|source_quiet|sleep|shift|return|dirname|pwd|resource_get|worlddump|\[\[|\(\(|\[|test|cat|date)$/;
const TESTS = /^(\[\[|\(\(|\[|test)$/;
const GIVES_UP = /^(die\w*|exit|return|false|errexit|ensure_\w+|wait_for_\w+)$/;

/** A hook in which no failure but that of its last command is noticed, or not even that one. */
export const cannotFail: Rule = {
  name: 'cannot-fail',
  severity: 'warning',
  why: 'What goes wrong in it is not said there, and found later by somebody else, if at all.',
  find: (plugin) => {
    const scripts = [...plugin.hooks.keys()].filter((hook) => hook !== 'resources');
    return [
      ...scripts.flatMap((hook) => judge(plugin.reached(hook), hook)),
      ...PHASES.flatMap((phase) =>
        judge(
          plugin.phase(phase).filter(({ own }) => own),
          phase,
        ),
      ),
    ].filter((each, i, all) => all.findIndex(({ line, file }) => line === each.line && file === each.file) === i);

    function judge(reached: readonly Reached[], hook: string) {
      const does = once(reached).filter(
        ({ name }) => name !== undefined && !HARMLESS.test(name) && !plugin.defines(name),
      );
      const first = does[0];
      const ends = reached.some(({ name, args }) => GIVES_UP.test(name ?? '') && !/^0?$/.test(args[0]?.text ?? '1'));
      if (
        first === undefined ||
        does.length < 2 ||
        ends ||
        reached.some((each) => each.counts && (does.includes(each) || TESTS.test(each.name ?? '')))
      ) {
        return [];
      }
      const last = reached.some((each) => each.last && (does.includes(each) || TESTS.test(each.name ?? '')));
      const [what, fix] = last
        ? [`In ${hook}, from here on, no failure counts but that of the last command`, 'Say `set -o errexit`.']
        : [
            `In ${hook} no failure counts: whatever its commands come to, it passes`,
            'Spare only commands whose failure is no matter.',
          ];
      return [at(first.source, first.command.pos, what, fix)];
    }
  },
};
