import * as fc from 'fast-check';
import { type Case, type File, localrc } from './case.js';
import { BAD_SETTINGS, DEEDS, FAILURES, LOCALRC, PHASES, PLAIN, RUNS, SETTINGS, TROUBLE } from './ingredients.js';

/** One hook of a generated project. */
interface Hook {
  readonly head: string;
  readonly mode: number;
  readonly errexit: boolean;
  readonly sources: boolean;
  readonly deeds: readonly string[];
  readonly fails: { readonly when: string; readonly how: string } | undefined;
}

interface Project {
  readonly settings: readonly string[];
  readonly resources: Hook | undefined;
  readonly shutdown: Hook | undefined;
  readonly upgrade: Hook | undefined;
  readonly exception: boolean;
}

const NAMES = ['alpha', 'beta', 'gamma'] as const;

/** Mostly the first. */
const mostly = <T>(usual: T, ...others: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(usual, ...others) });
const rarely = <T>(arbitrary: fc.Arbitrary<T>, weight = 8): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const hook = (phases: readonly string[]): fc.Arbitrary<Hook> =>
  fc.record({
    head: mostly('#!/bin/bash', '#!/usr/bin/env bash', '#!/no/such/interpreter', ''),
    mode: mostly(0o755, 0o644),
    errexit: fc.boolean(),
    sources: fc.boolean(),
    deeds: fc.array(fc.oneof(fc.constantFrom(...DEEDS), fc.constantFrom(...PLAIN)), { maxLength: 4 }),
    fails: rarely(fc.record({ when: fc.constantFrom(...phases), how: fc.constantFrom(...FAILURES) }), 10),
  });

const project: fc.Arbitrary<Project> = fc.record({
  settings: fc
    .tuple(
      fc.array(fc.constantFrom(...SETTINGS), { maxLength: 3 }),
      mostly(true, false),
      rarely(fc.constantFrom(...BAD_SETTINGS), 40),
    )
    .map(([more, registers, bad]) => [
      ...(registers ? ['register_project_for_upgrade NAME'] : []),
      ...more,
      ...(bad === undefined ? [] : [bad]),
    ]),
  resources: fc.option(hook(PHASES), { nil: undefined, freq: 6 }),
  shutdown: fc.option(hook(['always']), { nil: undefined, freq: 6 }),
  upgrade: fc.option(hook(['always']), { nil: undefined, freq: 20 }),
  exception: fc.boolean(),
});

interface World {
  readonly projects: readonly Project[];
  readonly outer: Project | undefined;
  readonly outerBranch: string;
  readonly localrc: readonly string[];
  readonly runs: Case['runs'];
  readonly trouble: string | undefined;
  readonly failFast: boolean;
  readonly cloned: boolean;
  readonly devstack: Case['devstack'];
}

/**
 * Workspaces of up to three projects in the tree and one outside of it.
 *
 * @param tools Whether the original's `dsconf` is there, without which it cannot bring the base up.
 */
export function randomCases(tools: boolean): fc.Arbitrary<Case> {
  return fc
    .record<World>({
      projects: fc.array(project, { maxLength: 3 }),
      outer: rarely(project, 2),
      outerBranch: fc.constantFrom('', 'stable/2025.2'),
      localrc: fc.subarray(LOCALRC, { maxLength: 4 }),
      runs: fc.constantFrom(...RUNS),
      trouble: rarely(fc.constantFrom(...TROUBLE), 12),
      failFast: mostly(true, false),
      cloned: tools ? fc.constantFrom(false, false, false, true) : fc.constant(false),
      devstack: mostly<Case['devstack']>('small', 'real'),
    })
    .map(toCase);
}

function toCase(world: World): Case {
  const files: Record<string, File> = {};
  const repositories: Record<string, Record<string, Record<string, File>>> = {};
  const trees = world.cloned ? 'cloned' : 'there';
  // With -t, RUN_TARGET=False makes the original do nothing, and ours is asked for the target part.
  const said = world.localrc.filter((line) => line !== 'RUN_TARGET=False' || !world.runs.flat().includes('-t'));
  const QUIET = ['BASE_RUN_SMOKE=False', 'TARGET_RUN_SMOKE=False', 'ENABLE_TEMPEST=False'];
  files['ws/localrc'] = localrc(trees, [...QUIET, ...said]);
  for (const [at, each] of world.projects.entries()) {
    const name = NAMES[at] ?? 'more';
    Object.assign(files, inDirectory(`ws/projects/${at + 1}0_${name}/`, projectFiles(name, each)));
  }
  if (world.outer !== undefined) {
    const branch = inDirectory('devstack/upgrade/', projectFiles('outer', world.outer));
    repositories['plugins/outer'] = { master: branch, 'stable/2025.2': { ...branch, 'on-stable': '' } };
    files['ws/pluginrc'] = `enable_grenade_plugin outer file://@ROOT@/git/plugins/outer ${world.outerBranch}\n`;
  }
  if (world.trouble !== undefined) files[world.trouble] = '';
  return {
    name: 'a random workspace',
    files,
    repositories,
    plugins: [],
    localConf: [],
    inTree: false,
    devstack: world.devstack,
    trees,
    runs: world.runs,
    failFast: world.failFast,
  };
}

function projectFiles(name: string, project: Project): Record<string, File> {
  const named = (text: string): string => text.replaceAll('NAME', name);
  const files: Record<string, File> = {
    settings: named(`${project.settings.join('\n')}\n`),
    more: named('MORE_OF=NAME\n'),
  };
  for (const [file, hook] of [
    ['resources.sh', project.resources],
    ['shutdown.sh', project.shutdown],
    ['upgrade.sh', project.upgrade],
  ] as const) {
    if (hook !== undefined) files[file] = { text: named(script(hook)), mode: hook.mode };
  }
  if (project.exception) {
    for (const from of ['from-2025.2', 'within-2025.2']) {
      files[`${from}/upgrade-${name}`] = `configure_${name}_upgrade() { __cmp_say exception ${from} ${name}; }\n`;
    }
  }
  return files;
}

function script({ head, errexit, sources, deeds, fails }: Hook): string {
  const failing =
    fails === undefined
      ? []
      : fails.when === 'always'
        ? [fails.how]
        : [`if [[ "$*" == "${fails.when}" ]]; then`, `    ${fails.how}`, 'fi'];
  return [
    ...(head === '' ? [] : [head]),
    ...(errexit ? ['set -o errexit'] : []),
    ...(sources ? ['source "$GRENADE_DIR/grenaderc"', 'source "$GRENADE_DIR/functions"'] : []),
    ...deeds.filter((deed) => sources || PLAIN.includes(deed)),
    ...failing,
    '',
  ].join('\n');
}

const inDirectory = (dir: string, files: Record<string, File>): Record<string, File> =>
  Object.fromEntries(Object.entries(files).map(([path, file]) => [`${dir}${path}`, file]));
