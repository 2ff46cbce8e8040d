import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { describeFault } from '../basics/fault.js';
import type { CheckFlags, CleanFlags, OfRun, PlanFlags, ResourceFlags, RunFlags } from './flags.js';
import { VERSION } from './version.js';

/** The outcome of a command: what the process exits with. */
type Exit = Promise<number>;

const dir = (): Argument => new Argument('[DIR]', 'the workspace').default('.', 'the current directory');
const runOption = (): Option => new Option('--run <RUN>', 'a run by its id; the latest when left out');

function positive(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('It takes a whole number from 1.');
  return count;
}
const names = (text: string): string[] => text.split(',').filter((name) => name !== '');

const finish = (work: Exit): Promise<void> =>
  work.then((status) => {
    process.exitCode = status;
  });

/** The commands, each loading its own code only when it is called. */
function grenade(): Command {
  const program = new Command('grenade')
    .description('Is everything that people had still there, and still working, after this upgrade?')
    .version(VERSION, '-V, --version')
    .showSuggestionAfterError()
    .showHelpAfterError('(grenade COMMAND --help shows examples)')
    .exitOverride();

  program
    .command('run')
    .summary('upgrade the system and say what broke')
    .description('Brings the base up, creates what should survive, upgrades, and looks whether it survived.')
    .addArgument(dir())
    .option('-b', 'run only the base part, up to the shutdown')
    .option('-t', 'run only the target part, going on with the latest base part')
    .option('-s <LABEL>', 'stop after this phase (`grenade plan` lists them)')
    .option('-q', 'print only the result')
    .option('--fail-fast', 'stop at the first failure in verify phases too')
    .option('--jobs <N>', 'run side by side what no `needs` orders, in install and verify', positive)
    .option('--from <R>', 'the base, of a longer list of releases')
    .option('--to <R>', 'the target, of a longer list of releases')
    .option('--projects <A,B>', 'only these, and what they need', names)
    .addOption(new Option('--on-failure <what>', 'whether a failed system stays up').choices(['keep', 'destroy']))
    .option('--plan <FILE>', 'run a saved plan')
    .option('--from-snapshot', 'begin at the base that an earlier run kept, or keep this one')
    .option('--strict', 'fail when a release could not be proven, or an exception says nowhere why it is needed')
    .addHelpText(
      'after',
      `
Examples:
  grenade run                         the workspace in this directory
  grenade run examples/quickstart -b  bring the base up and look around …
  grenade run examples/quickstart -t  … then upgrade it
  grenade run -s create --projects worker
  grenade run --from-snapshot         the second time, the base is not built again

Exits: 0 passed · 1 the upgrade broke something · 2 wrong usage or workspace, nothing ran
       3 the base was broken before the upgrade · 4 a fault of Grenade's · 130 interrupted`,
    )
    .action((at: string, options: RunFlags) => finish(import('./run.js').then(({ run }) => run(at, options))));

  program
    .command('plan')
    .summary('print what a run would do')
    .addArgument(dir())
    .option('--json', 'as the JSON that `run --plan` takes')
    .option('--fail-fast', 'as for run')
    .option('--from <R>', 'as for run')
    .option('--to <R>', 'as for run')
    .option('--projects <A,B>', 'as for run', names)
    .addHelpText(
      'after',
      '\nExamples:\n  grenade plan\n  grenade plan --json > plan.json && grenade run --plan plan.json',
    )
    .action((at: string, options: PlanFlags) => finish(import('./plan.js').then(({ plan }) => plan(at, options))));

  program
    .command('check')
    .summary('say what a reviewer would of hooks, without running them')
    .description('Reads plugins, classic ones too: a directory of hooks, a directory of these, or a workspace.')
    .addArgument(dir())
    .addOption(new Option('--format <how>', 'for whom').choices(['people', 'json', 'sarif', 'github']))
    .addHelpText(
      'after',
      `
Examples:
  grenade check examples/quickstart
  grenade check ~/src/heat/devstack/upgrade
  grenade check --format sarif > grenade.sarif

A finding is silenced by a comment above its line: # grenade-ignore RULE: reason
Of a workspace with grenade.yaml, \`settings\` are sourced; of all else nothing is run.

Exits: 0 nothing of severity error · 1 findings of severity error · 2 wrong usage`,
    )
    .action((at: string, options: CheckFlags) => finish(import('./check.js').then(({ check }) => check(at, options))));

  program
    .command('resource')
    .summary("run one phase of one project's hooks against what is up")
    .argument('<PROJECT>')
    .argument('<PHASE>', 'a hook: create, verify, verify_noapi, destroy, smoke, version, …')
    .addArgument(dir())
    .addOption(runOption())
    .addOption(new Option('--side <side>', 'which release it is called for').choices(['base', 'target']))
    .addHelpText(
      'after',
      '\nExamples:\n  grenade run -b && grenade resource s3rver verify\n  grenade resource s3rver verify --side target',
    )
    .action((project: string, phase: string, at: string, options: ResourceFlags) =>
      finish(import('./resource.js').then(({ resource }) => resource(project, phase, at, options))),
    );

  program
    .command('logs')
    .summary("show a step's whole log")
    .argument('<STEP>', 'its number, its key, or the beginning of its key: 27, s3rver/verify:target')
    .addArgument(dir())
    .addOption(runOption())
    .addHelpText('after', '\nExamples:\n  grenade logs 27\n  grenade logs s3rver/verify:target')
    .action((step: string, at: string, options: OfRun) =>
      finish(import('./logs.js').then(({ logs }) => logs(step, at, options))),
    );

  program
    .command('report')
    .summary('tell again how a run went')
    .addArgument(dir())
    .addOption(runOption())
    .addHelpText('after', '\nExamples:\n  grenade report\n  grenade report --run 2026-11-23-131022')
    .action((at: string, options: OfRun) => finish(import('./report.js').then(({ report }) => report(at, options))));

  program
    .command('clean')
    .summary('end what a run left up, and drop its data')
    .addArgument(dir())
    .addOption(runOption())
    .option('--all', 'every run, the kept releases and the snapshots too')
    .addHelpText('after', '\nExamples:\n  grenade clean\n  grenade clean --all')
    .action((at: string, options: CleanFlags) => finish(import('./clean.js').then(({ clean }) => clean(at, options))));

  const snapshot = program
    .command('snapshot')
    .summary('list or drop what `run --from-snapshot` kept')
    .addHelpText('after', '\nExamples:\n  grenade snapshot list\n  grenade snapshot drop 3f9c0b71d2aa');
  snapshot
    .command('list')
    .summary('the snapshots of a workspace, the one used last first')
    .addArgument(dir())
    .addHelpText('after', '\nExamples:\n  grenade snapshot list examples/quickstart')
    .action((at: string) => finish(import('./snapshot.js').then(({ list }) => list(at))));
  snapshot
    .command('drop')
    .summary('drop one, or all')
    .argument('[KEY]', 'its key, or the beginning of it that no other has')
    .addArgument(dir())
    .option('--all', 'every one')
    .addHelpText('after', '\nExamples:\n  grenade snapshot drop 3f9c\n  grenade snapshot drop --all')
    .action((key: string | undefined, at: string, options: { all?: true }) =>
      finish(import('./snapshot.js').then(({ drop }) => drop(key, at, options))),
    );

  program
    .command('init')
    .summary('make a workspace that runs')
    .addArgument(dir())
    .addHelpText('after', '\nExamples:\n  grenade init my-system && grenade run my-system')
    .action((at: string) => finish(import('./init.js').then(({ init }) => init(at))));

  return program;
}

// Nobody listens any more (`grenade run | head -1`, a terminal that was closed): what was begun goes on to its end.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

try {
  await grenade().parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has said it; help and version are what was asked for, the rest is wrong usage.
    process.exitCode = error.exitCode === 0 ? 0 : 2;
  } else if (error instanceof Error && 'syscall' in error) {
    process.stderr.write(`grenade: it cannot go on: ${describeFault(error)}\n`);
    process.exitCode = 4;
  } else {
    process.stderr.write(`grenade: this is a fault of Grenade's own, please report it.\n${describeFault(error)}\n`);
    process.exitCode = 4;
  }
}
