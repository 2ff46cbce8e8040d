import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { parseDuration } from '../basics/duration.js';
import { codeOf } from '../basics/fault.js';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import { parseSize } from '../basics/size.js';
import { gitSettings } from '../git/settings.js';
import { type FetchAll, fetchProjects, listedByGit, type ProjectByGit, pluginByGit } from './by-git.js';
import { isClassic, readClassic } from './classic/read.js';
import { completeWorkspace } from './complete.js';
import { type ReadConfig, readConfig } from './config.js';
import { discover } from './discover.js';
import type { AnyDraft, Draft, Drafted } from './draft.js';
import { hasPluginrc, readPluginrc } from './pluginrc.js';
import { chooseReleases, sameNames, unknownReleases } from './releases.js';
import { checkSyntax } from './syntax.js';
import type { Limits, Release } from './workspace.js';

export interface ReadOptions {
  /** The release to begin with; the first when left out. */
  readonly from?: string;
  /** The release to end with; the last when left out. */
  readonly to?: string;
  /** Only these projects and what they need. */
  readonly projects?: readonly string[];
  /** Instead of what the workspace says. */
  readonly jobs?: number;
  readonly onFailure?: 'keep' | 'destroy';
  /** Fetches what comes by git. Left out by commands that only look: then what is not there yet is a problem. */
  readonly fetch?: FetchAll;
  /** Whether what is there by git is used as it is, whatever `RECLONE` says: a run that goes on keeps its hooks. */
  readonly offline?: boolean;
  /** Where the user stands; paths in fixes begin there. */
  readonly cwd?: string;
  /** Ends what is sourced or loaded, and all that it started; what is wrong then means nothing. */
  readonly signal?: AbortSignal;
  /** What settings would be sourced with in a run whose directory is `runDir`. */
  readonly environment?: (draft: AnyDraft, runDir: string) => NodeJS.ProcessEnv;
}

/**
 * Reads a workspace and finds everything that is wrong with it. Settings are sourced and modules loaded by
 * `completeWorkspace`, in the run's directory, which is made in between; here that happens only when something is
 * wrong already, in a directory that is gone afterwards, so that all of it can be told at once.
 */
export async function readWorkspace(dir: string, options: ReadOptions = {}): Promise<Result<AnyDraft, Problem[]>> {
  const at = resolve(dir);
  if (isClassic(at)) {
    const cwd = options.cwd ?? process.cwd();
    return inScratch(join(at, '.grenade'), (scratch) => readClassic(at, scratch, { ...options, cwd }));
  }
  const { drafted, missing } = await draftOf(at, options);
  if (missing !== undefined) return err([missing]);
  const { draft } = drafted;
  const problems = [...drafted.problems, ...(await checkSyntax(bashScripts(draft)))];

  const plain = draft.localrc === undefined && draft.directories.every(isPlain);
  const wrong = problems.length > 0 || draft.directories.some((each) => problemsOf(each).length > 0);
  if (!plain && !wrong) return ok(draft);

  const environment = options.environment ?? (() => process.env);
  const completed = plain
    ? await completeWorkspace(draft, { runDir: draft.dir, env: environment(draft, draft.dir), problems })
    : await inScratch(draft.dataRoot, (runDir) =>
        completeWorkspace(draft, { runDir, env: environment(draft, runDir), problems, ...signalOf(options) }),
      );
  return completed.ok ? ok(draft) : completed;
}

type DirectoryOf = Draft['directories'][number];
const problemsOf = (each: DirectoryOf): readonly Problem[] =>
  each.kind === 'module' ? each.problems : each.scripts.problems;
/** Those of projects that `--projects` leaves out are not looked at, as far as their names are known. */
const bashScripts = ({ directories, selected }: Draft): string[] =>
  directories.flatMap((each) =>
    each.kind === 'module' || (selected !== undefined && isPlain(each) && !selected.includes(each.name))
      ? []
      : each.scripts.bash,
  );
const isPlain = (each: DirectoryOf): boolean => each.kind === 'scripts' && each.scripts.settings === undefined;

