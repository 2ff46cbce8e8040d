import { relative } from 'node:path';
import type { RunState } from '../../journal/state.js';
import { hookOf, projectOf } from '../names.js';
import { somethingIsUp } from '../standing.js';
import type { PageModel } from './model.js';

/** Failing steps whose commands are offered. */
const STEPS = 3;

/** How to go on with a run and how to run it again, in the workspace's directory. */
export function commandsFor(state: RunState, runDir: string, alive: boolean): PageModel['commands'] {
  const { run, workspace, verdict } = state;
  const plan = `${relative(workspace, runDir)}/plan.json`;
  const failed = [...state.failed].sort((a, b) => a.record.number - b.record.number).slice(0, STEPS);
  const up = somethingIsUp(state) && !alive;
  return [
    ...failed.map(({ record }) => ({
      what: `All that ${record.number} printed, secrets masked`,
      command: `grenade logs ${record.key} --run ${run}`,
    })),
    ...failed.flatMap(({ record }) => {
      const [project, hook] = [projectOf(record), hookOf(record)];
      if (!up || project === undefined || (hook !== 'verify' && hook !== 'smoke' && hook !== 'version')) return [];
      return [
        {
          what: `Ask ${project} again, as it stands now`,
          command: `grenade resource ${project} ${hook} --side ${record.side} --run ${run}`,
        },
      ];
    }),
    ...(verdict === 'base-ready' ? [{ what: 'Go on with the upgrade', command: 'grenade run -t' }] : []),
    { what: 'Run it again', command: 'grenade run' },
    { what: 'Run this very plan again', command: `grenade run --plan ${plan}` },
    { what: 'Tell again how it went, and make this page anew', command: `grenade report --run ${run}` },
    ...(up ? [{ what: 'End what is still up, and drop its data', command: `grenade clean --run ${run}` }] : []),
  ];
}
