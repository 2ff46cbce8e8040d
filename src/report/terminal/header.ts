import type { RunState } from '../../journal/state.js';
import { scenarioTitle } from '../names.js';
import type { Style } from '../style.js';
import { count } from '../text.js';

/** What the run will do and where it will lie, before it does it. */
export function header(state: RunState, runDir: string, style: Style): string {
  const { releases } = state;
  const way = releases === undefined ? [] : [`${style.bold(releases.base)} → ${style.bold(releases.target)}`];
  const facts = [
    ...way,
    scenarioTitle(state.scenario),
    count(state.projects.length, 'project'),
    count(state.steps.length, 'step'),
  ];
  const earlier = state.finished === 0 ? '' : ` · ${state.finished} done before`;
  return `grenade  ${facts.join(' · ')}${earlier}\n${style.dim(`         ${runDir}`)}\n`;
}
