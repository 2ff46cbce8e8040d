import { join, resolve } from 'node:path';
import { describeFault } from '../basics/fault.js';
import { isAboutConfig, StateJudge } from '../checks/state.js';
import type { Difference } from '../journal/difference.js';
import type { Blame } from '../journal/record.js';
import type { Step } from '../plan/plan.js';
import { tellMissed } from './compared.js';
import { compareLooks, type Look, lookAt } from './config-look.js';
import type { RunContext } from './context.js';

interface Place {
  readonly project: string;
  readonly at: string;
  look: Look;
}

/**
 * Looks at what projects register as configuration, from before the first step that upgrades something, and after every
 * step from there on to the end of the upgrade: what differs changed while that step ran.
 */
export class ConfigWatch {
  readonly #context: RunContext;
  readonly #judge: StateJudge;
  /** As they were last seen; undefined before the first look. */
  #places: Promise<readonly Place[]> | undefined;
  /** Steps that ran since the last look. */
  readonly #since = new Set<string>();
  /** One look at a time, in the order in which steps end. */
  #last: Promise<void> = Promise.resolve();

  private constructor(context: RunContext) {
    const { workspace } = context;
    this.#context = context;
    this.#judge = new StateJudge({
      rules: workspace.state,
      from: workspace.base.name,
      to: workspace.target.name,
      control: [],
    });
  }

  /** None where no project says where its configuration lies. */
  static of(context: RunContext): ConfigWatch | undefined {
    const some = context.workspace.projects.some(({ config = [] }) => config.length > 0);
    return some ? new ConfigWatch(context) : undefined;
  }

  /** A step is about to begin, and must not before everything was seen as it was. */
  async before({ key, side }: Step, blame: Blame): Promise<void> {
    if (blame !== 'upgrade' || (side === 'base' && this.#places === undefined)) return;
    this.#since.add(key);
    this.#places ??= this.#record(key);
    await this.#places;
  }

  /** A step has ended, and its end is not told yet. */
  after({ key }: Step): Promise<void> {
    if (!this.#since.has(key)) return Promise.resolve();
    this.#last = this.#last.then(() => this.#compare(key));
    return this.#last;
  }

  /** The upgrade is over: what was expected of configuration and did not happen is told. */
  end(): void {
    const { journal, state } = this.#context;
    const step = state.configChanges.at(-1)?.steps.at(-1) ?? [...this.#since].at(-1) ?? '';
    tellMissed(journal, step, this.#judge.missed().filter(isAboutConfig));
  }

  /** The first look, at everything. */
  async #record(step: string): Promise<readonly Place[]> {
    const { journal, workspace } = this.#context;
    const places: Place[] = [];
    for (const { name: project, config = [] } of workspace.projects) {
      for (const given of config) {
        const at = this.#placeOf(given);
        const look = await this.#look(step, project, at);
        if (look !== undefined) places.push({ project, at, look });
      }
    }
    const recorded = places.map(({ project, at, look }) => ({ project, place: at, files: look.files.size }));
    journal.append({ type: 'config-recorded', step, places: recorded });
    return places;
  }

  async #compare(key: string): Promise<void> {
    const { journal } = this.#context;
    for (const place of (await this.#places) ?? []) {
      const { project, at } = place;
      const look = await this.#look(key, project, at, place.look);
      if (look === undefined) continue;
      // One that began meanwhile may have changed what was seen.
      const steps = [...this.#since];
      const fileOf = ({ kind, at: path }: Difference): string =>
        join(kind === 'files-gone' ? place.look.root : look.root, path);
      for (const difference of compareLooks(place.look, look)) {
        const ruling = this.#judge.judge(`${project}/config`, difference)[0]?.ruling;
        const reason = ruling?.kind === 'expected' ? { reason: ruling.reason } : {};
        journal.append({ type: 'config-changed', steps, project, file: fileOf(difference), difference, ...reason });
      }
      place.look = look;
    }
    // Others may still be running: what they do later was not seen yet.
    this.#since.delete(key);
  }

  /** A relative place is below the system's data, or in a workspace that has none of its own, below that. */
  #placeOf(given: string): string {
    const { workspace, runDir, inside } = this.#context;
    const place = resolve(workspace.home === undefined ? join(runDir, 'data') : workspace.dir, given);
    return inside?.path(place) ?? place;
  }

  async #look(step: string, project: string, at: string, before?: Look): Promise<Look | undefined> {
    try {
      return await lookAt(at, before);
    } catch (error) {
      this.#context.journal.append({ type: 'config-unread', step, project, reason: describeFault(error) });
      return undefined;
    }
  }
}
