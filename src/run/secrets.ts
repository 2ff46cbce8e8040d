import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeFileAtomic } from '../basics/files.js';
import { isSecretName, makeMask } from '../basics/mask.js';
import { systemsOf } from '../services/systems.js';

const format = v.object({ names: v.array(v.string()), values: v.array(v.string()) });

/**
 * Keeps what has to be masked beside the raw logs that hold it, for their owner alone: a later `report` or `logs`
 * does not know what `localrc` exported.
 */
export function keepSecrets(
  runDir: string,
  names: readonly string[],
  ...environments: readonly Readonly<Record<string, string | undefined>>[]
): void {
  const values = environments.flatMap((env) =>
    Object.entries(env).flatMap(([name, value]) => (value !== undefined && isSecretName(name, names) ? [value] : [])),
  );
  writeFileAtomic(join(runDir, 'secrets.json'), JSON.stringify({ names, values }), 0o600);
}

/** A function that hides a run's secrets: those of its environment, and resources kept under a secret's name so far. */
export function maskOf(runDir: string): (text: string) => string {
  const path = join(runDir, 'secrets.json');
  const { names, values } = existsSync(path)
    ? v.parse(format, JSON.parse(readFileSync(path, 'utf8')))
    : { names: [], values: [] };
  const kept = systemsOf(runDir).flatMap((system) => secretResources(join(system, 'resources'), names));
  return makeMask([...values, ...kept]);
}

function secretResources(resources: string, names: readonly string[]): string[] {
  if (!existsSync(resources)) return [];
  return readdirSync(resources).flatMap((project) =>
    readdirSync(join(resources, project))
      .filter((key) => isSecretName(key, names))
      .map((key) => readFileSync(join(resources, project, key), 'utf8')),
  );
}
