import { join, relative, resolve } from 'node:path';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import { type Checkout, checkUrl, shownUrl } from '../git/checkout.js';
import type { Fetched } from '../git/fetch.js';
import { type PlannedFetch, planFetch } from '../git/plan.js';
import type { GitSettings } from '../git/settings.js';
import type { Places } from './places.js';
import type { Plugin } from './pluginrc.js';
import type { GitProject } from './schema.js';

type Asked = NonNullable<Checkout['asked']>;

/** A project that is fetched by git, and where in its checkout it lies. */
export interface ProjectByGit {
  readonly checkout: Checkout & { readonly asked: Asked };
  /** Absolute path. */
  readonly dir: string;
}

/** Does what has been planned, all of it or nothing: what is there then, or what went wrong. */
export type FetchAll = (
  planned: readonly PlannedFetch[],
  dataRoot: string,
) => Promise<Result<readonly Fetched[], readonly Problem[]>>;

/** What an entry of `projects` asks for. */
export function listedByGit(project: GitProject, at: number, roots: Roots, places: Places): ProjectByGit {
  const { file = places.file, line, column } = places.problem(['projects', at], '', '');
  const asked = { file, ...(line === undefined ? {} : { line }), ...(column === undefined ? {} : { column }) };
  return projectByGit(project, asked, roots);
}

/** What `pluginrc` asks for. Such a project keeps its hooks where the original looks for them. */
export function pluginByGit({ url, dir: _, asked, ...rest }: Plugin, roots: Roots): ProjectByGit {
  return projectByGit({ ...rest, git: url, path: 'devstack/upgrade' }, asked, roots);
}

/** The workspace, and its data root: checkouts lie there, where nothing else of the user's is. */
interface Roots {
  readonly dir: string;
  readonly dataRoot: string;
}

function projectByGit({ name, git, ref, path }: GitProject, asked: Asked, { dir, dataRoot }: Roots): ProjectByGit {
  const checkout = join(dataRoot, 'plugins', name);
  return {
    checkout: {
      name,
      url: isPath(git) ? resolve(dir, git) : git,
      ...(ref === undefined ? {} : { ref }),
      dir: checkout,
      asked,
    },
    dir: join(checkout, path ?? '.'),
  };
}

/** What is neither `scheme://…` nor `host:path`. */
const isPath = (url: string): boolean => checkUrl(url) === undefined && !/^[^/]*:/.test(url);

/**
 * Plans to fetch all of these, and has it done by `fetch`. Without `fetch`, what is not there as it is asked for is a problem,
 * since its hooks are not known before.
 */
export async function fetchProjects(
  projects: readonly ProjectByGit[],
  dataRoot: string,
  settings: GitSettings,
  fetch: FetchAll | undefined,
): Promise<Result<readonly Fetched[], readonly Problem[]>> {
  const planned: PlannedFetch[] = [];
  const problems: Problem[] = [];
  for (const { checkout } of projects) {
    const plan = planFetch(checkout, settings);
    if (!plan.ok) problems.push(plan.error);
    else if (fetch === undefined && plan.value.action.kind === 'clone') problems.push(notThere(plan.value));
    else planned.push(plan.value);
  }
  if (problems.length > 0) return err(problems);
  return fetch === undefined || planned.length === 0 ? ok([]) : fetch(planned, dataRoot);
}

const notThere = ({ checkout }: PlannedFetch): Problem => ({
  message: `${checkout.name} has not been fetched, so its hooks are not known`,
  fix: `\`grenade run\` clones it first: ${fetchText(checkout)}.`,
  ...checkout.asked,
});

/** `https://example.org/heat at master to .grenade/plugins/heat`, with the path from where the user stands. */
export function fetchText({ url, ref, dir }: Checkout, cwd = process.cwd()): string {
  const way = relative(cwd, dir);
  return `${shownUrl(url)}${ref === undefined ? '' : ` at ${ref}`} to ${way.length < dir.length ? way : dir}`;
}
