import type { LogRules } from '../../workspace/workspace.js';
import type { Group } from './groups.js';

/** Whether the workspace says that this is not worth a word. */
export function isIgnored({ first, pattern }: Group, { ignore }: LogRules): boolean {
  return ignore.some((glob) => {
    const source = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
    const words = new RegExp(source.join('.*'), 'i');
    return words.test(first.text) || words.test(pattern);
  });
}
