import type { Hook } from '../journal/record.js';
import type { Project } from '../project/project.js';
import type { Release } from './workspace.js';

/**
 * What weakens a green run as far as this project goes: ends of the sentence that begins with its name, shown in the
 * first lines of the result.
 */
export function caveats(project: Project, releases: { readonly base: Release; readonly target: Release }): string[] {
  const { hooks } = project;
  const does = (hook: Hook): boolean => hooks.has(hook) && hooks.get(hook)?.empty === undefined;
  const said: string[] = [];
  if (!hooks.has('verify')) said.push('has no verify, so nothing shows that what it kept survived');
  if (!hooks.has('version')) {
    const named = [releases.base, releases.target].some(({ versions }) => Object.hasOwn(versions, project.name));
    said.push(`has no version hook: its release is not proven${named ? ', though `versions` names it' : ''}`);
  }
  const changes = (['install', 'start', 'migrate', 'upgrade'] as const).some((hook) => hooks.has(hook));
  if (!changes) said.push('has nothing to install, start, migrate or upgrade, so it does not change');
  else if (!hooks.has('shutdown')) said.push('has no shutdown, so nothing shows that it was down while it changed');
  if (does('verify') && hooks.has('create') && !does('create') && !does('early_create')) {
    said.push('creates nothing that could be lost');
  }
  // One script serves all phases of resources: that it leaves these two out is no sign of anything.
  const idle = [...hooks].filter(([hook, { empty }]) => empty !== undefined && !QUIET.has(hook)).map(([hook]) => hook);
  if (idle.length > 0) said.push(`has hooks that do nothing: ${idle.join(', ')}`);
  return said;
}

const QUIET: ReadonlySet<Hook> = new Set(['early_create', 'destroy']);
