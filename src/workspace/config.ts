import * as v from 'valibot';
import { type Document, LineCounter, parseDocument, visit, type YAMLError } from 'yaml';
import type { Problem } from '../basics/problem.js';
import { schemaProblems } from './config-problems.js';
import { Places } from './places.js';
import { isRecord } from './record.js';
import {
  type Config,
  type ConfigRelease,
  ConfigSchema,
  type GitProject,
  GitProjectSchema,
  ReleaseSchema,
} from './schema.js';

/** The keys with which nothing is wrong. */
type Sound = { readonly [K in keyof Config]?: Config[K] | undefined };

/** What of `grenade.yaml` could be read. With problems, what is wrong is left out, so that the rest can be looked at. */
export interface ReadConfig {
  readonly config: Sound;
  /** Releases that are right by themselves, even where the list is not. */
  readonly releases: readonly ConfigRelease[];
  /** As written, for checks that must not wait until everything else is right. */
  readonly raw: unknown;
  readonly places: Places;
  readonly problems: readonly Problem[];
  /** Whether it says itself where projects are, and that could not be read. */
  readonly projectsUnknown: boolean;
}

/** Reads the text of `grenade.yaml` and collects everything that is wrong with it by itself. */
export function readConfig(file: string, text: string): ReadConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, merge: true });
  const places = new Places(file, document, lines);
  const problems = document.errors
    // One fault makes the parser stumble again where it stands.
    .filter(({ pos }, at, all) => all.findIndex((other) => other.pos[0] === pos[0]) === at)
    .map((error) => syntaxProblem(error, document, places));
  const failed = (more: readonly Problem[]): ReadConfig => ({
    config: {},
    releases: [],
    raw: undefined,
    places,
    problems: [...problems, ...more],
    projectsUnknown: /^projects\b/m.test(text),
  });

  // A key that stands twice leaves the rest readable; other faults can turn it into something else.
  if (document.errors.some(({ code }) => code !== 'DUPLICATE_KEY')) return failed([]);
  let raw: unknown;
  try {
    raw = document.toJS();
  } catch (error) {
    // An alias of nothing, or one that grows without end.
    const reason = error instanceof Error ? error.message : String(error);
    const alias = text.indexOf(`*${/: (\S+)$/.exec(reason)?.[1]}`);
    return failed([
      places.problemAt(Math.max(0, alias), `grenade.yaml cannot be read: ${reason}`, 'Correct the alias (`*name`).'),
    ]);
  }
  if (raw === null || raw === undefined) {
    return failed([
      places.problem(
        [],
        'grenade.yaml is empty',
        'Name at least two `releases`, or run `grenade init` for an example.',
      ),
    ]);
  }

  const parsed = v.safeParse(ConfigSchema, raw);
  if (parsed.success) {
    const { output } = parsed;
    return { config: output, releases: output.releases, raw, places, problems, projectsUnknown: false };
  }
  const config = salvage(raw, new Set(parsed.issues.map((issue) => issue.path?.[0]?.key)));
  const projects = config.projects ?? salvageProjects(raw);
  return {
    config: { ...config, projects },
    releases: config.releases ?? salvageReleases(raw),
    raw,
    places,
    problems: [...problems, ...schemaProblems(raw, parsed.issues, places)],
    projectsUnknown: projects === undefined && isRecord(raw) && 'projects' in raw,
  };
}

function salvage(raw: unknown, bad: ReadonlySet<unknown>): Sound {
  if (!isRecord(raw)) return {};
  const good = Object.fromEntries(Object.entries(raw).filter(([key]) => !bad.has(key)));
  const parsed = v.safeParse(v.partial(v.object(ConfigSchema.entries)), good);
  return parsed.success ? parsed.output : {};
}

function salvageProjects(raw: unknown): (string | GitProject)[] | undefined {
  if (!isRecord(raw) || !Array.isArray(raw.projects)) return undefined;
  return raw.projects.filter((each) => typeof each === 'string' || v.is(GitProjectSchema, each));
}

function salvageReleases(raw: unknown): ConfigRelease[] {
  if (!isRecord(raw) || !Array.isArray(raw.releases)) return [];
  return raw.releases.flatMap((each) => {
    const parsed = v.safeParse(ReleaseSchema, each);
    return parsed.success ? [parsed.output] : [];
  });
}

const FIXES: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'Keep one of them.',
  TAB_AS_INDENT: 'Indent with spaces; YAML takes no tabs.',
  BAD_INDENT: 'Indent what belongs together by the same number of spaces.',
  BLOCK_AS_IMPLICIT_KEY: 'Begin a new line after the colon, or put the value in quotes.',
  MISSING_CHAR: 'Close the quote or the bracket that was opened, or put a colon after the key.',
  UNEXPECTED_TOKEN: 'Remove what is too much here, or put the value in quotes.',
  MULTIPLE_DOCS: 'Keep one document, without a line of `---` after it.',
};

function syntaxProblem(error: YAMLError, document: Document.Parsed, places: Places): Problem {
  const fix = FIXES[error.code] ?? 'Correct the line; quotes around a value often help.';
  return places.problemAt(beginning(error, document), PLAIN[error.code] ?? `This is not YAML: ${error.message}`, fix);
}

/** Words of our own where the parser speaks to programmers. */
const PLAIN: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'A key stands twice in the same block',
  MULTIPLE_DOCS: 'There is more than one document in this file',
};

/** Where to look: for a quote that is never closed, where it opens and not where the file ends. */
function beginning(error: YAMLError, document: Document.Parsed): number {
  let found = error.pos[0];
  if (error.code !== 'MISSING_CHAR' || !error.message.includes('quote')) return found;
  visit(document, {
    Scalar: (_, { type, range }) => {
      if ((type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE') && range) found = range[0];
    },
  });
  return found;
}
