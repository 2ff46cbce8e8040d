import { wildcard } from '../../basics/wildcard.js';
import type { LogRules } from '../../workspace/workspace.js';
import type { Group } from './groups.js';

/** Whether the workspace says that this is not worth a word. */
export function isIgnored({ first, pattern }: Group, { ignore }: LogRules): boolean {
  return ignore.some((glob) => {
    const words = wildcard(`*${glob}*`, 'i');
    return words.test(first.text) || words.test(pattern);
  });
}
