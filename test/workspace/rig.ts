import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { formatProblem } from '../../src/workspace/problems.js';
import { type ReadOptions, readWorkspace } from '../../src/workspace/read.js';

/** A script that does something, so that nothing has to be said about it. */
export const SCRIPT = '#!/usr/bin/env bash\necho done\n';

export const TWO_RELEASES = `releases:
  - name: spring
  - name: autumn
`;

/** Hooks of a project about which there is nothing to say. */
export const hooks = (dir: string): Record<string, string> =>
  Object.fromEntries(
    ['install', 'start', 'version', 'resources', 'shutdown'].map((hook) => [`${dir}/${hook}.sh`, SCRIPT]),
  );

/** A directory with these files, gone when the test is over. What begins with `#!` gets its run bit; `-> X` is a link. */
export function directory(files: Readonly<Record<string, string>>): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'grenade-test-')));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    const path = join(dir, name);
    mkdirSync(dirname(path), { recursive: true });
    if (text.startsWith('-> ')) symlinkSync(text.slice(3), path);
    else writeFileSync(path, text);
    if (text.startsWith('#!')) chmodSync(path, 0o755);
  }
  return dir;
}

/** Everything that is wrong with a workspace of these files, as people see it without the lines of source. */
export async function problemsOf(files: Readonly<Record<string, string>>, options: ReadOptions = {}): Promise<string> {
  const dir = directory(files);
  const read = await readWorkspace(dir, { cwd: dir, ...options });
  return read.ok ? '' : `\n${read.error.map((each) => formatProblem(each, dir)).join('\n')}\n`;
}
