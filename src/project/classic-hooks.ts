import { closeSync, constants, openSync, readSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
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
 * The hooks of a directory that a classic run calls, and how: by exactly these names, whatever else is there, run bit or
 * not, and `upgrade.sh` even where there is none, because nothing is upgraded without it. Who cannot be started fails in
 * its turn, as a directory of that name does.
 */
export function classicHooks(dir: string, scripts: ScriptDirectory): ReadonlyMap<Hook, HookCommand> {
  const hooks = new Map<Hook, HookCommand>();
  for (const [hook, file] of CALLED) {
    const path = join(dir, file);
    const stat = look(path);
    // A link that leads nowhere is passed over.
    if (stat === undefined && hook !== 'upgrade') continue;
    const known = scripts.hooks.get(hook);
    const command: [string, ...string[]] = file === 'resources.sh' ? [path, hook] : [path];
    hooks.set(hook, {
      ...(known?.source === path ? known : { source: path, reportsReturn: false }),
      command: stat !== undefined && leftToTheShell(path, stat) ? asShellCalls(command, stat) : command,
    });
  }
  return hooks;
}

/** What is there, a link followed. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // A link that leads to itself, or where nobody may look: for a shell, nothing exists there.
  }
}

/**
 * Whether the system may execute it and does not know how: its first bytes name no program. The shell that calls such a
 * file runs it itself; who spawns it would have it run by /bin/sh.
 */
function leftToTheShell(path: string, stat: Stats): boolean {
  if (!stat.isFile() || (stat.mode & 0o111) === 0) return false;
  const begin = Buffer.alloc(LOOK);
  try {
    const fd = openSync(path, constants.O_RDONLY);
    readSync(fd, begin, 0, LOOK, 0);
    closeSync(fd);
  } catch {
    return false; // The system will say why not.
  }
  return !/^(\x7fELF|#![ \t]*[^ \t\n\0]+[ \t\n\0])/.test(begin.toString('latin1'));
}

/** An empty file is a success for bash, which starts nothing for it. */
const asShellCalls = (command: readonly string[], { size }: Stats): [string, ...string[]] =>
  size === 0 ? ['true'] : ['bash', ...command];

/** As much as Linux looks at. */
const LOOK = 256;
