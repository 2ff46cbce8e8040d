import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { livingServices, type Service } from './record.js';

/**
 * Where the twin of a run's system lives: a fresh install of the target, with services, ports, resources and data of
 * its own. It is laid out as a run's directory is, and its hooks find it where others find that.
 */
export const twinOf = (runDir: string): string => join(resolve(runDir), 'twin');

/** The directories of a run's systems: the one that is upgraded, and its twin once that was begun. */
export function systemsOf(runDir: string): readonly string[] {
  const twin = twinOf(runDir);
  return existsSync(twin) ? [resolve(runDir), twin] : [resolve(runDir)];
}

/** What still runs of any of a run's systems. */
export const livingInRun = (runDir: string): readonly Service[] => systemsOf(runDir).flatMap(livingServices);
