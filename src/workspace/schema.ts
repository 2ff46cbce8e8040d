import * as v from 'valibot';
import { checkInside, checkName, checkRef, checkUrl } from '../git/checkout.js';
import { DIFFERENCES } from '../journal/difference.js';
import { HOOKS } from '../journal/record.js';

// Each message ends the sentence "KEY must be …". Descriptions and examples go into schema.json.

const Text = v.string('text');
const DURATION = 'a duration such as 300ms, 90s, 30m or 3h';
const Duration = v.pipe(v.string(DURATION), v.regex(/^\d+(\.\d+)?(ms|s|m|h)$/, DURATION));
const Limit = v.pipe(v.string(DURATION), v.regex(/^(?=.*[1-9])\d+(\.\d+)?(ms|s|m|h)$/, DURATION));

const SIZE = 'a size such as 500MB, 10GB or 1TB';
const Size = v.pipe(v.string(SIZE), v.regex(/^(?=.*[1-9])\d+(\.\d+)?(MB|GB|TB)$/, SIZE));

/** Files are named after data. */
const DATA_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const described = <const S extends v.GenericSchema>(schema: S, description: string, ...examples: unknown[]) =>
  v.exactOptional(v.pipe(schema, v.description(description), v.examples(examples)));

export const ReleaseSchema = v.strictObject(
  {
    name: v.pipe(
      Text,
      v.regex(
        /^[A-Za-z0-9][A-Za-z0-9._+-]*$/,
        'a name of letters, digits and . _ + - that begins with a letter or a digit',
      ),
      v.description('What people call the release. Hooks see it as $RELEASE.'),
      v.examples(['spring', '2026.1']),
    ),
    versions: described(
      v.record(v.string(), v.pipe(Text, v.nonEmpty('a version')), 'a list of `PROJECT: "VERSION"` lines'),
      "What each project's version hook must report at this release, compared by whole components: 17 accepts 17.10 and not 170. Write versions in quotes. The same value at both releases says that the project stays as it is on purpose.",
      { postgres: '14', worker: '0.13' },
    ),
    env: described(
      v.record(
        v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'named as a shell variable: letters, digits and _')),
        Text,
        'a list of `NAME: value` lines',
      ),
      'Variables that hooks see while they run at this release.',
      { PG: 'node_modules/pg14' },
    ),
  },
  'a release: at least `name: NAME`',
);

const hookLimits = v.entriesFromList(
  HOOKS,
  described(Limit, 'How long this hook may run before it is ended and the step fails.', '2h'),
);

const LimitsSchema = v.strictObject(
  {
    hook: described(Limit, 'How long a hook may run before it is ended and its step fails. 30m if left out.', '30m'),
    services: described(
      Limit,
      'How long a service may take to start or to stop; hooks see it in seconds as $SERVICE_TIMEOUT. 120s if left out.',
      '120s',
    ),
    run: described(Limit, 'How long the whole run may take. 3h if left out.', '3h'),
    hooks: described(
      v.strictObject(hookLimits, 'a list of `HOOK: DURATION` lines'),
      'Limits of single hooks, whichever project they belong to.',
      { migrate: '2h' },
    ),
    projects: described(
      v.record(
        v.string(),
        v.strictObject(
          { hook: described(Limit, 'The limit of every hook of this project.', '1h'), ...hookLimits },
          'a list of `HOOK: DURATION` lines, where `hook` is every hook',
        ),
        'a list of projects, each with its limits',
      ),
      'Limits of single projects: of all their hooks by `hook`, or of one by its name.',
      { postgres: { hook: '1h', migrate: '2h' } },
    ),
  },
  'a list of limits such as `hook: 30m`',
);

/** Text with which nothing is wrong. */
const checked = (wrong: (text: string) => string | undefined, message: string) =>
  v.pipe(
    Text,
    v.check((text) => wrong(text) === undefined, message),
  );

/** A project that is fetched by git. */
export const GitProjectSchema = v.strictObject({
  name: v.pipe(
    checked(checkName, 'a name of letters, digits and . _ + - that begins with a letter or a digit'),
    v.description('What people call the project, and its directory below `plugins/` of the data root.'),
    v.examples(['heat']),
  ),
  git: v.pipe(
    checked(checkUrl, 'a URL or a path to clone from, by file, git, http, https or ssh'),
    v.description(
      'Where it is cloned from: a URL, `user@host:path`, or a path from the workspace. Nobody is asked for a password.',
    ),
    v.examples(['https://example.org/heat']),
  ),
  ref: described(
    checked(checkRef, 'a branch, a tag, a commit, or a whole ref such as refs/changes/45/12345/6'),
    "A branch, a tag, a commit, or a whole ref such as refs/changes/45/12345/6. The remote's own choice if left out.",
    'master',
  ),
  path: described(
    checked(checkInside, 'a path inside the checkout'),
    'The directory in it that holds the project. The top of it if left out.',
    'devstack/upgrade',
  ),
});

