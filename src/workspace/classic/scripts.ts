import { shellFile } from '../settings.js';
import type { OwnScript } from '../workspace.js';

/** The steps of a classic run that are Grenade's own scripts, and the arguments of those that share one. */
const SCRIPTS: Readonly<Record<string, readonly [file: string, ...args: string[]]>> = {
  prepare: ['prepare'],
  'configure-devstack': ['configure-devstack'],
  'stack.sh': ['stack.sh'],
  'post-stack.sh': ['post-stack.sh'],
  'image-cache': ['image-cache'],
  'base-smoke': ['smoke', 'base'],
  'save-state': ['save-state'],
  'fetch-plugins': ['fetch-plugins'],
  'prep-target': ['prep-target'],
  'upgrade-tempest': ['upgrade-tempest'],
  'run-smoke': ['smoke', 'target'],
  'save-data': ['save-data'],
};

export function ownScripts(): ReadonlyMap<string, OwnScript> {
  return new Map(
    Object.entries(SCRIPTS).map(([name, [file, ...args]]) => [
      name,
      { command: [shellFile(`classic/${file}`), ...args] },
    ]),
  );
}
