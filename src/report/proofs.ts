import { unreachable } from '../basics/unreachable.js';
import type { RunState } from '../journal/state.js';
import { hookOf, projectOf } from './names.js';
import { counts, type Proof, proofOf } from './queries.js';
import { listing } from './text.js';

/** What a run proved of a project, in words. */
export interface ProofRow {
  readonly project: string;
  /** `14.23 → 17.10`, as the running service itself said. */
  readonly releases: string;
  /** `proven`, `unchanged on purpose`, `not proven`. */
  readonly proven: string;
  /** `checked before, with no API and after`. */
  readonly checks: string;
}

export function proofRows(state: RunState): ProofRow[] {
  const checks = checksOf(state);
  return state.projects.map(({ name }) => {
    const proof = proofOf(state, name);
    return {
      project: name,
      releases: releases(proof, state),
      proven: proven(proof),
      checks: checks.get(name) ?? 'not checked',
    };
  });
}

function releases(proof: Proof, state: RunState): string {
  switch (proof.kind) {
    case 'proven':
      return `${proof.base ?? '?'} → ${proof.target}`;
    case 'unchanged':
      return proof.version;
    case 'not-proven':
      return state.releases === undefined ? '' : `${state.releases.base} → ${state.releases.target}?`;
    default:
      return unreachable(proof);
  }
}

function proven(proof: Proof): string {
  switch (proof.kind) {
    case 'proven':
      return 'proven';
    case 'unchanged':
      return 'unchanged on purpose';
    case 'not-proven':
      return 'not proven';
    default:
      return unreachable(proof);
  }
}

/** `checked before, with no API and after`, by project. */
function checksOf(state: RunState): ReadonlyMap<string, string> {
  const times = new Map<string, string[]>();
  for (const step of state.steps) {
    const { record } = step;
    const project = projectOf(record);
    const hook = hookOf(record);
    if (project === undefined || !counts(step) || (hook !== 'verify' && hook !== 'verify_noapi')) continue;
    const when = hook === 'verify_noapi' ? 'with no API' : record.side === 'base' ? 'before' : 'after';
    times.set(project, [...(times.get(project) ?? []), when]);
  }
  return new Map([...times].map(([project, when]) => [project, `checked ${listing(when)}`]));
}
