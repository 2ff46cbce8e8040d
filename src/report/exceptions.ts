import type { RunState } from '../journal/state.js';
import { tellDifference } from './differences.js';
import { place, upgradeBegan } from './queries.js';

/** Something that an upgrade needed, or did, beyond the rule. */
export interface UpgradeException {
  /** What was done: `web used from-spring/upgrade-web`. */
  readonly what: string;
  /** Keys of the steps in which it was. */
  readonly steps: readonly string[];
  /** Where it stands, if in a file. */
  readonly file?: string;
  readonly line?: number;
  /** Why, in its author's words; undefined when nobody says. */
  readonly reason: string | undefined;
}

/** File and line of an exception, as somebody in the workspace would open it; empty where it stands in none. */
export function whereItStands(state: RunState, { file, line }: UpgradeException): string {
  return file === undefined ? '' : place(state, { file, line });
}

/** Exceptions that were needed and that nobody gave a reason for. */
export const unexplained = (state: RunState): readonly UpgradeException[] =>
  upgradeBegan(state)
    ? [...exceptionsUsed(state), ...configChanges(state)].filter(({ reason }) => reason === undefined)
    : [];

/** Every use of a per-release exception, once each however often it was used. */
export function exceptionsUsed({ exceptions }: RunState): UpgradeException[] {
  const uses = new Map<string, UpgradeException>();
  for (const { project, file, line, reason, step } of exceptions) {
    const key = JSON.stringify([project, file]);
    const steps = [...new Set([...(uses.get(key)?.steps ?? []), step])];
    const at = line === undefined ? {} : { line };
    uses.set(key, { what: `${project} used a per-release exception`, steps, file, ...at, reason });
  }
  return [...uses.values()];
}

/**
 * Files of configuration that changed on the way up, once each. What a per-release exception did has its reason, unless
 * the workspace gives another.
 */
export function configChanges(state: RunState): UpgradeException[] {
  const changes = new Map<string, UpgradeException>();
  for (const { project, file, steps, difference, reason } of state.configChanges) {
    const key = JSON.stringify([project, file]);
    const known = changes.get(key);
    const used = state.exceptions.find(
      (each) => each.project === project && steps.includes(each.step) && each.reason !== undefined,
    );
    // Each change needs a reason of its own: one that has none is not covered by another's.
    const covered = known === undefined || known.reason !== undefined;
    changes.set(key, {
      what: `the configuration of ${project}: ${tellDifference(difference)}`,
      steps: [...new Set([...(known?.steps ?? []), ...steps])],
      file,
      reason: covered ? (reason ?? used?.reason) : undefined,
    });
  }
  return [...changes.values()];
}
