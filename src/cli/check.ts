import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkProbePhases } from '../plan/probe-phases.js';
import { planFor } from '../plan/scenario.js';
import { asGithub, asJson, asSarif, forPeople } from '../report/review/formats.js';
import { styleFor } from '../report/style.js';
import { count } from '../report/text.js';
import type { Finding } from '../review/finding.js';
import { findPlugins, readPlugin } from '../review/read.js';
import { review } from '../review/review.js';
import { caveats } from '../workspace/caveats.js';
import { loadWorkspace } from '../workspace/read.js';
import type { CheckFlags } from './flags.js';
import { listening } from './interrupts.js';
import { readOptions } from './prepare.js';
import { interrupted, misused } from './say.js';
import { VERSION } from './version.js';

/** `grenade check`: what a reviewer would say of plugins, and of a native workspace all that a run would refuse. */
export function check(at: string, flags: CheckFlags): Promise<number> {
  return listening(({ first }) => checked(at, flags, first));
}

async function checked(at: string, flags: CheckFlags, signal: AbortSignal): Promise<number> {
  const dir = resolve(at);
  const native = existsSync(join(dir, 'grenade.yaml')) ? await lookAtNative(dir, signal) : undefined;
  if (signal.aborted) return interrupted();
  const { refused, notes } = native ?? { refused: [], notes: [] };
  const directories = native?.projects ?? findPlugins(dir);
  if (native === undefined && directories.length === 0) {
    return misused(`there is no plugin in ${at}`, 'Give a workspace, a directory of hooks, or a directory of these.');
  }
  const plugins = await Promise.all(directories.map((each) => readPlugin(each, process.cwd())));
  // What a native workspace is refused for was found as a run finds it, with what its localrc exports.
  const reviewed = review(plugins).filter(({ severity }) => native === undefined || severity !== 'error');
  const findings = [...refused, ...reviewed];
  const format = flags.format ?? 'people';
  const cwd = process.cwd();
  // GitHub knows files by their paths in the checkout, wherever in it the job stands.
  const root = process.env.GITHUB_WORKSPACE || cwd;
  if (format === 'json') process.stdout.write(asJson(findings, cwd));
  else if (format === 'sarif') process.stdout.write(asSarif(findings, root, VERSION));
  else if (format === 'github') process.stdout.write(asGithub(findings, root));
  else {
    for (const note of notes) process.stdout.write(`note: ${note}\n`);
    process.stdout.write(forPeople(findings, cwd, styleFor(process.stdout, process.env)));
    if (findings.length === 0) process.stdout.write(`${count(plugins.length, 'project')}: nothing wrong found.\n`);
  }
  return findings.some(({ severity }) => severity === 'error') ? 1 : 0;
}

interface Native {
  /** What a run would refuse. */
  readonly refused: readonly Finding[];
  /** What weakens a run. */
  readonly notes: readonly string[];
  /** Where its projects lie, once it can be read so far. */
  readonly projects?: readonly string[];
}

async function lookAtNative(dir: string, signal: AbortSignal): Promise<Native> {
  const loaded = await loadWorkspace(dir, { ...readOptions({}), signal });
  const wrong = loaded.ok ? checkProbePhases(loaded.value.probes, planFor(loaded.value)) : loaded.error;
  const refused = wrong.map(
    ({ file = join(dir, 'grenade.yaml'), rule = 'workspace', ...each }): Finding => ({
      ...each,
      file,
      rule,
      severity: 'error',
    }),
  );
  if (!loaded.ok) return { refused, notes: [] };
  const { projects, warnings } = loaded.value;
  const weak = projects.flatMap((project) => caveats(project, loaded.value).map((what) => `${project.name} ${what}`));
  return { refused, notes: [...warnings, ...weak], projects: [...new Set(projects.map((project) => project.dir))] };
}
