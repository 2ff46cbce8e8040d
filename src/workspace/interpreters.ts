import { statSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import type { Problem } from '../basics/problem.js';
import type { ScriptDirectory } from '../project/scripts.js';

/** Finds scripts whose interpreter is not there, neither in one nor in another of these PATHs. */
export class Interpreters {
  readonly #directories: readonly string[];
  readonly #found = new Map<string, boolean>();

  constructor(paths: readonly (string | undefined)[]) {
    this.#directories = [...new Set(paths.flatMap((path) => (path ?? '').split(':')))].filter(isAbsolute);
  }

  missing(scripts: ScriptDirectory): Problem[] {
    return scripts.interpreters.flatMap(({ script, interpreter: { name, lookup } }) =>
      this.#exists(name, lookup)
        ? []
        : [
            {
              rule: 'cannot-execute',
              message: `${basename(script)} cannot be executed: its interpreter ${name} is not ${lookup ? 'in PATH' : 'there'}`,
              fix: lookup
                ? `Install ${name}, put its directory into PATH (localrc can export it), or correct the #! line.`
                : `Install it, or let \`#!/usr/bin/env ${name.slice(name.lastIndexOf('/') + 1)}\` find it in PATH.`,
              file: script,
              line: 1,
              column: 1,
            },
          ],
    );
  }

  #exists(name: string, lookup: boolean): boolean {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    const found = lookup ? this.#directories.some((dir) => isProgram(join(dir, name))) : isProgram(name);
    this.#found.set(name, found);
    return found;
  }
}

function isProgram(path: string): boolean {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat?.isFile() === true && (stat.mode & 0o111) !== 0;
  } catch {
    return false; // A directory of PATH that nobody may look into, or a link that leads to itself, holds none.
  }
}
