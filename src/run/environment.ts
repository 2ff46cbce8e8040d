import { closeSync, existsSync, mkdirSync, openSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Hook, Side } from '../journal/record.js';
import type { Step } from '../plan/plan.js';
import type { Project } from '../project/project.js';
import type { Workspace } from '../workspace/workspace.js';
import { dataDirectory } from './fork.js';

/** The directory that holds `functions` and `grenaderc`: beside `dist/` when built, two rooms up in the sources. */
export const GRENADE_DIR = findShellDirectory();

function findShellDirectory(): string {
  for (const up of ['../shell/', '../../shell/']) {
    const path = fileURLToPath(new URL(up, import.meta.url));
    if (existsSync(join(path, 'functions'))) return path.replace(/\/$/, '');
  }
  throw new Error('Internal error: the shell functions are missing from this installation of Grenade');
}

/** Where the code of a project at a release lies: kept between runs, or with the whole release where that has a directory. */
export function releaseDirectory(workspace: Workspace, project: string, side: Side): string {
  const { dir, name } = workspace[side];
  return dir ?? join(workspace.dataRoot, 'releases', project, name);
}

/**
 * Makes a release's directory ready for an install: emptied when the last install into it did not pass, and
 * incomplete from here until `completeRelease`.
 */
export function beginRelease(directory: string): void {
  const mark = `${directory}.complete`;
  if (!existsSync(mark)) rmSync(directory, { recursive: true, force: true });
  rmSync(mark, { force: true });
  mkdirSync(directory, { recursive: true });
}

export function completeRelease(directory: string): void {
  // Not synced: a mark that a power loss takes with it costs one more install, and nothing else.
  closeSync(openSync(`${directory}.complete`, 'w'));
}

/** What tells one complete install of a release from the next; undefined when none is complete. */
export function installStamp(release: string): string | undefined {
  const mark = statSync(`${release}.complete`, { throwIfNoEntry: false });
  return mark === undefined || !existsSync(release) ? undefined : `${mark.ino} ${mark.mtimeMs}`;
}

/** What every process of a run sees, whichever hook it is for. */
export function runEnvironment(workspace: Workspace, runDir: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...workspaceEnvironment(workspace, runDir),
    ...workspace.env,
  };
}

/** What `settings` see too: both releases, and never one release's own variables. */
export function workspaceEnvironment(
  workspace: {
    readonly dir: string;
    readonly base: { readonly name: string };
    readonly target: { readonly name: string };
    readonly limits: { readonly services: number };
  },
  runDir: string,
): Record<string, string> {
  return {
    GRENADE_DIR,
    // The functions' own program runs on the Node that runs us, whatever PATH a release brings.
    GRENADE_NODE: process.execPath,
    GRENADE_WORKSPACE: workspace.dir,
    GRENADE_RUN_DIR: runDir,
    RUN_ID: runDir.slice(runDir.lastIndexOf('/') + 1),
    DATA_DIR: dataDirectory(runDir),
    SAVE_DIR: join(runDir, 'save'),
    LOGDIR: join(runDir, 'steps'),
    SERVICE_TIMEOUT: String(Math.ceil(workspace.limits.services / 1000)),
    BASE_RELEASE: workspace.base.name,
    TARGET_RELEASE: workspace.target.name,
  };
}

/** What a hook of this project sees on this side, on top of the run's. */
export function hookEnvironment(
  workspace: Workspace,
  project: Project,
  hook: Hook,
  { side, system }: Pick<Step, 'side' | 'system'>,
): Record<string, string> {
  const directory = (of: Side): string => releaseDirectory(workspace, project.name, of);
  const release = workspace[side];
  return {
    ...release.env,
    ...workspace.hookEnv?.[hook],
    PROJECT: project.name,
    PROJECT_DIR: project.dir,
    RELEASE: release.name,
    RELEASE_DIR: directory(side),
    GRENADE_SIDE: side,
    // What is installed freshly has no past.
    ...(side === 'target' && system === undefined
      ? { PREVIOUS_RELEASE: workspace.base.name, PREVIOUS_RELEASE_DIR: directory('base') }
      : {}),
  };
}
