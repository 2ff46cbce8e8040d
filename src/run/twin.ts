import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { replacePath } from '../basics/files.js';
import { twinOf } from '../services/systems.js';
import type { RunContext } from './context.js';
import { SYSTEM_ROOMS } from './directory.js';
import { dataNames } from './fork.js';
import { Scratch } from './scratch.js';
import { Home } from './workplace.js';

/**
 * What steps of the twin work with: a system of its own, laid out as the run's, in which hooks find data, ports,
 * resources and services where they always find them. No port is given out twice in a run, whichever system asks.
 */
export function besideUpgraded(context: RunContext): RunContext {
  const { runDir, workspace } = context;
  const system = twinOf(runDir);
  for (const room of SYSTEM_ROOMS) mkdirSync(join(system, room), { recursive: true });
  const claims = join(runDir, 'ports', '.taken');
  mkdirSync(claims, { recursive: true });
  const ours = join(system, 'ports', '.taken');
  if (!existsSync(ours)) symlinkSync(claims, ours);
  return {
    ...context,
    system,
    env: environment(context.env, runDir, system),
    workplace: workspace.home === undefined ? new Scratch(system) : new Home(workspace.home),
  };
}

/** The run's environment, with what it says of places in the system, also what settings made of them. */
function environment(env: NodeJS.ProcessEnv, runDir: string, system: string): NodeJS.ProcessEnv {
  const places = [
    ...dataNames(runDir).map((from) => [from, join(system, 'data')] as const),
    [join(runDir, 'save'), join(system, 'save')] as const,
  ];
  const moved = (text: string): string => places.reduce((said, [from, to]) => replacePath(said, from, to), text);
  return {
    ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value && moved(value)])),
    GRENADE_RUN_DIR: system,
    RUN_ID: `${env.RUN_ID}-twin`,
  };
}
