/** A way in which the variables of a shell or process are meant to differ. */
interface VariableDifference {
  readonly name: string;
  readonly says: string;
  readonly of: RegExp;
  /** Which values are meant; left out: any. */
  readonly when?: (theirs: string | undefined, ours: string | undefined) => boolean;
}

/** The value that `declare -p` shows, without whether it is exported. */
const value = (declared: string | undefined): string | undefined => declared?.replace(/^-\S+ =/, '');
const onlyOurs = (theirs: string | undefined): boolean => theirs === undefined;
const sameOrOurs = (theirs: string | undefined, ours: string | undefined): boolean =>
  theirs === undefined || value(theirs) === value(ours);

export const VARIABLE_DIFFERENCES: readonly VariableDifference[] = [
  {
    name: 'hooks-know-their-place',
    says: 'A hook is told its run, step, side, project and release.',
    of: /^(GRENADE_(NODE|NOTES|REGISTRATION|RUN_DIR|SIDE|STEP|WORKSPACE|LEFT|WRITE_LOCALRC)|RUN_ID|PROJECT|PROJECT_DIR|(PREVIOUS_)?RELEASE(_DIR)?)$/,
    when: onlyOurs,
  },
  {
    name: 'settings-exported',
    says: "What the original's grenaderc sets without exporting it is exported to hooks, with the same value.",
    of: /^((BASE|TARGET)_(DEVSTACK_(BRANCH|DIR|REPO)|RELEASE|RELEASE_DIR|RUN_SMOKE)|(ACTIVE|SERVICE)_TIMEOUT|DATA_DIR|SAVE_DIR|LOGDIR|ENABLE_TEMPEST|FORCE_ONLINE_MIGRATIONS|GRENADE_DB|GRENADE_USE_EXTERNAL_DEVSTACK|NOVA_ENABLE_UPGRADE_WORKAROUND|SCREEN_(LOGDIR|NAME)|STACK_ROOT|TEMPEST_CONCURRENCY|UPGRADE_PROJECTS|VERIFY_RESOURCES)$/,
    when: sameOrOurs,
  },
  {
    name: 'settings-heard',
    says: 'What settings make of these is so in hooks too; in the original for grenade.sh alone.',
    of: /^((BASE|TARGET)_RUN_SMOKE|VERIFY_RESOURCES|ENABLE_TEMPEST|TEMPEST_CONCURRENCY)$/,
  },
  {
    name: 'plugin-dir-known',
    says: 'PLUGIN_DIR holds every registered project in hooks too; in the original only while settings are sourced.',
    of: /^PLUGIN_DIR$/,
  },
  {
    name: 'own-names',
    says: 'Each has variables of its own for its inner work, such as loop variables and what was traced before.',
    of: /^(_grenade_\w+|_settings_\w+|_XTRACE_\w+|_DEFAULT_PYTHON3_VERSION|GRENADE_PLUGINS|XTRACE|SUMFILE|c|db|dir|i|in_tree_plugins|settings|plugins?|stop|project|path|where|settings_file|LOGNAME|CURRENT_LOG_TIME|OPTIND|OPTARG|_)$/,
  },
  {
    name: 'flags-not-told',
    says: 'Settings do not see what -b, -t, -q and -s make of RUN_TARGET, RUN_BASE, VERBOSE and STOP.',
    of: /^(RUN_BASE|RUN_TARGET|VERBOSE|STOP)$/,
  },
  {
    name: 'words-of-truth',
    says: "What git's functions of the original have made True or False of is as localrc says it.",
    of: /^(RECLONE|ERROR_ON_CLONE|OFFLINE)$/,
  },
  {
    name: 'log-by-its-link',
    says: 'LOGFILE is the name without the time, which links to the log.',
    of: /^LOGFILE$/,
    when: (theirs, ours) => theirs?.replace('.<time>', '') === ours,
  },
];

/** What bash sets for itself, or the clock. */
const IGNORED =
  /^(__cmp.*|__CMP.*|BASH_.*|BASHPID|BASHOPTS|DIRSTACK|EPOCH.*|FUNCNAME|LINENO|OLDPWD|PPID|PIPESTATUS|RANDOM|SECONDS|SHELLOPTS|SHLVL|SRANDOM|PWD|_TIME_.*)$/;

/** Compares what two shells or processes have for variables; returns a line for each that no intended difference explains. */
export function variableDifferences(
  theirs: ReadonlyMap<string, string>,
  ours: ReadonlyMap<string, string>,
  met: Set<string>,
): string[] {
  const found: string[] = [];
  for (const name of [...new Set([...theirs.keys(), ...ours.keys()])].sort()) {
    const [their, our] = [theirs.get(name), ours.get(name)];
    if (their === our || IGNORED.test(name)) continue;
    const meant = VARIABLE_DIFFERENCES.find(({ of, when }) => of.test(name) && (when?.(their, our) ?? true));
    if (meant === undefined) found.push(`${name}   original ${shown(their)}   ours ${shown(our)}`);
    else met.add(meant.name);
  }
  return found;
}

const shown = (text: string | undefined): string => (text === undefined ? 'unset' : JSON.stringify(text).slice(0, 200));
