import { join } from 'node:path';
import { isSecretName } from '../basics/mask.js';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import { shownUrl } from '../git/checkout.js';
import type { Event } from '../journal/event.js';
import { Journal } from '../journal/journal.js';
import { identify } from '../process/identity.js';
import { PLAIN, styleFor } from '../report/style.js';
import { tailOf } from '../report/tail.js';
import { finalResult } from '../report/terminal/final.js';
import { makeView, viewKind } from '../report/terminal/view.js';
import { cleaner } from '../report/text.js';
import { exitCode } from '../report/verdict.js';
import { WholeLog } from '../report/whole-log.js';
import type { RunContext } from '../run/context.js';
import { dropData, retireRuns } from '../run/directory.js';
import { runEnvironment } from '../run/environment.js';
import { enter } from '../run/inside.js';
import { resolveProbes } from '../run/probes.js';
import { runPlan } from '../run/runner.js';
import { Scratch } from '../run/scratch.js';
import { keepSecrets, maskOf } from '../run/secrets.js';
import { Home } from '../run/workplace.js';
import { whatIsLeft } from '../services/strays.js';
import type { Workspace } from '../workspace/workspace.js';
import type { RunFlags } from './flags.js';
import { quoted, tellGithub } from './github.js';
import type { Interrupts } from './interrupts.js';
import { suffixOf } from './of-run.js';
import { partOf, planned, stopAfter } from './parts.js';
import { foldOf, type Prepared } from './prepared.js';
import { attempt, complain, fromHere, refuse } from './say.js';
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
  const entered = await enter(runDir, workspace.dataRoot);
  if (!entered.ok) return refuse([entered.error]);
  const inside = entered.value;
  let mask = (text: string): string => text;
  const keep = (of: Workspace): NodeJS.ProcessEnv => {
    const env = runEnvironment(of, runDir);
    keepSecrets(runDir, of.secrets, env, of.base.env, of.target.env);
    mask = maskOf(runDir);
    return env;
  };
  const env = keep(workspace);
  let asked: RunFlags = { ...workspace.asks, ...flags };

  const style = styleFor(process.stdout, process.env);
  const view = makeView(viewKind(process.stdout, process.env, { quiet: asked.q === true }), {
    stream: process.stdout,
    style,
    clean: cleaner((text) => mask(text)),
    runDir: fromHere(runDir),
  });
  const state = foldOf(runDir);
  const log =
    workspace.log === undefined
      ? undefined
      : new WholeLog({
          ...workspace.log,
          runDir,
          mask: (text) => mask(text),
          began: new Date(),
          broke: (error) => complain('the log of the whole run ends here', error),
        });
  const journal = new Journal(join(runDir, 'journal.ndjson'), (event: Event) => {
    state.apply(event);
    // A password that a hook has just made up is a secret from here on.
    if (event.type === 'resource-saved' && isSecretName(event.key, workspace.secrets)) mask = maskOf(runDir);
    view.event(event, state);
    log?.event(event, state);
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
    const probes = await resolveProbes(workspace.probes, runDir);
    journal.append(planned(workspace, plan, flags, probes));
    for (const { checkout, how, commit } of workspace.fetched) {
      const { name, url, ref } = checkout;
      const what = { name, url: shownUrl(url), how, ...(ref === undefined ? {} : { ref }) };
      journal.append({ type: 'checkout-ready', ...what, ...(commit === undefined ? {} : { commit }) });
    }
    if (!resumed) for (const text of workspace.warnings) journal.append({ type: 'warned', text });

    const whole = {
      runDir,
      system: runDir,
      journal,
      state,
      workplace: workspace.home === undefined ? new Scratch(runDir) : new Home(workspace.home),
      ...(inside === undefined ? {} : { inside }),
    };
    const goOn = async (): Promise<Result<RunContext, readonly Problem[]>> => {
      const next = await prepared.goOn?.();
      if (next?.ok !== true) return next ?? err([]);
      for (const text of next.value.workspace.warnings) journal.append({ type: 'warned', text });
      const asks = await resolveProbes(next.value.workspace.probes, runDir);
      journal.append(planned(next.value.workspace, next.value.plan, flags, asks));
      asked = { ...next.value.workspace.asks, ...flags };
      const further = keep(next.value.workspace);
      return ok({ ...whole, ...partOf(next.value.workspace, next.value.plan), probes: asks, env: further });
    };
    await runPlan(
      { ...whole, ...partOf(workspace, plan), probes, env, goOn },
      {
        jobs: workspace.jobs,
        stopAfter: (phase, of) => stopAfter(asked)(phase, of),
        interrupt: interrupts.first,
        kill: interrupts.second,
      },
    );
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
    inside?.close();
    view.close();
    attempt('the journal could not be closed', () => journal.close());
  }

  const given = { tail: tailOf(runDir), mask, now: Date.now() };
  log?.close(finalResult(state, { ...given, runDir, style: PLAIN, suffix: '' }));
  const written = await writeViews(runDir, state, given);
  const shown = { ...given, runDir: fromHere(written.open), beside: written.beside, style, suffix: suffixOf(dir) };
  process.stdout.write(quoted(finalResult(state, shown), process.env));
  await tellGithub(runDir, state, given, written);
  attempt('what is no longer needed could not be removed', () => {
    if (state.verdict === 'passed') dropData(runDir);
    retireRuns(workspace.dataRoot, (old) => old === runDir || whatIsLeft(old).up);
  });
  return exitCode(state);
}
