import { closeSync, openSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Hook } from '../journal/record.js';
import type { HookCommand } from './project.js';
import type { ScriptDirectory } from './scripts.js';

/** What a classic run calls. Whatever else a directory holds is its own affair: DevStack installs and starts. */
const CALLED: ReadonlyMap<Hook, string> = new Map([
  ['version', 'version.sh'],
  ['smoke', 'smoke.sh'],
  ['early_create', 'resources.sh'],
  ['create', 'resources.sh'],
  ['verify', 'resources.sh'],
  ['shutdown', 'shutdown.sh'],
  ['verify_noapi', 'resources.sh'],
  ['upgrade', 'upgrade.sh'],
  ['destroy', 'resources.sh'],
]);

/**
 * The hooks of a directory that a classic run calls, and how: by exactly these names, run bit or not, and `upgrade.sh`
 * even where there is none, because nothing is upgraded without it. Who cannot be started fails in its turn.
 */
export function classicHooks(dir: string, scripts: ScriptDirectory): ReadonlyMap<Hook, HookCommand> {
  const hooks = new Map<Hook, HookCommand>();
  for (const [hook, file] of CALLED) {
    const known = scripts.hooks.get(hook);
    const path = join(dir, file);
    if (known !== undefined && basename(known.source) === file) {
      hooks.set(hook, startsItself(path) ? known : { ...known, command: ['bash', ...known.command] });
    } else if (hook === 'upgrade') {
      hooks.set(hook, { source: path, command: [path], reportsReturn: false });
    }
  }
  return hooks;
}

/** Whether its first bytes say to the system what runs it. Otherwise the shell that calls it runs it, as shells do. */
function startsItself(path: string): boolean {
  const bytes = Buffer.alloc(2);
  try {
    const fd = openSync(path, 'r');
    readSync(fd, bytes, 0, 2, 0);
    closeSync(fd);
  } catch {
    return true; // The system will say why not.
  }
  return bytes.toString('latin1') === '#!' || bytes[0] === 0x7f;
}
