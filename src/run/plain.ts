import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { replacePath } from '../basics/files.js';
import { isSecretName } from '../basics/mask.js';
import { systemsOf } from '../services/systems.js';
import { Names } from '../world/names.js';
import type { RunContext } from './context.js';
import { dataNames } from './fork.js';
import { maskOf } from './secrets.js';

/** Shorter values stand for themselves: a `1` that a hook kept is not every 1. */
const SHORTEST = 6;

const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi;
const TIME = /\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?/g;
/** `name = value`, `name: value`, `"name": "value"`, at the beginning of a line. */
const SETTING = /^(\s*["']?)([\w.-]+)(["']?\s*[:=]\s*)(\S.*)$/gm;

/**
 * What a text says whatever system it is of: its own paths, ports, resources, secrets, ids and times have names, so that
 * two systems which differ in these alone say the same.
 */
export function plainOf({ runDir, workspace }: RunContext, system: string): (text: string) => string {
  const mask = maskOf(runDir);
  const [data = '', ...otherNames] = dataNames(runDir);
  const whereItLies = (text: string): string =>
    otherNames.reduce((said, other) => replacePath(said, other, data), text);
  const [mine, ...others] = [system, ...systemsOf(runDir).filter((other) => other !== system)].map((each) => {
    const names = new Names(each, workspace.dir, mask);
    const named = (text: string): string => names.in(whereItLies(mask(text)));
    return { named, resources: resourcesOf(each, named) };
  });
  // A value that all have is in none of their ways, and one that only one has must not hide a difference.
  const resources = [...(mine?.resources ?? [])]
    .filter(([key, value]) => others.some(({ resources: theirs }) => (theirs.get(key) ?? value) !== value))
    .sort(([, one], [, two]) => two.length - one.length);
  const run = runDir.slice(runDir.lastIndexOf('/') + 1);
  return (text) => {
    let plain = text.replace(SETTING, (all: string, before: string, name: string, between: string) =>
      isSecretName(name, workspace.secrets) ? `${before}${name}${between}***` : all,
    );
    plain = mine?.named(plain) ?? plain;
    for (const [key, value] of resources) plain = plain.replaceAll(value, `{${key}}`);
    return plain
      .replaceAll(runDir, '$RUN')
      .replaceAll(`${run}-twin`, '{run}')
      .replaceAll(run, '{run}')
      .replace(UUID, '{id}')
      .replace(TIME, '{time}');
  };
}

/** Values that hooks kept in a system, by `PROJECT/KEY`, as a plain text has them. */
function resourcesOf(system: string, named: (text: string) => string): ReadonlyMap<string, string> {
  const directory = join(system, 'resources');
  return new Map(
    readdirSync(directory)
      .flatMap((project) =>
        readdirSync(join(directory, project)).map((key): [string, string] => [
          `${project}/${key}`,
          named(readFileSync(join(directory, project, key), 'utf8').trim()),
        ]),
      )
      .filter(([, value]) => value.length >= SHORTEST),
  );
}
