import { type BaseIssue, safeParse } from 'valibot';
import type { Problem } from '../basics/problem.js';
import type { Path, Places } from './places.js';
import { isRecord } from './record.js';
import { ConfigSchema, GitProjectSchema } from './schema.js';
import { capital, meant } from './suggest.js';

/** Everything that the schema has to say about a config, in the words of people, in the order of the file. */
export function schemaProblems(raw: unknown, issues: readonly BaseIssue<unknown>[], places: Places): Problem[] {
  if (!isRecord(raw)) {
    return [
      places.problem([], `grenade.yaml must be a block of keys, not ${plain(raw)}`, 'Begin it with `releases:`.'),
    ];
  }
  const problems = [
    ...unknownKeys(ConfigSchema, raw, [], places),
    // The schema names only the first unknown key of a block; we name them all.
    ...issues
      .flatMap(inGitProject)
      .filter(({ expected }) => expected !== 'never')
      .map((issue) => wrongValue(issue, places)),
  ];
  return problems.sort((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0));
}

/** Of a block where a path could stand too, the schema only says that it is neither: what is wrong in it is asked again. */
function inGitProject(issue: BaseIssue<unknown>): readonly BaseIssue<unknown>[] {
  if (issue.type !== 'union' || !isRecord(issue.input)) return [issue];
  const { issues = [] } = safeParse(GitProjectSchema, issue.input);
  const above = issue.path ?? [];
  return issues.map((each): BaseIssue<unknown> => {
    const [first = undefined, ...more] = [...above, ...(each.path ?? [])];
    return first === undefined ? each : { ...each, path: [first, ...more] };
  });
}

function unknownKeys(schema: unknown, value: unknown, path: Path, places: Places): Problem[] {
  const { entries, each } = inside(schema);
  if (Array.isArray(value)) return value.flatMap((item, at) => unknownKeys(each, item, [...path, at], places));
  if (!isRecord(value)) return [];
  if (entries === undefined) {
    return Object.entries(value).flatMap(([key, item]) => unknownKeys(each, item, [...path, key], places));
  }
  return Object.entries(value).flatMap(([key, item]) => {
    const here = [...path, key];
    if (Object.hasOwn(entries, key)) return unknownKeys(entries[key], item, here, places);
    const block = path.findLast((part) => typeof part === 'string');
    return [
      places.problem(
        here,
        `\`${key}\` is not a key${block === undefined ? '' : ` of \`${block}\``}`,
        meant(key, Object.keys(entries), 'the keys here'),
        'key',
      ),
    ];
  });
}

function wrongValue(issue: BaseIssue<unknown>, places: Places): Problem {
  const keys = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
  const last = issue.path?.at(-1);
  const name = keys.at(-1);

  if (
    last !== undefined &&
    last.type === 'object' &&
    isRecord(last.input) &&
    !Object.hasOwn(last.input, String(last.key))
  ) {
    const owner =
      keys.length > 1 ? `${capital(nameOf(keys.slice(0, -1)))} has no \`${name}\`` : `\`${name}\` is missing`;
    return places.problem(keys, owner, `Add ${example(keys)}.`);
  }
  if (issue.path?.some((item) => item.origin === 'key')) {
    return places.problem(keys, `\`${name}\` must be ${issue.message}`, 'Give it a name of that kind.', 'key');
  }
  const { input } = issue;
  if (issue.type === 'min_length' && Array.isArray(input)) {
    const count = input.length === 0 ? 'no release' : 'only one release';
    return places.problem(
      keys,
      `There is ${count} in \`releases\`, and an upgrade goes from one to another`,
      'Name at least two, the one to upgrade from first.',
    );
  }
  if (issue.message === 'text' && (typeof input === 'number' || typeof input === 'boolean')) {
    return unquoted(keys, input, places);
  }
  const fix =
    keys.at(-2) === 'versions'
      ? `Write the version in quotes, or remove \`${name}\` to have it found out.`
      : input === null && issue.message === 'text'
        ? `Write \`${name}: ""\` if it is meant to be empty.`
        : `Write for example ${example(keys)}.`;
  return places.problem(keys, `${capital(nameOf(keys))} must be ${issue.message}, not ${plain(input)}`, fix);
}

/** A bare number or truth value where text is wanted: what YAML makes of it can differ from what was written. */
function unquoted(keys: Path, input: number | boolean, places: Places): Problem {
  const name = keys.at(-1);
  const written = places.written(keys) ?? String(input);
  const kind = typeof input === 'number' ? 'a number' : 'a truth value';
  const hidden = typeof name === 'string' && SECRET.test(name);
  const read = written === String(input) || hidden ? kind : `the number ${input}`;
  const shown = hidden ? '…' : `"${written}"`;
  return places.problem(
    keys,
    `${capital(nameOf(keys))} must be text, and YAML reads ${hidden ? 'it' : written} as ${read}`,
    `Put it in quotes: \`${typeof name === 'string' ? `${name}: ` : ''}${shown}\`.`,
  );
}

/** Values that are not repeated in a message. */
const SECRET = /PASSWORD|SECRET|TOKEN/i;

/** What people call a place in the file: `worker` in `versions`. */
function nameOf(keys: Path): string {
  const last = keys.at(-1);
  const block = keys.slice(0, -1).findLast((key) => typeof key === 'string');
  if (typeof last === 'number') return `number ${last + 1} of \`${block}\``;
  return block === undefined ? `\`${last}\`` : `\`${last}\` in \`${block}\``;
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'string') return value === '' ? 'empty' : `\`${value}\``;
  if (typeof value === 'number' || typeof value === 'boolean') return `\`${value}\``;
  return Array.isArray(value) ? 'a list' : 'a block of keys';
}

/** The line that the schema shows for a key. */
function example(keys: Path): string {
  let schema: unknown = ConfigSchema;
  let name: string | number | undefined;
  let shown: unknown;
  for (const key of keys) {
    const { entries, each } = inside(schema);
    schema = entries === undefined ? each : entries[String(key)];
    // Inside a record or a list there may be no example: that of the whole stands for it.
    const [first] = inside(schema).examples;
    if (first !== undefined) [shown, name] = [first, key];
    else if (shown === undefined) name = key;
  }
  return `\`${name}: ${flow(shown)}\``;
}

/** A value as YAML in one line. */
function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`;
  if (isRecord(value)) {
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${key}: ${flow(item)}`)
      .join(', ')} }`;
  }
  return typeof value === 'string' && /^[\d.]+$|[*:#{}[\],&!|>'"%@`]/.test(value) ? `"${value}"` : String(value);
}

/** What a schema holds, whatever is wrapped around it. */
interface Inside {
  readonly entries: Record<string, unknown> | undefined;
  /** Of a list or a record. */
  readonly each: unknown;
  readonly examples: readonly unknown[];
}

function inside(schema: unknown): Inside {
  if (!isRecord(schema)) return { entries: undefined, each: undefined, examples: [] };
  if (isRecord(schema.wrapped)) return inside(schema.wrapped);
  // Of what may be text or a block, the block is what there is to look into.
  if (schema.type === 'union' && Array.isArray(schema.options)) {
    return inside(schema.options.find((option) => isRecord(option) && isRecord(option.entries)));
  }
  const notes: readonly unknown[] = Array.isArray(schema.pipe) ? schema.pipe : [];
  const examples = notes.flatMap((note) => (isRecord(note) && Array.isArray(note.examples) ? note.examples : []));
  return {
    entries: isRecord(schema.entries) ? schema.entries : undefined,
    each: schema.item ?? schema.value,
    examples,
  };
}
