import { spawnSync } from 'node:child_process';
import { chmodSync, closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { spawnInto } from '../../src/process/spawn.js';
import { classicHooks } from '../../src/project/classic-hooks.js';
import { readScripts } from '../../src/project/scripts.js';
import { directory } from '../workspace/rig.js';

/** What the original does with a file: where bash sees one, it calls it, and gives up when that fails. */
function original(path: string): string {
  const script = '[[ -e $1 ]] || exit 0; "$@" && echo passed || echo failed';
  const { stdout } = spawnSync('bash', ['-c', script, 'bash', path, 'create'], { encoding: 'utf8' });
  return stdout;
}

async function ours(dir: string): Promise<string> {
  const command = classicHooks(dir, readScripts(dir, dir)).get('create')?.command;
  if (command === undefined) return '';
  const log = join(dir, 'log');
  const fd = openSync(log, 'a');
  const { ended } = spawnInto(command, { cwd: dir, env: process.env, stdout: fd, stderr: openSync('/dev/null', 'a') });
  const end = await ended;
  closeSync(fd);
  return `${readFileSync(log, 'utf8')}${end.kind === 'exited' && end.status === 0 ? 'passed' : 'failed'}\n`;
}

// What only bash understands, so that another shell is found out.
const BODY = '[[ -n $0 ]] && echo ran "$0" "$@"\n';

describe('a hook is run, passed over or failed as bash does it', () => {
  test.each<[string, Record<string, string>, number?]>([
    ['a script', { 'resources.sh': `#!/bin/bash\n${BODY}` }],
    ['a script that fails', { 'resources.sh': `#!/bin/bash\n${BODY}exit 3\n` }],
    ['no run bit', { 'resources.sh': `#!/bin/bash\n${BODY}` }, 0o644],
    ['no #! line', { 'resources.sh': BODY }, 0o755],
    ['no #! line, and it fails', { 'resources.sh': `${BODY}exit 3\n` }, 0o755],
    ['no #! line and no run bit', { 'resources.sh': BODY }, 0o644],
    ['an empty file', { 'resources.sh': '' }, 0o755],
    ['a #! line that names nothing', { 'resources.sh': `#! \n${BODY}` }],
    ['a #! line alone, without its end', { 'resources.sh': '#!/bin/true' }],
    ['no program of that name', { 'resources.sh': '#!/nowhere/at/all\n' }],
    ['lines of another system', { 'resources.sh': `#!/bin/bash\r\n${BODY}` }],
    ['lines of another system and no #! line', { 'resources.sh': 'echo a\r\nfalse\r\n' }, 0o755],
    ['a byte order mark', { 'resources.sh': `\ufeff#!/bin/bash\n${BODY}` }, 0o755],
    ['a program of another machine', { 'resources.sh': '\x7fELF and so on' }, 0o755],
    ['no text', { 'resources.sh': 'a\0b\necho c\n' }, 0o755],
    ['a link', { 'resources.sh': '-> up', up: `#!/bin/bash\n${BODY}` }],
    ['a broken link', { 'resources.sh': '-> gone' }],
    ['a link to itself', { 'resources.sh': '-> resources.sh' }],
    ['a directory', { 'resources.sh/x': '' }],
    ['a link to a directory', { 'resources.sh': '-> lib', 'lib/x': '' }],
    ['others of its name', { 'resources.sh': `#!/bin/bash\n${BODY}`, resources: '#!/bin/false\n' }],
    ['only others of its name', { resources: `#!/bin/bash\n${BODY}`, 'resources.py': '#!/bin/false\n' }],
  ])('%s', async (_, files, mode) => {
    const dir = directory(files);
    const path = join(dir, 'resources.sh');
    if (mode !== undefined) chmodSync(path, mode);
    expect(await ours(dir)).toBe(original(path));
  });
});

test('an empty file starts no shell, which would source BASH_ENV', () => {
  const dir = directory({ 'resources.sh': '' });
  chmodSync(join(dir, 'resources.sh'), 0o755);
  expect(classicHooks(dir, readScripts(dir, dir)).get('create')?.command).toEqual(['true']);
});

test('an upgrade.sh is called though there is none', () => {
  const dir = directory({ 'upgrade.py': '#!/usr/bin/env python3\n' });
  expect([...classicHooks(dir, readScripts(dir, dir))]).toEqual([
    ['upgrade', { source: `${dir}/upgrade.sh`, command: [`${dir}/upgrade.sh`], reportsReturn: false }],
  ]);
});
