import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { Problem } from '../basics/problem.js';
import { HOOKS } from '../journal/record.js';
import type { Draft } from './draft.js';
import { isRecord } from './record.js';
import type { Registered } from './registered.js';
import { writtenReleases } from './releases.js';
import { meant } from './suggest.js';

/** Names that only one project may have, and that files and steps can be named after. */
export function checkNames(registered: readonly Registered[], draft: Draft): Problem[] {
  const seen = new Map<string, Registered>();
  return registered.flatMap((each) => {
    const { name, dir } = each.project;
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
      return [
        {
          message: `\`${name}\` cannot be the name of a project`,
          fix: 'Name it with letters, digits and . _ - and begin with a letter or a digit.',
          file: each.source,
        },
      ];
    }
    const other = seen.get(name);
    if (other === undefined) {
      seen.set(name, each);
      return [];
    }
    const [one, two] = [other.project.dir, dir].map((path) => relative(draft.dir, path));
    return [
      {
        message: `Two projects are named ${name}: ${one === two ? `${one} registers it twice` : `${one} and ${two}`}`,
        fix: 'Give each a name of its own; what stands before an underscore, as in 10_, is no part of it.',
        file: each.source,
      },
    ];
  });
}

/** Projects that `versions`, `limits` and `--projects` speak of and that are not there. */
export function checkMentions(names: readonly string[], draft: Draft): Problem[] {
  const known = new Set(names);
  const { places, raw } = draft;
  const unknown = (block: unknown, path: readonly (string | number)[], what: string): Problem[] =>
    Object.keys(isRecord(block) ? block : {})
      .filter((name) => !known.has(name))
      .map((name) =>
        places.problem([...path, name], `\`${name}\` in ${what} is no project`, meant(name, names, 'projects'), 'key'),
      );
  const limits = isRecord(raw) && isRecord(raw.limits) ? raw.limits : {};
  return [
    ...writtenReleases(raw).flatMap(({ versions }, at) =>
      unknown(versions, ['releases', at, 'versions'], '`versions`'),
    ),
    ...unknown(limits.projects, ['limits', 'projects'], '`limits`'),
    ...(draft.selected ?? [])
      .filter((name) => !known.has(name))
      .map((name) => ({
        message: `--projects ${name}: there is no such project`,
        fix: meant(name, names, 'projects'),
      })),
  ];
}

/** Needs that nobody can meet. */
export function checkNeeds(registered: readonly Registered[], cycles: readonly (readonly string[])[]): Problem[] {
  const byName = new Map(registered.map((each) => [each.project.name, each]));
  const names = [...byName.keys()];
  const wrong = registered.flatMap(({ project, source }) =>
    project.needs.flatMap((need) => {
      const needed = byName.get(need);
      if (needed === undefined) {
        return [
          {
            message: `${project.name} needs ${need}, which is no project`,
            fix: meant(need, names, 'projects'),
            ...at(source, need),
          },
        ];
      }
      if (!project.backing || needed.project.backing) return [];
      return [
        {
          message: `${project.name} is a backing project and needs ${need}, which is not one: it would stay up without what it needs`,
          fix: `Make ${need} a backing project too, or ${project.name} an ordinary one.`,
          ...at(source, need),
        },
      ];
    }),
  );
  const circles = cycles.map((cycle) => {
    const source = byName.get(cycle[0] ?? '')?.source;
    return {
      message:
        cycle.length === 2 ? `${cycle[0]} needs itself` : `Projects need each other in a circle: ${cycle.join(' → ')}`,
      fix:
        cycle.length === 2
          ? 'Remove that need.'
          : 'Remove one of these needs: one of them must be able to come up first.',
      ...(source === undefined ? {} : at(source, cycle[1] ?? '')),
    };
  });
  return [...wrong, ...circles];
}

/** Where in a file a need is named: its own line if it can be found. */
function at(source: string, word: string): { file: string; line?: number; column?: number } {
  if (!existsSync(source)) return { file: source };
  let lines: string[] = [];
  try {
    lines = readFileSync(source, 'utf8').split('\n');
  } catch {
    return { file: source }; // A directory.
  }
  const pattern = new RegExp(`needs.*?(?<![\\w.-])(${word.replace(/[^\w]/g, '\\$&')})(?![\\w.-])`);
  for (const [index, line] of lines.entries()) {
    const match = pattern.exec(line);
    if (match !== null)
      return { file: source, line: index + 1, column: match.index + match[0].length - word.length + 1 };
  }
  return { file: source };
}

/** `restart: last` installs, migrates and starts all side by side, which an all-in-one hook cannot. */
export function checkRestart(registered: readonly Registered[], draft: Draft): Problem[] {
  if (draft.restart !== 'last') return [];
  return registered.flatMap(({ project: { name, hooks } }) => {
    const upgrade = hooks.get('upgrade');
    if (upgrade === undefined) return [];
    return [
      draft.places.problem(
        ['restart'],
        `\`restart: last\` cannot be, because ${name} is upgraded whole by ${relative(draft.dir, upgrade.source)}`,
        `Write \`restart: each\`, or take it apart into install, migrate and start.`,
      ),
    ];
  });
}

const CHANGING = HOOKS.filter((hook) => ['install', 'start', 'migrate', 'upgrade'].includes(hook));

/** A run in which nothing could change shows nothing. */
export function checkChange(registered: readonly Registered[], draft: Draft): Problem[] {
  const { base, target, places } = draft;
  const changing = registered.some(({ project: { hooks } }) =>
    CHANGING.some((hook) => hooks.has(hook) && hooks.get(hook)?.empty === undefined),
  );
  if (!changing) {
    return [
      {
        message:
          'Nothing could change in this run: no project has install, start, migrate or upgrade with a command in it',
        fix: 'Give at least one project an install and a start, or an upgrade.',
        file: draft.file,
      },
    ];
  }
  const pinned = registered.every(({ project: { name } }) => {
    const version = Object.hasOwn(base.versions, name) ? base.versions[name] : undefined;
    return version !== undefined && Object.hasOwn(target.versions, name) && version === target.versions[name];
  });
  if (!pinned || !sameEnv(base.env, target.env)) return [];
  return [
    places.problem(
      ['releases', draft.releases.indexOf(target.name), 'versions'],
      `Nothing could change in this run: every project has the same version at ${base.name} and ${target.name}, and so has \`env\``,
      'Name the versions that the target should have, or leave out those that are to be found different.',
      'key',
    ),
  ];
}

function sameEnv(one: Readonly<Record<string, string>>, two: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return (
    names.length === Object.keys(two).length &&
    names.every((name) => Object.hasOwn(two, name) && one[name] === two[name])
  );
}
