import { HOOKS, type Hook } from '../../journal/record.js';

/** Of the original's settings, those that hooks find exported. What DevStack would take for its own is not among them. */
const EXPORTED = [
  'STACK_ROOT',
  'DATA_DIR',
  'SAVE_DIR',
  'LOGDIR',
  'SCREEN_LOGDIR',
  'SCREEN_NAME',
  'GRENADE_DB',
  'GRENADE_USE_EXTERNAL_DEVSTACK',
  'BASE_RELEASE',
  'BASE_RELEASE_DIR',
  'BASE_DEVSTACK_REPO',
  'BASE_DEVSTACK_BRANCH',
  'BASE_DEVSTACK_DIR',
  'BASE_RUN_SMOKE',
  'TARGET_RELEASE',
  'TARGET_RELEASE_DIR',
  'TARGET_DEVSTACK_REPO',
  'TARGET_DEVSTACK_BRANCH',
  'TARGET_DEVSTACK_DIR',
  'TARGET_RUN_SMOKE',
  'ACTIVE_TIMEOUT',
  'SERVICE_TIMEOUT',
  'TEMPEST_CONCURRENCY',
  'ENABLE_TEMPEST',
  'VERIFY_RESOURCES',
  'FORCE_ONLINE_MIGRATIONS',
  'NOVA_ENABLE_UPGRADE_WORKAROUND',
  'UPGRADE_PROJECTS',
];

/** Hooks that work with the target's DevStack; all others do with the base's, destroy too. */
const ON_TARGET: ReadonlySet<Hook> = new Set(['upgrade', 'smoke', 'version']);

/** What each hook of a classic workspace sees besides. */
export function hookVariables(variables: Readonly<Record<string, string>>): {
  readonly [hook in Hook]?: Readonly<Record<string, string>>;
} {
  const common = Object.fromEntries(
    EXPORTED.flatMap((name) => (variables[name] === undefined ? [] : [[name, variables[name]]])),
  );
  const { BASE_DEVSTACK_DIR: base = '', TARGET_DEVSTACK_DIR: target = '' } = variables;
  return Object.fromEntries(HOOKS.map((hook) => [hook, { ...common, TOP_DIR: ON_TARGET.has(hook) ? target : base }]));
}
