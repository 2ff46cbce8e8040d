import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Problem } from '../basics/problem.js';
import { ok, type Result } from '../basics/result.js';
import type { Note } from '../journal/notes.js';
import { type Sourced, type Sources, shellFile, sourceSettings } from './settings.js';

/** A line of `pluginrc`: a project that is fetched by git. */
export interface Plugin {
  readonly name: string;
  readonly url: string;
  readonly ref?: string;
  /** Where it lies in a classic workspace. */
  readonly dir: string;
  readonly asked: { readonly file: string; readonly line?: number };
}

/** How long `localrc` and `pluginrc` may take to be sourced, in milliseconds. */
const READING = 60_000;

/** Sources what a workspace says before anything is known of its projects; nothing in it needs a DevStack. */
export function sourceEarly(
  sources: Pick<Sources, 'dir' | 'localrc' | 'settings' | 'reader' | 'signal'>,
  scratch: string,
): Promise<Result<Sourced, Problem[]>> {
  const env = { ...process.env, GRENADE_DIR: dirname(shellFile('functions')), GRENADE_WORKSPACE: sources.dir };
  return sourceSettings({ ...sources, runDir: scratch, env, limitMs: READING });
}

/**
 * The plugins that `pluginrc` of a native workspace names; none where there is no such file. Whatever else it says has
 * no effect.
 *
 * @param scratch A directory to work in.
 */
export async function readPluginrc(
  { dir, localrc, signal }: Pick<Sources, 'dir' | 'localrc' | 'signal'>,
  scratch: string,
): Promise<Result<Plugin[], Problem[]>> {
  const sourced = await sourceEarly({ dir, localrc, settings: [join(dir, 'pluginrc')], signal }, scratch);
  return sourced.ok ? ok(pluginsOf(sourced.value.notes)) : sourced;
}

export const hasPluginrc = (dir: string): boolean => existsSync(join(dir, 'pluginrc'));

/** What `enable_grenade_plugin` named; the last word counts. */
export function pluginsOf(notes: readonly Note[]): Plugin[] {
  const found = new Map<string, Plugin>();
  for (const [kind, name = '', url = '', ref = '', dir = '', file = '', line = ''] of notes) {
    if (kind !== 'plugin') continue;
    const asked = { file, ...(Number(line) > 0 ? { line: Number(line) } : {}) };
    found.set(name, { name, url, dir, ...(ref === '' ? {} : { ref }), asked });
  }
  return [...found.values()];
}
