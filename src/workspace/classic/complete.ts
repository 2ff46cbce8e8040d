import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../basics/problem.js';
import { err, ok, type Result } from '../../basics/result.js';
import type { CompleteOptions } from '../draft.js';
import { shellFile, sourceSettings } from '../settings.js';
import type { OwnScript, Workspace } from '../workspace.js';
import { type Checkouts, checkouts, isExternal } from './checkouts.js';
import type { ClassicDraft } from './draft.js';
import { hookVariables } from './environment.js';
import { classicProjects, unregistered } from './projects.js';
import { readVariables } from './read.js';
import { ownScripts } from './scripts.js';

/** How long all settings may take, in milliseconds: what DevStack's own files do in them takes its time. */
const READING = 10 * 60_000;

/**
 * Sources the settings of a classic workspace's projects. Where something has to be fetched or set up first, and that
 * was not done yet, the workspace has no projects, and `devstack.settingsRead` says why.
 */
export async function completeClassic(
  draft: ClassicDraft,
  options: CompleteOptions,
): Promise<Result<Workspace, Problem[]>> {
  const { kind, variables, plugins, selected, cwd, ...rest } = draft;
  const prepared = options.prepared !== undefined;
  const wanted = checkouts(draft, prepared);
  if (!wanted.ok) return wanted;
  const external = isExternal(draft);
  const ready = external && [...wanted.value.planned.values()].every(({ action }) => action.kind === 'use');
  const made = (given: Parts): Workspace => ({ ...rest, ...asWorkspace(draft, wanted.value, given) });
  if (!ready && !prepared) {
    return ok(made({ variables, settingsRead: false, projects: [], data: [], probes: [], env: {}, warnings: [] }));
  }

  const reader = shellFile('classic/settings.bash');
  const sourced = await sourceSettings({
    dir: draft.dir,
    localrc: undefined,
    settings: [join(draft.dir, 'projects')],
    reader: (dump) => ['bash', reader, 'settings', dump],
    runDir: options.runDir,
    env: { ...options.env, ...(options.prepared === 'now' && !external ? { GRENADE_WRITE_LOCALRC: '1' } : {}) },
    limitMs: READING,
    signal: options.signal,
  });
  if (!sourced.ok) return sourced;
  const { notes, env } = sourced.value;
  const registered = await classicProjects(draft, notes);
  if (!registered.ok) return err(registered.error);
  const { projects, data, probes, warnings } = registered.value;
  return ok(
    made({
      variables: { ...variables, ...readVariables(notes) },
      settingsRead: true,
      projects,
      data,
      probes,
      env,
      warnings: [...warnings, ...unregistered(draft, notes), ...sideways(variables)],
    }),
  );
}

const COLLECT: OwnScript = { command: [shellFile('classic/worlddump')] };

interface Parts extends Pick<Workspace, 'projects' | 'data' | 'probes' | 'env' | 'warnings'> {
  readonly variables: Readonly<Record<string, string>>;
  readonly settingsRead: boolean;
}

function asWorkspace({ dir }: ClassicDraft, fetches: Checkouts, { variables, settingsRead, ...parts }: Parts) {
  const isTrue = (name: string): boolean => variables[name] === 'True';
  return {
    ...parts,
    hookEnv: hookVariables(variables),
    // Hooks begin where the settings went, as in the one shell of the original.
    home: variables.PWD ?? dir,
    scripts: ownScripts(),
    collect: COLLECT,
    fetches,
    log: { path: variables.LOGFILE ?? '' },
    asks: {
      ...(isTrue('RUN_BASE') ? {} : { t: true as const }),
      ...(isTrue('RUN_TARGET') ? {} : { b: true as const }),
      ...(isTrue('VERBOSE') ? {} : { q: true as const }),
    },
    devstack: {
      external: isTrue('GRENADE_USE_EXTERNAL_DEVSTACK'),
      settingsRead,
      smoke: { base: isTrue('BASE_RUN_SMOKE'), target: isTrue('TARGET_RUN_SMOKE') },
      tempest: isTrue('ENABLE_TEMPEST'),
      resources: isTrue('VERIFY_RESOURCES'),
      postStack: existsSync(join(dir, 'post-stack.sh')),
    },
  };
}

function sideways({ BASE_DEVSTACK_BRANCH: base, TARGET_DEVSTACK_BRANCH: target }: Readonly<Record<string, string>>) {
  return base === target ? [`both DevStacks are at ${base}: this is a sideways upgrade, and no release changes`] : [];
}