/** Reads a workspace whole, for commands that look at it and run nothing. */
export async function loadWorkspace(
  dir: string,
  options: ReadOptions = {},
): Promise<Result<import('./workspace.js').Workspace, Problem[]>> {
  const read = await readWorkspace(dir, options);
  if (!read.ok) return read;
  const draft = read.value;
  const environment = options.environment ?? (() => process.env);
  return inScratch(draft.dataRoot, (runDir) =>
    completeWorkspace(draft, { runDir, env: environment(draft, runDir), ...signalOf(options) }),
  );
}

const signalOf = ({ signal }: ReadOptions): Pick<ReadOptions, 'signal'> => (signal === undefined ? {} : { signal });

/** Directories of a run that settings may write to. */
const ROOMS = ['steps', 'notes', 'ports', 'resources', 'data', 'save'];

/** Works in the likeness of a run's directory, and leaves nothing of it. */
async function inScratch<T>(dataRoot: string, work: (runDir: string) => Promise<T>): Promise<T> {
  const made = mkdirSync(dataRoot, { recursive: true });
  const runDir = mkdtempSync(join(dataRoot, 'look-'));
  try {
    for (const room of ROOMS) mkdirSync(join(runDir, room));
    return await work(runDir);
  } finally {
    rmSync(runDir, { recursive: true, force: true });
    if (made !== undefined) removeEmpty(dataRoot, made);
  }
}

/** Removes the directories that were made for `path`, from `first` down, unless somebody used them meanwhile. */
function removeEmpty(path: string, first: string): void {
  try {
    for (let at = path; at.length >= first.length; at = resolve(at, '..')) rmdirSync(at);
  } catch {
    // Not empty: it is somebody's.
  }
}

type DraftOf =
  | { readonly drafted: Drafted; readonly missing?: undefined }
  | { readonly drafted?: undefined; readonly missing: Problem };

async function draftOf(dir: string, options: ReadOptions): Promise<DraftOf> {
  const file = join(dir, 'grenade.yaml');
  const text = readText(file);
  if (!text.ok) return { missing: text.error };
  const read = readConfig(file, text.value);
  const { config, places } = read;
  const cwd = options.cwd ?? process.cwd();

  const problems: Problem[] = [
    ...read.problems,
    ...sameNames(read.raw, places),
    ...unknownReleases(config.expect ?? [], read.releases, places),
  ];
  const chosen = chooseReleases(read.releases, options);
  // With a list that is wrong already, what --from and --to would choose from it says nothing.
  const releasesRead = config.releases !== undefined;
  if (!chosen.ok && releasesRead) problems.push(...chosen.error);
  const { base, target } = chosen.ok ? chosen.value : { base: NONE, target: NONE };

  const dataRoot = resolve(dir, config['data-root'] ?? '.grenade');
  const localrc = existsSync(join(dir, 'localrc')) ? join(dir, 'localrc') : undefined;
  const plugins = hasPluginrc(dir)
    ? await inScratch(dataRoot, (scratch) => readPluginrc({ dir, localrc, signal: options.signal }, scratch))
    : ok([]);
  if (!plugins.ok) problems.push(...plugins.error);
  const roots = { dir, dataRoot };
  const listed = config.projects?.map((each, at) =>
    typeof each === 'string' ? each : listedByGit(each, at, roots, places),
  );
  const plugged = plugins.ok ? plugins.value.map((each) => pluginByGit(each, roots)) : [];
  const byGit = [...(listed ?? []).filter((each) => typeof each !== 'string'), ...plugged];
  problems.push(...askedTwice(byGit));
  const settings = gitSettings({ ...process.env, ...(options.offline === true ? { OFFLINE: 'True' } : {}) });
  // Nothing is fetched for a workspace with which something is wrong already.
  const fetch = problems.length === 0 ? options.fetch : undefined;
  const fetched = await fetchProjects(byGit, dataRoot, settings, fetch);
  if (!fetched.ok) problems.push(...fetched.error);

  const found = read.projectsUnknown
    ? { directories: [], problems: [] }
    : await discover(dir, listed, plugged, places, cwd);
  problems.push(...found.problems);

  const draft: Draft = {
    kind: 'native',
    dir,
    file,
    base,
    target,
    releases: read.releases.map(({ name }) => name),
    restart: config.restart ?? 'each',
    limits: limitsOf(config.limits),
    settle: milliseconds(config.settle, 0),
    secrets: config.secrets ?? [],
    logs: { fail: config.logs?.fail ?? [], ignore: config.logs?.ignore ?? [] },
    listed: config.data ?? [],
    state: {
      loss: config.state?.loss ?? 'fail',
      change: config.state?.change ?? 'warn',
      drift: config.state?.drift ?? 'warn',
      control: config.state?.control ?? false,
      twin: config.state?.twin ?? false,
      expect: (config.expect ?? []).map((each) => ({ data: '*', in: '*', ...each })),
    },
    snapshots: { limit: parseSize(config.snapshots?.limit ?? '') ?? 10e9 },
    onFailure: options.onFailure ?? config['on-failure'] ?? 'keep',
    jobs: options.jobs ?? config.jobs ?? 1,
    dataRoot,
    ...(localrc === undefined ? {} : { localrc }),
    fetched: fetched.ok ? fetched.value : [],
    projectsKnown: !read.projectsUnknown && plugins.ok && fetched.ok,
    directories: found.directories,
    ...(options.projects === undefined ? {} : { selected: options.projects }),
    givenProbes: config.probes ?? [],
    raw: read.raw,
    places,
    cwd,
  };
  return { drafted: { draft, problems } };
}