export type GitProject = v.InferOutput<typeof GitProjectSchema>;
export const ProbeSchema = v.strictObject(
  {
    name: v.pipe(Text, v.description('What results call the probe.'), v.examples(['s3'])),
    http: described(
      v.pipe(Text, v.nonEmpty('a URL')),
      'A URL that is asked over a new connection and over one that is kept. A status below 400 is up. `{port:NAME}` stands for the port that `free_port NAME` gives.',
      'http://127.0.0.1:{port:s3}/',
    ),
    tcp: described(
      v.pipe(Text, v.nonEmpty('an address')),
      'An address that is connected to, HOST:PORT. Whoever takes the connection is up.',
      '127.0.0.1:{port:postgres}',
    ),
    exec: described(
      v.array(Text, 'a list of words, the program first'),
      'A program and its arguments, without a shell, run in the workspace. Status 0 is up.',
      ['./guest-answers.sh', '10.0.0.3'],
    ),
    interval: described(Limit, 'A sample is begun every so often. 100ms if left out, 1s for a program.', '100ms'),
    budget: described(
      Duration,
      'How long all outages together may last in the phases that count; 0s is never. If left out, outages are shown and fail nothing.',
      '2s',
    ),
    during: described(
      v.array(v.string('the name of a phase'), 'a list of phases'),
      'Phases in which outages count for the budget, as `grenade plan` lists them; `all` is from when it was first up to the end of the checks after the upgrade. From the first shutdown to the end of these checks if left out.',
      ['upgrade', 'verify-target'],
    ),
  },
  'a probe: at least `name: NAME` and one of `http`, `tcp` and `exec`',
);

const SEVERITY = '`fail`, `warn` or `note`';
const Severity = v.picklist(['fail', 'warn', 'note'], SEVERITY);
const Names = v.array(v.pipe(Text, v.nonEmpty('a name')), 'a list of names of releases');

/** Data that is compared: where it is kept. */
export const DataSchema = v.strictObject({
  name: v.pipe(
    Text,
    v.regex(DATA_NAME, 'a name of letters, digits and . _ - that begins with a letter or a digit'),
    v.description('What people call it.'),
    v.examples(['jobs']),
  ),
  at: v.pipe(
    Text,
    v.nonEmpty('a directory or a URL'),
    v.description(
      'A postgres:// or mysql:// URL; a directory, a relative one being below $DATA_DIR; or resource:PROJECT/KEY, where a hook keeps one of these with resource_save.',
    ),
    v.examples(['resource:postgres/url', 's3rver']),
  ),
});

const StateSchema = v.strictObject(
  {
    loss: described(
      Severity,
      'What it does to the run when rows, columns, tables or files are gone that nobody expected to go: `fail` it, `warn` in the result, or only `note` it. `fail` if left out.',
      'fail',
    ),
    change: described(
      Severity,
      'The same for rows, definitions and files that are other than they were. `warn` if left out.',
      'warn',
    ),
    drift: described(
      Severity,
      'What it does to the run when the upgraded system is not what a fresh install of the target is: an index or a constraint less, another type or default, another config. `warn` if left out.',
      'fail',
    ),
    control: described(
      v.boolean('true or false'),
      'Whether the base is shut down and started again once before the upgrade, to learn what changes by itself (sessions, heartbeats). Costs one shutdown, one start and two looks at the data. false if left out.',
      true,
    ),
    twin: described(
      v.boolean('true or false'),
      'Whether a fresh install of the target is set up once the upgraded system is down, by install and start of every project, and compared with it: what is defined in databases, files and config. false if left out.',
      true,
    ),
  },
  'a list of `loss`, `change`, `drift`, `control` and `twin`',
);

const ExpectSchema = v.strictObject({
  data: described(Text, 'The name of the registered data; * stands for anything. Any if left out.', 'jobs'),
  what: v.pipe(
    v.picklist(DIFFERENCES, `one of ${DIFFERENCES.join(', ')}`),
    v.description('What is expected to happen.'),
    v.examples(['rows-rekeyed']),
  ),
  in: described(Text, 'The table or the file; * stands for anything. Any if left out.', 'graphile_worker.jobs'),
  column: described(Text, 'The column; * stands for anything. Any if left out.', 'payload'),
  reason: v.pipe(
    Text,
    v.regex(/\S/, 'a sentence'),
    v.description('Why it is right that it happens. It stands in every report.'),
    v.examples(['0.14 numbers all jobs anew']),
  ),
  from: described(Names, 'Only in upgrades from these releases.', ['spring']),
  to: described(Names, 'Only in upgrades to these releases.', ['autumn']),
});

