import { join } from 'node:path';
import { isSecretName } from '../basics/mask.js';
import { shownUrl } from '../git/checkout.js';
import type { Event } from '../journal/event.js';
import { Journal } from '../journal/journal.js';
import type { StepRecord } from '../journal/record.js';
import type { Phase } from '../plan/plan.js';
import { identify } from '../process/identity.js';
import type { Project } from '../project/project.js';
import { styleFor } from '../report/style.js';
import { tailOf } from '../report/tail.js';
import { finalResult } from '../report/terminal/final.js';
import { makeView, viewKind } from '../report/terminal/view.js';
import { cleaner } from '../report/text.js';
import { exitCode } from '../report/verdict.js';
import { dropData, retireRuns } from '../run/directory.js';
import { runEnvironment } from '../run/environment.js';
import { type RunOptions, runPlan } from '../run/runner.js';
import { Scratch } from '../run/scratch.js';
import { keepSecrets, maskOf } from '../run/secrets.js';
import { whatIsLeft } from '../services/strays.js';
import { livingServices } from '../services/supervisor.js';
import { caveats } from '../workspace/caveats.js';
import type { RunFlags } from './flags.js';
import type { Interrupts } from './interrupts.js';
import { suffixOf } from './of-run.js';
import { foldOf, type Prepared } from './prepared.js';
import { attempt, complain, fromHere } from './say.js';
import { VERSION } from './version.js';
import { writeViews } from './views.js';

/** Conducts a prepared run from its first event to the last sentence, and returns what to exit with. */
export async function conduct(
  prepared: Prepared,
  flags: RunFlags,
  dir: string,
  interrupts: Interrupts,
): Promise<number> {
  const { workspace, plan, runDir, resumed } = prepared;
  const env = runEnvironment(workspace, runDir);
  keepSecrets(runDir, workspace.secrets, env, workspace.base.env, workspace.target.env);
  let mask = maskOf(runDir);

  const style = styleFor(process.stdout, process.env);
  const view = makeView(viewKind(process.stdout, process.env, { quiet: flags.q === true }), {
    stream: process.stdout,
    style,
    clean: cleaner((text) => mask(text)),
    runDir: fromHere(runDir),
  });
  const state = foldOf(runDir);
  const journal = new Journal(join(runDir, 'journal.ndjson'), (event: Event) => {
    state.apply(event);
    // A password that a hook has just made up is a secret from here on.
    if (event.type === 'resource-saved' && isSecretName(event.key, workspace.secrets)) mask = maskOf(runDir);
    view.event(event, state);
  });

  try {
    const harness = { version: VERSION, pid: process.pid, startTime: identify(process.pid)?.startTime ?? '' };
    if (resumed) journal.append({ type: 'run-resumed', harness });
    else
      journal.append({
        type: 'run-started',
        run: runDir.slice(runDir.lastIndexOf('/') + 1),
        workspace: workspace.dir,
        harness,
      });
    const projects = new Map(workspace.projects.map((project) => [project.name, project]));
    journal.append({
      type: 'planned',
      scenario: plan.scenario,
      strict: flags.strict === true,
      releases: plan.releases,
      projects: workspace.projects.map((project) => ({
        name: project.name,
        backing: project.backing,
        caveats: caveats(project, workspace),
      })),
      phases: plan.phases.map(({ name, blame }) => ({ name, blame })),
      steps: plan.phases.flatMap(({ steps }) =>
        steps.map(({ after: _, ...record }) => withEmptiness(record, projects)),
      ),
    });
    for (const { checkout, how, commit } of workspace.fetched) {
      const { name, url, ref } = checkout;
      const what = { name, url: shownUrl(url), how, ...(ref === undefined ? {} : { ref }) };
      journal.append({ type: 'checkout-ready', ...what, ...(commit === undefined ? {} : { commit }) });
    }
    if (!resumed) for (const text of workspace.warnings) journal.append({ type: 'warned', text });

    const { length } = String(plan.phases.at(-1)?.steps.at(-1)?.number ?? 0);
    const context = {
      workspace,
      plan,
      projects,
      runDir,
      journal,
      state,
      env,
      scratch: new Scratch(runDir),
      digits: Math.max(2, length),
    };
    await runPlan(context, {
      jobs: workspace.jobs,
      stopAfter: stopAfter(flags, plan.phases),
      interrupt: interrupts.first,
      kill: interrupts.second,
    });
  } catch (error) {
    complain('the run could not go on', error);
    const finished = { type: 'run-finished', verdict: 'harness', ...whatIsLeft(runDir) } as const;
    try {
      journal.append(finished);
    } catch {
      // What broke the run may be the journal itself; the result below still has to say how it ended.
      state.apply({ at: Date.now(), ...finished });
    }
  } finally {
    view.close();
    attempt('the journal could not be closed', () => journal.close());
  }

  const given = { tail: tailOf(runDir), mask, now: Date.now() };
  const page = await writeViews(runDir, state, given);
  const suffix = suffixOf(dir);
  process.stdout.write(finalResult(state, { ...given, runDir: fromHere(page), style, suffix }));
  attempt('what is no longer needed could not be removed', () => {
    if (state.verdict === 'passed') dropData(runDir);
    retireRuns(workspace.dataRoot, (old) => old === runDir || livingServices(old).length > 0);
  });
  return exitCode(state);
}

/** What is known of a hook today is no part of a plan, which may be from yesterday. */
function withEmptiness(record: StepRecord, projects: ReadonlyMap<string, Project>): StepRecord {
  const { action } = record;
  if (action.kind !== 'hook') return record;
  const hook = projects.get(action.project)?.hooks.get(action.hook);
  return hook?.empty === undefined ? record : { ...record, empty: true };
}

/** Where `-b` and `-s` end a run. */
function stopAfter(flags: RunFlags, phases: readonly Phase[]): RunOptions['stopAfter'] {
  const lastOfBase = phases.findLast(({ blame }) => blame === 'base')?.name;
  return ({ name }) => {
    if (name === flags.s) return 'stopped';
    return flags.b === true && name === lastOfBase ? 'base-ready' : undefined;
  };
}
