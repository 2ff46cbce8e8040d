import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import type { Places } from './places.js';
import { isRecord } from './record.js';
import type { ConfigRelease } from './schema.js';
import { meant } from './suggest.js';
import type { Release } from './workspace.js';

/** Releases of one name. They are looked for in what is written, whatever else is wrong with it. */
export function sameNames(raw: unknown, places: Places): Problem[] {
  const seen = new Set<string>();
  return writtenReleases(raw).flatMap(({ name }, at) => {
    if (typeof name !== 'string') return [];
    if (!seen.has(name)) {
      seen.add(name);
      return [];
    }
    return [places.problem(['releases', at, 'name'], `Two releases are named ${name}`, 'Give each a name of its own.')];
  });
}

/** Releases that `expect` speaks of and that are not there. */
export function unknownReleases(
  expect: readonly { readonly from?: readonly string[]; readonly to?: readonly string[] }[],
  releases: readonly ConfigRelease[],
  places: Places,
): Problem[] {
  const known = releases.map(({ name }) => name);
  return expect.flatMap((each, at) =>
    (['from', 'to'] as const).flatMap((end) =>
      (each[end] ?? []).flatMap((name, i) =>
        known.includes(name)
          ? []
          : [places.problem(['expect', at, end, i], `\`${name}\` is no release`, meant(name, known, 'releases'))],
      ),
    ),
  );
}

export function writtenReleases(raw: unknown): readonly Record<string, unknown>[] {
  return isRecord(raw) && Array.isArray(raw.releases) ? raw.releases.map((each) => (isRecord(each) ? each : {})) : [];
}

/** Chooses the two releases of this upgrade: the first and the last, unless `--from` or `--to` say otherwise. */
export function chooseReleases(
  releases: readonly ConfigRelease[],
  options: { readonly from?: string; readonly to?: string },
): Result<{ readonly base: Release; readonly target: Release }, Problem[]> {
  const names = releases.map(({ name }) => name);
  const problems: Problem[] = [];
  const find = (option: '--from' | '--to', name: string | undefined, otherwise: number): number => {
    if (name === undefined) return otherwise;
    const at = names.indexOf(name);
    if (at === -1)
      problems.push({ message: `${option} ${name}: there is no such release`, fix: meant(name, names, 'releases') });
    return at;
  };
  const from = find('--from', options.from, 0);
  const to = find('--to', options.to, names.length - 1);
  const [base, target] = [releases[from], releases[to]];
  if (problems.length === 0 && from >= to) problems.push(outOfOrder(names, from, to, options));
  if (problems.length > 0 || base === undefined || target === undefined) return err(problems);
  return ok({ base: release(base), target: release(target) });
}

function outOfOrder(
  names: readonly string[],
  from: number,
  to: number,
  options: { readonly from?: string; readonly to?: string },
): Problem {
  const fix = `An upgrade goes forward in the order of \`releases\`: ${names.join(', ')}.`;
  if (options.to === undefined) return { message: `--from ${names[from]}: no release comes after it`, fix };
  if (options.from === undefined) return { message: `--to ${names[to]}: no release comes before it`, fix };
  const how = from === to ? 'is the same release as' : 'comes before';
  return { message: `--to ${names[to]} ${how} --from ${names[from]}`, fix };
}

const release = ({ name, versions, env }: ConfigRelease): Release => ({
  name,
  versions: versions ?? {},
  env: env ?? {},
});