/** `pluginrc` and `grenade.yaml` have one place for a name. */
const askedTwice = (byGit: readonly ProjectByGit[]): Problem[] =>
  byGit.flatMap(({ checkout: { name, asked } }, at) => {
    const first = byGit.findIndex(({ checkout }) => checkout.name === name);
    const { file, line } = byGit[first]?.checkout.asked ?? asked;
    return first === at || file === asked.file
      ? []
      : [
          {
            message: `${name} is fetched by git twice: ${basename(file)}${line === undefined ? '' : `:${line}`} names it too`,
            fix: 'Keep one of them.',
            ...asked,
          },
        ];
  });

/** Stands for a release that could not be read; its draft is never handed out. */
const NONE: Release = { name: '', versions: {}, env: {} };

function readText(file: string): Result<string, Problem> {
  try {
    return ok(readFileSync(file, 'utf8'));
  } catch (error) {
    const code = codeOf(error);
    return err(
      code === 'ENOENT' || code === 'ENOTDIR'
        ? noWorkspace(resolve(file, '..'))
        : {
            message: `grenade.yaml cannot be read: ${error instanceof Error ? error.message : String(error)}`,
            fix: 'Make it a file that you may read.',
            file,
          },
    );
  }
}

function noWorkspace(dir: string): Problem {
  const where = relative(process.cwd(), dir) === '' ? 'Here' : dir;
  if (!existsSync(dir)) return { message: `There is no directory ${dir}`, fix: 'Give the directory of a workspace.' };
  return {
    message: `${where} is no workspace: there is no grenade.yaml`,
    fix: 'Write grenade.yaml, or run `grenade init`.',
  };
}

function limitsOf(limits: ReadConfig['config']['limits']): Limits {
  return {
    hook: milliseconds(limits?.hook, 30 * 60_000),
    services: milliseconds(limits?.services, 120_000),
    run: milliseconds(limits?.run, 3 * 3_600_000),
    hooks: allMilliseconds(limits?.hooks ?? {}),
    projects: Object.fromEntries(
      Object.entries(limits?.projects ?? {}).map(([project, own]) => [project, allMilliseconds(own)]),
    ),
  };
}

const allMilliseconds = (limits: Readonly<Record<string, string>>): Record<string, number> =>
  Object.fromEntries(Object.entries(limits).map(([name, text]) => [name, milliseconds(text, 0)]));

const milliseconds = (text: string | undefined, otherwise: number): number =>
  (text === undefined ? undefined : parseDuration(text)) ?? otherwise;
