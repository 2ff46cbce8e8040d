import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeRunDirectory } from '../run/directory.js';
import { workspaceEnvironment } from '../run/environment.js';
import type { ReadOptions } from '../workspace/read.js';

/** What of a workspace a command is about. */
export interface Selection {
  readonly from?: string;
  readonly to?: string;
  readonly projects?: readonly string[];
  readonly jobs?: number;
  readonly onFailure?: 'keep' | 'destroy';
}

/** How a command reads a workspace: its flags, and what settings see. */
export function readOptions(flags: Selection): ReadOptions {
  const { from, to, projects, jobs, onFailure } = flags;
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(projects === undefined ? {} : { projects }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(onFailure === undefined ? {} : { onFailure }),
    environment: (draft, runDir) => ({ ...process.env, ...workspaceEnvironment(draft, resolve(runDir)) }),
  };
}

/** A new run's directory, in a data root that keeps itself out of the workspace's git. */
export function newRunDirectory(dataRoot: string): string {
  mkdirSync(dataRoot, { recursive: true });
  try {
    writeFileSync(join(dataRoot, '.gitignore'), '*\n', { flag: 'wx' });
  } catch {
    // It is there already.
  }
  return makeRunDirectory(dataRoot, new Date());
}
