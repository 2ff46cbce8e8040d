import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readConfig } from './config.js';

/**
 * Where the runs of a workspace lie. A `grenade.yaml` that is broken by now, or gone, does not hide the runs that were
 * made with it: then it is the default place.
 */
export function findDataRoot(dir: string): string {
  const file = join(dir, 'grenade.yaml');
  try {
    return resolve(dir, readConfig(file, readFileSync(file, 'utf8')).config['data-root'] ?? '.grenade');
  } catch {
    return join(dir, '.grenade');
  }
}
