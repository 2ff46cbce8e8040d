import type { Hook } from '../../src/journal/record.js';
import type { HookCommand, Project } from '../../src/project/project.js';
import { DEFAULT_RULES } from '../../src/workspace/data.js';
import type { Workspace } from '../../src/workspace/workspace.js';

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
  state: DEFAULT_RULES,
  env: {},
  warnings: [],
  ...more,
});