/** Everything that `grenade.yaml` can say. */
export const ConfigSchema = v.strictObject({
  releases: v.pipe(
    v.array(ReleaseSchema, 'a list of releases'),
    v.minLength(2, 'at least two releases, the one to upgrade from first'),
    v.description(
      'The releases of the system, oldest first. A run upgrades the first to the last; --from and --to choose two of a longer list.',
    ),
    v.examples([
      [
        { name: 'spring', versions: { postgres: '14' } },
        { name: 'autumn', versions: { postgres: '17' } },
      ],
    ]),
  ),
  projects: described(
    v.array(
      v.union([v.string(), GitProjectSchema], 'a path or a pattern below the workspace, or `{ name: NAME, git: URL }`'),
      'a list of paths, patterns, and projects that are fetched by git',
    ),
    'Directories of projects, as paths or patterns from the workspace, and projects that are fetched by git, in the order in which they come up. `projects/*` if left out. What a pattern matches is ordered by its NN_ prefix, then by name.',
    ['projects/*'],
    ['services/db', { name: 'heat', git: 'https://example.org/heat', ref: 'master', path: 'devstack/upgrade' }],
  ),
  restart: described(
    v.picklist(['each', 'last'], '`each` or `last`'),
    '`each` installs, migrates and starts project by project; `last` installs all, migrates all, then starts all. `each` if left out.',
    'each',
  ),
  limits: described(LimitsSchema, 'How long things may take.', { hook: '30m', services: '120s', run: '3h' }),
  settle: described(
    Duration,
    'How long the upgraded system is watched before the upgrade counts as done. 0s if left out.',
    '30s',
  ),
  secrets: described(
    v.array(v.string('the name of a variable, in which * stands for anything'), 'a list of names of variables'),
    'Variables whose values are masked wherever text leaves the step logs, besides *PASSWORD*, *SECRET*, *TOKEN* and passwords in URLs.',
    ['DB_PASSWORD', '*_KEY'],
  ),
  logs: described(
    v.strictObject(
      {
        fail: described(
          v.array(
            v.picklist(['error', 'traceback', 'deprecation'], '`error`, `traceback` or `deprecation`'),
            'a list of `error`, `traceback` and `deprecation`',
          ),
          'What fails the run when a service begins to print it after the upgrade and had not before. It is shown in any case. Nothing if left out.',
          ['error', 'traceback'],
        ),
        ignore: described(
          v.array(v.pipe(v.string('text'), v.nonEmpty('text')), 'a list of texts'),
          'Text of what is neither shown nor fails the run, in which * stands for anything; upper and lower case are one.',
          ['connection reset by peer'],
        ),
      },
      'a list of `fail` and `ignore`',
    ),
    'What is made of errors, tracebacks and deprecations that services began to print after the upgrade.',
    { fail: ['error', 'traceback'], ignore: ['connection reset by peer'] },
  ),
  probes: described(
    v.array(ProbeSchema, 'a list of probes'),
    'What is asked all through the run whether it answers. Projects can register probes too.',
    [{ name: 's3', http: 'http://127.0.0.1:{port:s3}/', budget: '2s' }],
  ),
  data: described(
    v.array(DataSchema, 'a list of `{ name: NAME, at: URL or DIRECTORY }`'),
    'Databases and directories that are saved and compared, before the upgrade and after it. Settings and modules can register them too.',
    [
      { name: 'jobs', at: 'resource:postgres/url' },
      { name: 'objects', at: 's3rver' },
    ],
  ),
  state: described(StateSchema, 'What is made of differences in that data.', { loss: 'fail', change: 'warn' }),
  expect: described(
    v.array(ExpectSchema, 'a list of expected differences'),
    'Differences that are meant to happen in an upgrade, each with its reason. They are counted and shown in every report, and so are those that did not happen.',
    [{ data: 'jobs', what: 'rows-rekeyed', in: 'graphile_worker.jobs', reason: '0.14 numbers all jobs anew' }],
  ),
  'on-failure': described(
    v.picklist(['keep', 'destroy'], '`keep` or `destroy`'),
    'Whether the system stays up for a look after a failure, or is taken down. `keep` if left out.',
    'keep',
  ),
  jobs: described(
    v.pipe(
      v.number('a whole number, 1 or more'),
      v.integer('a whole number, 1 or more'),
      v.minValue(1, 'a whole number, 1 or more'),
    ),
    'How many hooks may run side by side, where `needs` does not order them. 1 if left out.',
    4,
  ),
  snapshots: described(
    v.strictObject({
      limit: described(Size, 'How much room all of them may take; those used longest ago go first.', '10GB'),
    }),
    'What `grenade run --from-snapshot` keeps of the base. `{ limit: 10GB }` if left out.',
    { limit: '10GB' },
  ),
  'data-root': described(
    v.pipe(Text, v.nonEmpty('a directory')),
    'Where runs and their data lie: a path from the workspace. `.grenade` if left out.',
    '.grenade',
  ),
});

export type Config = v.InferOutput<typeof ConfigSchema>;
export type ConfigRelease = v.InferOutput<typeof ReleaseSchema>;
