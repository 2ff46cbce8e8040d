import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Rig } from '../services/rig.js';

const rig = new Rig();
beforeAll(() => rig.installShell());
afterAll(() => rig.clean());

/** What becomes of a file of this name and content; without content there is none. */
function after(content: string | undefined, commands: string, name = 'local.conf'): string {
  const path = join(rig.dir, name);
  if (content === undefined) rig.bash(`rm -f ${path}`);
  else rig.file(name, content);
  const done = rig.bash(`set -eu\nsource $GRENADE_DIR/lib/local-conf\nFILE=${path}\n${commands}`);
  expect(done).toMatchObject({ status: 0, stderr: '' });
  return readFileSync(path, 'utf8');
}

const ADD = `_grenade_localrc_add "$FILE" 'Z="1 2"'`;

test.each([
  ['into a file that is not there', undefined, '[[local|localrc]]\nZ="1 2"\n'],
  ['into an empty one', '', '[[local|localrc]]\nZ="1 2"\n'],
  [
    'at the end of its section',
    '[[local|localrc]]\nA=1\n\n[[post-config|$X]]\n[d]\n',
    '[[local|localrc]]\nA=1\n\nZ="1 2"\n[[post-config|$X]]\n[d]\n',
  ],
  [
    'at the end of the file, whose last line has no end',
    '[[x|y]]\n[[local|localrc]]\nA=1',
    '[[x|y]]\n[[local|localrc]]\nA=1\nZ="1 2"\n',
  ],
  ['before the sections of other files', '[[x|y]]\n[d]\n', '[[local|localrc]]\nZ="1 2"\n[[x|y]]\n[d]\n'],
])('a line goes %s', (_, before, expected) => expect(after(before, ADD)).toBe(expected));

test('a localrc takes a line at its end', () => expect(after('A=1\n', ADD, 'localrc')).toBe('A=1\nZ="1 2"\n'));

test('two files become one: lines of shell after each other, options in the place of those that are there', () => {
  rig.file(
    'more.conf',
    'lost\n[[local|localrc]]\nA=2\nenable_service a b  \n\n[[post-config|$X]]\n[db]\nurl = new & \\1\nmore=1\n[api]\nk = v\n[[post-config|$Y]]\n[d]\nq=r\n',
  );
  const before =
    '[[local|localrc]]\nA=1\n[[post-config|$X]]\n# why\n[DEFAULT]\nurl = other\n[db]\nurl=old\n[[extra|$Z]]\n[db]\nurl = third\n';
  expect(after(before, '_grenade_local_conf_merge "$FILE" more.conf')).toBe(
    `[[local|localrc]]
A=1
A=2
enable_service a b

[[post-config|$X]]
# why
[DEFAULT]
url = other
[db]
url = new & \\1
more = 1
[api]
k = v
[[extra|$Z]]
[db]
url = third
[[post-config|$Y]]
[d]
q = r
`,
  );
});
