import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { lacking } from './programs.js';

/** Checkouts of what is compared against. */
export interface Sources {
  readonly grenade: string;
  readonly devstack: string;
  /** devstack-tools, whose `dsconf` the original needs where Grenade brings the base up. */
  readonly tools: string | undefined;
  /** A directory of checkouts of plugins, by name. */
  readonly plugins: string | undefined;
}

/** A file by which each of them is known. */
const KNOWN_BY = { grenade: 'grenade.sh', devstack: 'functions-common', tools: 'devstack/dsconf.py' } as const;

/** What has to be corrected before these can be compared against, all of it; nothing when all is well. */
export function problemsOf(sources: Sources): string[] {
  const problems = (['grenade', 'devstack', 'tools'] as const).flatMap((name) => {
    const dir = sources[name];
    if (dir === undefined || existsSync(join(dir, KNOWN_BY[name]))) return [];
    const repository = `https://opendev.org/openstack/${name === 'tools' ? 'devstack-tools' : name}`;
    return [`--${name} ${dir}: there is no ${KNOWN_BY[name]} in it. Give a checkout of ${repository}.`];
  });
  if (sources.plugins !== undefined && pluginsOf(sources).length === 0) {
    problems.push(
      `--plugins ${sources.plugins}: no directory in it has devstack/upgrade/settings. Give a directory of checkouts of ` +
        'projects, such as heat and octavia.',
    );
  }
  const lacks = lacking();
  return lacks === undefined ? problems : [...problems, `Nothing can be compared on this machine: ${lacks}.`];
}

/** Names of the real plugins that can be compared. */
export function pluginsOf({ plugins }: Sources): string[] {
  if (plugins === undefined || !existsSync(plugins)) return [];
  return readdirSync(plugins)
    .filter((name) => existsSync(join(plugins, name, 'devstack', 'upgrade', 'settings')))
    .sort();
}

/** Which commit a checkout is at, or `no commit` where it is no repository. */
export function commitOf(dir: string): string {
  try {
    const git = ['-c', 'safe.directory=*', '-C', resolve(dir), 'rev-parse', '--short=10', 'HEAD'];
    return execFileSync('git', git, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return 'no commit';
  }
}
