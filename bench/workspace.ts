import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const GRENADE = fileURLToPath(new URL('../bin/grenade.js', import.meta.url));

/** Calls of a hook in the order of a run: eight a project. */
const CALLS = [
  ['resources.sh', 'early_create'],
  ['resources.sh', 'create'],
  ['resources.sh', 'verify', 'pre-upgrade'],
  ['shutdown.sh'],
  ['resources.sh', 'verify_noapi', 'pre-upgrade'],
  ['upgrade.sh'],
  ['resources.sh', 'verify', 'post-upgrade'],
  ['resources.sh', 'destroy'],
] as const;

export interface BenchWorkspace {
  readonly dir: string;
  /** Every call that a run of it makes, as a program and its arguments. */
  readonly calls: readonly (readonly [string, ...string[]])[];
  remove(): void;
}

/** A workspace of `count` projects whose hooks do nothing; `files` replaces or adds hooks in each. */
export function makeWorkspace(count: number, files: Readonly<Record<string, string>> = {}): BenchWorkspace {
  const dir = mkdtempSync(join(tmpdir(), 'grenade-bench-'));
  writeFileSync(join(dir, 'grenade.yaml'), 'releases:\n  - name: old\n  - name: new\n');
  // What only exits would be seen to do nothing, and refused.
  const nothing = '#!/bin/bash\nprintf ""\n';
  const hooks = { 'resources.sh': nothing, 'shutdown.sh': nothing, 'upgrade.sh': nothing, ...files };
  const projects = Array.from({ length: count }, (_, at) => join(dir, 'projects', `p${String(at).padStart(4, '0')}`));
  for (const project of projects) {
    mkdirSync(project, { recursive: true });
    for (const [name, text] of Object.entries(hooks)) {
      writeFileSync(join(project, name), text);
      chmodSync(join(project, name), 0o755);
    }
  }
  return {
    dir,
    calls: CALLS.flatMap(([hook, ...args]) =>
      projects.map((project): [string, ...string[]] => [join(project, hook), ...args]),
    ),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
