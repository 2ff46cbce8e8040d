import type { Hook } from '../../src/journal/record.js';
import type { HookCommand, Project } from '../../src/project/project.js';
import type { Workspace } from '../../src/workspace/workspace.js';

/** What is done with state where nothing is said about it, but that nothing is restarted to see what changes by itself. */
export const STATE: Workspace['state'] = {
  loss: 'fail',
  change: 'warn',
  drift: 'warn',
  control: false,
  twin: false,
  expect: [],
};

const COMMAND: HookCommand = { source: '/hook', command: ['/hook'], reportsReturn: false };

/** A project that was read from no files. */
export const projectOf = (name: string, hooks: readonly Hook[], more: Partial<Project> = {}): Project => ({
  name,
  dir: `/projects/${name}`,
  backing: false,
  needs: [],
  services: [],
  hooks: new Map(hooks.map((hook) => [hook, COMMAND])),
  ...more,
});

/** A workspace of two releases that was read from no files. */
export const workspaceOf = (projects: readonly Project[], more: Partial<Workspace> = {}): Workspace => ({
  dir: '/w',
  file: '/w/grenade.yaml',
  base: { name: 'spring', versions: {}, env: {} },
  target: { name: 'autumn', versions: {}, env: {} },
  projects,
  restart: 'each',
  limits: { hook: 1, services: 1, run: 1, hooks: {}, projects: {} },
  settle: 0,
  secrets: [],
  logs: { fail: [], ignore: [] },
  onFailure: 'keep',
  jobs: 1,
  dataRoot: '/w/.grenade',
  fetched: [],
  data: [],
  probes: [],
  state: STATE,
  env: {},
  warnings: [],
  ...more,
});
