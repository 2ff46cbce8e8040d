import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../basics/problem.js';
import { err, ok, type Result } from '../../basics/result.js';
import { type PlannedFetch, planFetch } from '../../git/plan.js';
import { type GitSettings, gitSettings } from '../../git/settings.js';
import type { ClassicDraft } from './draft.js';

export interface Checkouts {
  readonly settings: GitSettings;
  readonly planned: ReadonlyMap<string, PlannedFetch>;
}

/** Whether somebody else brings the base up, with DevStack trees of their own. */
export const isExternal = ({ variables }: ClassicDraft): boolean => variables.GRENADE_USE_EXTERNAL_DEVSTACK === 'True';

/**
 * What a classic run uses by git, and what has to be fetched for it: both DevStack trees unless they are somebody
 * else's, and the external plugins.
 *
 * @param prepared What lies there is what this run fetched: it is used as it is.
 */
export function checkouts(draft: ClassicDraft, prepared: boolean): Result<Checkouts, Problem[]> {
  const { variables, file, plugins } = draft;
  const settings = gitSettings({ ...process.env, ...variables });
  const planned = new Map<string, PlannedFetch>();
  const problems: Problem[] = [];
  const external = isExternal(draft);
  for (const side of ['base', 'target'] as const) {
    const value = (name: string): string => variables[`${side.toUpperCase()}_DEVSTACK_${name}`] ?? '';
    const dir = value('DIR');
    const there = existsSync(dir);
    if (external) {
      if (!existsSync(join(dir, 'functions'))) problems.push(noTree(side, dir, file));
      continue;
    }
    const name = `${side}-devstack`;
    const checkout = { name, url: value('REPO'), ref: value('BRANCH'), dir, asked: { file } };
    // A tree that is there may have been prepared by hand, and is never touched.
    const fetch = there ? ok({ checkout, action: { kind: 'use' as const } }) : planFetch(checkout, settings);
    if (fetch.ok) planned.set(name, fetch.value);
    else problems.push(fetch.error);
  }
  for (const checkout of plugins) {
    const fetch = planFetch(checkout, settings);
    if (!fetch.ok) problems.push(fetch.error);
    else if (prepared && fetch.value.action.kind === 'update') {
      planned.set(checkout.name, { checkout, action: { kind: 'use' } });
    } else planned.set(checkout.name, fetch.value);
  }
  return problems.length > 0 ? err(problems) : ok({ settings, planned });
}

const noTree = (side: 'base' | 'target', dir: string, file: string): Problem => ({
  message: `There is no DevStack of the ${side} in ${dir}, and GRENADE_USE_EXTERNAL_DEVSTACK says that somebody else puts it there`,
  fix: `Put it there, set ${side.toUpperCase()}_DEVSTACK_DIR to where it lies, or let Grenade bring the base up: GRENADE_USE_EXTERNAL_DEVSTACK=False.`,
  file,
});
