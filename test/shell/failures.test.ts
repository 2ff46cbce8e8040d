import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Rig } from '../services/rig.js';

const rig = new Rig();
beforeAll(() => rig.installShell());
afterAll(() => rig.clean());

/** The last `failed` note of a script: file, line, status, command. */
function failed(script: string) {
  const result = rig.bash(script);
  const note = result.notes.filter(([kind]) => kind === 'failed').at(-1);
  return { ...result, failed: note === undefined ? undefined : note.slice(1, 5) };
}
const script = join(rig.dir, 'script.sh');

describe('the failing command', () => {
  const cases: Readonly<Record<string, readonly [script: string, line: number, status: number, command: string]>> = {
    'under set -e': [
      'set -e\nsource $GRENADE_DIR/functions\ntrue\nls /none/such 2>/dev/null\n',
      4,
      2,
      'ls /none/such 2> /dev/null',
    ],
    'with set -e after sourcing': ['source $GRENADE_DIR/functions\nset -euo pipefail\n\nfalse\n', 4, 1, 'false'],
    'in a function': ['set -e\nsource $GRENADE_DIR/functions\ncreate() {\n  true\n  false\n}\ncreate\n', 5, 1, 'false'],
    'as the last command without set -e': [
      'source $GRENADE_DIR/functions\nfalse\ntrue\nls /none/such 2>/dev/null',
      4,
      2,
      'ls /none/such 2> /dev/null',
    ],
    'by exit': ['source $GRENADE_DIR/functions\nfalse\n[ -e /none/such ] || exit 7\n', 3, 7, 'exit 7'],
    'by exit in a function': ['source $GRENADE_DIR/functions\nf() {\n  exit 3\n}\nf\n', 3, 3, 'exit 3'],
    'by exits of which nobody knows which': [
      'source $GRENADE_DIR/functions\nf() {\n  [ 1 = 2 ] && exit 3\n  exit 3\n}\n\nf\n',
      7,
      3,
      'exit 3',
    ],
    'by return from a function': [
      'set -e\nsource $GRENADE_DIR/functions\nf() { return 4; }\n\nf # calls\n',
      5,
      4,
      'f # calls',
    ],
    'in a subshell': ['set -e\nsource $GRENADE_DIR/functions\n(\n  true\n  false\n)\n', 5, 1, 'false'],
    'in a pipeline': [
      'set -eo pipefail\nsource $GRENADE_DIR/functions\nf() {\n  false\n  true\n}\nf | cat\n',
      4,
      1,
      'false',
    ],
    'in a command substitution': [
      'set -e\nsource $GRENADE_DIR/functions\nx=$(ls /none/such)\n',
      3,
      2,
      'x=$(ls /none/such)',
    ],
    'that is not there': [
      'set -e\nsource $GRENADE_DIR/functions\nno_such_command 2>/dev/null\n',
      3,
      127,
      'no_such_command 2> /dev/null',
    ],
    'of an unset variable': ['set -u\nsource $GRENADE_DIR/functions\n\necho $nope\n', 4, 1, 'echo $nope'],
    'by die': ['source $GRENADE_DIR/functions\nf() {\n  die "no luck"\n}\nf\n', 3, 1, 'die no luck'],
    'by die with a line': ['source $GRENADE_DIR/functions\n\ndie $LINENO "no luck"\n', 3, 1, 'die no luck'],
    'by || die': ['source $GRENADE_DIR/functions\n(exit 9) || die "no luck"\n', 2, 9, 'die no luck'],
    'by die in a substitution': [
      'set -e\nsource $GRENADE_DIR/functions\nf() {\n  die "no luck"\n}\nx=$(f)\n',
      4,
      1,
      'die no luck',
    ],
    'in one of ours': [
      'set -e\nsource $GRENADE_DIR/functions\n\nresource_get p none VALUE\n',
      4,
      1,
      'resource_get p none VALUE',
    ],
    'in one of ours that ends the script': [
      'source $GRENADE_DIR/functions\n\nensure_services_stopped nobody\n',
      3,
      1,
      'ensure_services_stopped nobody',
    ],
  };
  test.each(Object.entries(cases))('%s', (_, [text, line, status, command]) => {
    const result = failed(text);
    expect(result.failed).toEqual([script, String(line), String(status), command]);
    expect(result.status).toBe(status);
  });

  test('of another file is told with that file', () => {
    const library = rig.file('library.sh', 'helper() {\n  true\n  false\n}\n');
    expect(failed(`set -e\nsource $GRENADE_DIR/functions\nsource ${library}\nhelper\n`).failed).toEqual([
      library,
      '3',
      '1',
      'false',
    ]);
  });
});

describe('a script is not disturbed', () => {
  test('when it succeeds in spite of failing commands', () => {
    const result = rig.bash('source $GRENADE_DIR/functions\nfalse\nif false; then :; fi\nfalse || true\ntrue\n');
    expect(result).toMatchObject({ status: 0, stdout: '', stderr: '', notes: [] });
  });

  test.each([
    ["trap 'echo bye $?' EXIT\nsource $GRENADE_DIR/functions\nfalse\nexit 3", 3, 'bye 3\n'],
    ["source $GRENADE_DIR/functions\ntrap 'echo bye $?' EXIT\nset -e\n(exit 4)", 4, 'bye 4\n'],
    ["trap 'echo err $?' ERR\nsource $GRENADE_DIR/functions\nf() { false; true; }\nf\nfalse\ntrue", 0, 'err 1\n'],
    ["source $GRENADE_DIR/functions\ntrap 'echo err $?' ERR\nfalse\ntrue", 0, 'err 1\n'],
    ["source $GRENADE_DIR/functions\n( trap 'echo inner' EXIT; true )\necho outer", 0, 'inner\nouter\n'],
  ])('in its own traps: %s', (text, status, stdout) => {
    expect(rig.bash(text)).toMatchObject({ status, stdout });
  });

  test('without notes, by a person who runs it by hand', () => {
    const path = rig.file('script.sh', '');
    const result = rig.bash('set -eu\nsource $GRENADE_DIR/functions\necho_summary hello\nwarn careful\n\n(exit 5)\n', {
      GRENADE_NOTES: '',
      GRENADE_RUN_DIR: '',
    });
    expect(result).toMatchObject({ status: 5, stdout: 'hello\n' });
    expect(result.stderr).toBe(`WARNING: careful\n${path}:6: ( exit 5 ): exit 5\n`);
  });

  test('when it sources the functions twice', () => {
    expect(rig.bash('set -eu\nsource $GRENADE_DIR/functions\nsource $GRENADE_DIR/functions\necho $FSSH')).toMatchObject(
      { status: 0 },
    );
  });

  test('in a note of any text', () => {
    const text = 'a\tb\\n\nc & \\ d\\t';
    const result = rig.bash('source $GRENADE_DIR/functions\necho_summary "$TEXT"', { TEXT: text });
    expect(result.notes).toEqual([['summary', text]]);
  });
});
