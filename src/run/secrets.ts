import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { writeFileAtomic } from '../basics/files.js';
import { isSecretName, makeMask } from '../basics/mask.js';
import { listResources, readResource } from '../resources/store.js';
import { systemsOf } from '../services/systems.js';

const format = v.object({ names: v.array(v.string()), values: v.array(v.string()) });
type Secrets = v.InferOutput<typeof format>;

/**
 * Keeps what has to be masked beside the raw logs that hold it, for their owner alone: a later `report` or `logs`
 * does not know what `localrc` exported. What was kept before stays: a run that goes on may have another password, and
 * its older logs hold the one that it had.
 */
export function keepSecrets(
  runDir: string,
  names: readonly string[],
  ...environments: readonly Readonly<Record<string, string | undefined>>[]
): void {
  const known = secretsOf(runDir);
  const values = environments.flatMap((env) =>
    Object.entries(env).flatMap(([name, value]) => (value !== undefined && isSecretName(name, names) ? [value] : [])),
  );
  const all: Secrets = {
    names: [...new Set([...known.names, ...names])],
    values: [...new Set([...known.values, ...values])],
  };
  writeFileAtomic(pathOf(runDir), JSON.stringify(all), 0o600);
}

/** A function that hides a run's secrets: those of its environment, and resources kept under a secret's name so far. */
export function maskOf(runDir: string): (text: string) => string {
  const { names, values } = secretsOf(runDir);
  const kept = systemsOf(runDir).flatMap((system) => secretResources(system, names));
  return makeMask([...values, ...kept]);
}

const pathOf = (runDir: string): string => join(runDir, 'secrets.json');

function secretsOf(runDir: string): Secrets {
  const path = pathOf(runDir);
  return existsSync(path) ? v.parse(format, JSON.parse(readFileSync(path, 'utf8'))) : { names: [], values: [] };
}

function secretResources(system: string, names: readonly string[]): string[] {
  if (!existsSync(join(system, 'resources'))) return [];
  return listResources(system).flatMap(({ project, key }) => {
    const value = isSecretName(key, names) ? readResource(system, project, key) : undefined;
    return value?.ok ? [value.value.toString()] : [];
  });
}
