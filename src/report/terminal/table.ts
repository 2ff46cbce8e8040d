import { unreachable } from '../../basics/unreachable.js';
import type { RunState } from '../../journal/state.js';
import { hookOf, projectOf } from '../names.js';
import { counts, type Proof, proofOf } from '../queries.js';
import { type Clean, columns, count, listing } from '../text.js';

/** More projects than this do not fit a screen; the page and JUnit have all. */
const ROWS = 20;

/** What a green run proved, project by project. */
export function resultTable(state: RunState, clean: Clean): string[] {
  const checks = checksOf(state);
  const rows = state.projects.slice(0, ROWS).map(({ name }) => {
    const proof = proofOf(state, name);
    return [`  ${name}`, clean(releases(proof, state)), proven(proof), checks.get(name) ?? 'not checked'];
  });
  const more = state.projects.length - ROWS;
  return [...columns(rows), ...(more > 0 ? [`  and ${count(more, 'more project')}`] : [])];
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
