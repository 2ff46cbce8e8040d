import { distance } from 'fastest-levenshtein';
import type { Hook } from '../journal/record.js';

/** Names that a script can have, without its ending, and the hooks that it then serves. */
export const SCRIPTS: ReadonlyMap<string, readonly Hook[]> = new Map([
  ['install', ['install']],
  ['start', ['start']],
  ['version', ['version']],
  ['smoke', ['smoke']],
  ['resources', ['early_create', 'create', 'verify', 'verify_noapi', 'destroy']],
  ['shutdown', ['shutdown']],
  ['migrate', ['migrate']],
  ['upgrade', ['upgrade']],
  ['finalize', ['finalize']],
  // No step of its own calls it: it is called as a snapshot of the base is kept or restored.
  ['snapshot', []],
]);

/** Hooks that `resources.*` is called with: a script named after one is never called by itself. */
const PHASES: ReadonlySet<string> = new Set(SCRIPTS.get('resources'));

/** The file that registers things: sourced, never executed. */
export const SETTINGS = 'settings';

/** Files that make a directory a module. */
export const MODULES: readonly string[] = ['project.ts', 'project.js', 'project.mjs'];

/** What editors, patches and package managers leave behind, and prose: never a hook, run bit or not. */
const LEFTOVERS =
  /^[.#]|[~#]$|\.(bak|orig|rej|md|rst|swp|swo|tmp|old|save|dist|example|sample|disabled|off|patch|diff|pyc|map|dpkg-\w+|rpm\w+)$/i;

/** Plainly data; a hook only if somebody made it executable. */
const DATA =
  /\.(txt|json|jsonc|ya?ml|toml|ini|cfg|conf|env|lock|log|sql|csv|tsv|xml|html?|pem|key|crt|gz|tgz|zip|tar)$/i;

/** Words that come near a hook's name and are helpers all the same. */
const HELPERS: ReadonlySet<string> = new Set(['uninstall', 'reinstall', 'stat', 'stats', 'smart', 'versioned']);

/** A file's name up to its first dot, if the file could be a script at all. */
export function scriptStem(file: string): string | undefined {
  if (LEFTOVERS.test(file)) return undefined;
  const parts = file.split('.');
  return parts.length <= 2 ? parts[0] : undefined;
}

export const isPhase = (stem: string): boolean => PHASES.has(stem);
export const isData = (file: string): boolean => DATA.test(file);

/**
 * The name that the author of this file meant, if it comes near one that would be called and is none. `present` are
 * the scripts there are: beside `upgrade.sh`, an `upgrades.sh` is somebody's helper.
 */
export function nearMiss(file: string, present: ReadonlySet<string>): string | undefined {
  const stem = scriptStem(file);
  if (stem === undefined || isData(file) || SCRIPTS.has(stem) || HELPERS.has(stem)) return undefined;
  if (stem === SETTINGS) {
    // `settings.py` is Django's; `settings.sh` is ours, misspelt.
    return /^settings\.(sh|bash)$/.test(file) && !present.has(SETTINGS) ? SETTINGS : undefined;
  }
  if (isPhase(stem)) return present.has('resources') ? undefined : 'resources';
  for (const name of [...SCRIPTS.keys(), SETTINGS]) {
    if (!present.has(name) && isNear(stem, name)) return name;
  }
  return undefined;
}

function isNear(stem: string, name: string): boolean {
  const lower = stem.toLowerCase();
  // Most names differ so much in length that nothing needs to be counted.
  if (Math.abs(lower.length - name.length) > 2) return false;
  const steps = distance(lower, name);
  return steps <= (name.length > 6 ? 2 : 1) || (steps === 2 && sorted(lower) === sorted(name));
}

const sorted = (word: string): string => [...word].sort().join('');
