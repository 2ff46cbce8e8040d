// `npm run compare`: the original Grenade and ours over the same workspaces, until nothing is left to tell apart but what is
// meant to differ. docs/classic.md says what was compared, and CONTRIBUTING.md how to run it.
import { Command, InvalidArgumentError } from 'commander';
import * as fc from 'fast-check';
import type { Case } from './case.js';
import { DIFFERENCES, STATUS_DIFFERENCES } from './differences.js';
import { fixedCases } from './fixed.js';
import { type Pair, removePair, runPair } from './pair.js';
import { randomCases } from './random.js';
import { showDivergence } from './show.js';
import { commitOf, problemsOf, type Sources } from './sources.js';
import { Templates } from './templates.js';
import { VARIABLE_DIFFERENCES } from './variables.js';

interface Options extends Omit<Sources, 'tools' | 'plugins'> {
  readonly tools?: string;
  readonly plugins?: string;
  readonly seed?: number;
  readonly runs: number;
  readonly only?: string;
  readonly fixed: boolean;
}

/** How many workspaces are tried to make a divergence smaller. */
const SHRINKING = 40;

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('Give a whole number.');
  return value;
};

const MEANT = [...DIFFERENCES, ...VARIABLE_DIFFERENCES, ...STATUS_DIFFERENCES];
const listed = MEANT.map(({ name, says }) => `  ${name.padEnd(24)}${says}`).join('\n');

const program = new Command('npm run compare --')
  .description('Runs the original Grenade and ours over the same workspaces, and shows where they differ.')
  .requiredOption('--grenade <dir>', 'a checkout of openstack/grenade')
  .requiredOption('--devstack <dir>', 'a checkout of openstack/devstack')
  .option('--tools <dir>', 'one of openstack/devstack-tools; without it Grenade never brings the base up')
  .option('--plugins <dir>', 'a directory of checkouts of projects with devstack/upgrade/, each compared by itself')
  .option('--runs <n>', 'random workspaces after the fixed ones', whole, 100)
  .option('--seed <n>', 'what they are made from; by default another one each time', whole)
  .option('--only <text>', 'only fixed cases with this in their name, and nothing random')
  .option('--no-fixed', 'only random workspaces')
  .addHelpText(
    'after',
    `
Nothing outside of temporary directories is written: what changes a machine is a stand-in that only records its call.
As root each run has no network and is nobody.

Examples:
  npm run compare -- --grenade ~/grenade --devstack ~/devstack
  npm run compare -- --grenade ~/grenade --devstack ~/devstack --plugins ~/openstack --runs 0
  npm run compare -- --grenade ~/grenade --devstack ~/devstack --seed 7 --runs 300

Exits with 1 when ours differs in a way that is not meant, and 2 when it cannot be compared. What is meant to differ:
${listed}`,
  );

const options = program.parse().opts<Options>();
const sources: Sources = { ...options, tools: options.tools, plugins: options.plugins };
const problems = problemsOf(sources);
if (problems.length > 0) {
  for (const problem of problems) console.error(problem);
  process.exit(2);
}
process.exitCode = await main();

async function main(): Promise<number> {
  const { tools, plugins } = sources;
  const also =
    tools === undefined ? 'no devstack-tools: Grenade never brings the base up' : `devstack-tools ${commitOf(tools)}`;
  console.log(`grenade ${commitOf(sources.grenade)}, devstack ${commitOf(sources.devstack)}, ${also}`);
  if (plugins === undefined) console.log('no --plugins: no real plugin is compared');
  const templates = new Templates(sources);
  const met = new Map<string, number>();
  try {
    const parted =
      (options.fixed ? await fixed(templates, met) : 0) +
      (options.only === undefined ? await random(templates, met) : 0);
    console.log('\nWhat is meant to differ, and in how many workspaces it did:');
    for (const { name } of MEANT) console.log(`  ${String(met.get(name) ?? 0).padStart(5)}  ${name}`);
    return parted === 0 ? 0 : 1;
  } finally {
    templates.remove();
  }
}

function count(met: Map<string, number>, pair: Pair): void {
  for (const name of pair.met) met.set(name, (met.get(name) ?? 0) + 1);
}

/** Returns how many of them differ. */
async function fixed(templates: Templates, met: Map<string, number>): Promise<number> {
  const cases = fixedCases(sources).filter(({ name }) => name.includes(options.only ?? ''));
  let parted = 0;
  for (const [at, test] of cases.entries()) {
    const began = performance.now();
    const pair = await runPair(templates, test);
    count(met, pair);
    const took = `${((performance.now() - began) / 1000).toFixed(0)} s`;
    const { original, ours } = pair.counts;
    if (pair.divergence.length === 0) {
      console.log(
        `✔ ${at + 1}/${cases.length}  ${test.name}   ${original.hooks} hooks, ${original.commands} commands, to ${original.ended}   ${took}`,
      );
      continue;
    }
    parted++;
    console.log(
      `  ${at + 1}/${cases.length}  ${original.hooks} hooks to ${original.ended}, and ${ours.hooks} to ${ours.ended}   ${took}`,
    );
    console.log(showDivergence(test, pair));
  }
  return parted;
}

/** Returns 1 when one differs; it is made as small as can be, and shown. */
async function random(templates: Templates, met: Map<string, number>): Promise<number> {
  const seed = options.seed ?? Date.now() % 1_000_000;
  const { runs } = options;
  if (runs === 0) return 0;
  console.log(`\n${runs} random workspaces from --seed ${seed}`);
  const began = performance.now();
  let done = 0;
  let shrinking = 0;
  let smallest: { readonly test: Case; readonly pair: Pair } | undefined;
  let [hooks, commands] = [0, 0];
  let broken: { readonly error: unknown } | undefined;
  await fc.check(
    fc.asyncProperty(randomCases(sources.tools !== undefined), async (test) => {
      if (smallest !== undefined && ++shrinking > SHRINKING) return true;
      if (broken !== undefined) return true;
      const pair = await runPair(templates, test).catch((error: unknown) => {
        broken = { error };
        throw error;
      });
      if (smallest === undefined) {
        count(met, pair);
        hooks += pair.counts.original.hooks;
        commands += pair.counts.original.commands;
        done++;
        if (done % 10 === 0 || done === runs) {
          const took = ((performance.now() - began) / 1000).toFixed(0);
          console.log(`  ${done}/${runs}   ${hooks} hooks, ${commands} commands   ${took} s`);
        }
      }
      if (pair.divergence.length === 0) return true;
      if (smallest === undefined) console.log(`  workspace ${done} differs; looking for the smallest that does …`);
      else removePair(smallest.pair.dir);
      smallest = { test, pair };
      return false;
    }),
    { seed, numRuns: runs },
  );
  if (broken !== undefined) throw broken.error;
  if (smallest === undefined) return 0;
  console.log(`\n${showDivergence(smallest.test, smallest.pair)}`);
  return 1;
}
