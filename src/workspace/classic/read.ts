import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../basics/problem.js';
import { err, ok, type Result } from '../../basics/result.js';
import type { Note } from '../../journal/notes.js';
import { DEFAULT_RULES } from '../data.js';
import { pluginsOf, sourceEarly } from '../pluginrc.js';
import { shellFile } from '../settings.js';
import type { Limits } from '../workspace.js';
import type { ClassicDraft } from './draft.js';

/** The files of which one makes a directory without `grenade.yaml` a classic workspace. */
export const CLASSIC = ['localrc', 'pluginrc'] as const;

export const isClassic = (dir: string): boolean =>
  !existsSync(join(dir, 'grenade.yaml')) && CLASSIC.some((name) => existsSync(join(dir, name)));

/** What a command asks for, as far as it means something to a classic workspace. */
export interface ClassicOptions {
  readonly from?: string;
  readonly to?: string;
  readonly jobs?: number;
  readonly projects?: readonly string[];
  readonly onFailure?: 'keep' | 'destroy';
  readonly cwd: string;
  readonly signal?: AbortSignal;
}

/** The original has no limits; these only end what nobody waits for any more. In milliseconds. */
const LIMITS: Limits = { hook: 12 * 3_600_000, services: 120_000, run: 48 * 3_600_000, hooks: {}, projects: {} };

/**
 * Sources `localrc` and `pluginrc`, and nothing that would need a DevStack.
 *
 * @param scratch A directory to work in.
 */
export async function readClassic(
  dir: string,
  scratch: string,
  options: ClassicOptions,
): Promise<Result<ClassicDraft, Problem[]>> {
  const meaningless = (['from', 'to'] as const).flatMap((option): Problem[] =>
    options[option] === undefined
      ? []
      : [
          {
            message: `--${option} chooses from a list of releases, and a classic workspace has just two`,
            fix: 'Set BASE_RELEASE, TARGET_RELEASE and their branches in localrc.',
          },
        ],
  );
  if ((options.jobs ?? 1) > 1) {
    meaningless.push({
      message: '--jobs calls hooks side by side, and a classic run calls one at a time, as the original does',
      fix: 'Leave it out.',
    });
  }
  if (meaningless.length > 0) return err(meaningless);

  const file = CLASSIC.map((name) => join(dir, name)).find((path) => existsSync(path)) ?? join(dir, 'localrc');
  const reader = shellFile('classic/settings.bash');
  const sourced = await sourceEarly(
    {
      dir,
      localrc: undefined,
      settings: CLASSIC.map((name) => join(dir, name)).filter((path) => existsSync(path)),
      reader: (dump) => ['bash', reader, 'rc', dump],
      signal: options.signal,
    },
    scratch,
  );
  if (!sourced.ok) return sourced;
  const { notes } = sourced.value;
  const variables = readVariables(notes);
  const release = (side: 'BASE' | 'TARGET') => ({
    name: variables[`${side}_RELEASE`] ?? '',
    versions: {},
    env: {},
    dir: variables[`${side}_RELEASE_DIR`] ?? '',
  });
  return ok({
    kind: 'classic',
    dir,
    file,
    base: release('BASE'),
    target: release('TARGET'),
    restart: 'each',
    limits: LIMITS,
    settle: 0,
    secrets: [],
    logs: { fail: [], ignore: [] },
    state: DEFAULT_RULES,
    onFailure: options.onFailure ?? 'keep',
    jobs: 1,
    dataRoot: join(dir, '.grenade'),
    fetched: [],
    variables,
    plugins: pluginsOf(notes),
    ...(options.projects === undefined ? {} : { selected: options.projects }),
    cwd: options.cwd,
  });
}

/** What the original's settings are, by name. */
export function readVariables(notes: readonly Note[]): Record<string, string> {
  return Object.fromEntries(
    notes.flatMap(([kind, name = '', value = '']) => (kind === 'variable' ? [[name, value]] : [])),
  );
}
