import type { Problem } from '../basics/problem.js';
import type { Result } from '../basics/result.js';
import type { Failure } from '../journal/failure.js';
import type { RunFold } from '../journal/fold.js';
import type { Journal } from '../journal/journal.js';
import type { Plan } from '../plan/plan.js';
import type { Project } from '../project/project.js';
import type { Workspace } from '../workspace/workspace.js';
import type { Inside } from './inside.js';
import type { ResolvedProbe } from './probes.js';
import type { Workplace } from './workplace.js';

/** What every part of a run works with. */
export interface RunContext {
  readonly workspace: Workspace;
  readonly plan: Plan;
  /** The workspace's projects by name. */
  readonly projects: ReadonlyMap<string, Project>;
  /** Absolute path of the run's directory. */
  readonly runDir: string;
  /**
   * Absolute path of the system that steps work on, with its services, ports, resources and data: the run's own directory,
   * or that of a system beside the one that is upgraded.
   */
  readonly system: string;
  readonly journal: Journal;
  /** Everything the journal has said so far. */
  readonly state: RunFold;
  /** What is asked from the first step to the last of the upgrade. */
  readonly probes: readonly ResolvedProbe[];
  /** What every hook sees; each adds its own. */
  readonly env: NodeJS.ProcessEnv;
  readonly workplace: Workplace;
  /** Where hooks run when what they see is mounted for this run alone. */
  readonly inside?: Inside;
  /** Reads the workspace as far as it can be read now, plans again, and says so in the journal: what the run goes on with. */
  readonly goOn?: () => Promise<Result<RunContext, readonly Problem[]>>;
  /** Digits of a step's number in file names, so that `ls` lists them in order. */
  readonly digits: number;
}

/** How a step that was begun can be watched and ended. */
export interface RunningStep {
  /** Path of its log below the run's directory while it runs. */
  readonly log: string;
  readonly ended: Promise<StepEnd>;
  /** Ends it for this reason: TERM to its process group, KILL after a grace. The first reason given counts. */
  end(why: Failure): void;
  /** Ends it now: KILL. */
  kill(): void;
  /** Folds what its hook has noted so far into the journal. */
  fold(): void;
}

export interface StepEnd {
  readonly failure: Failure | undefined;
  readonly log: string;
}
