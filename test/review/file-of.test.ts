import { expect, test } from 'vitest';
import { all } from '../../src/review/bash.js';
import { sourcedFile } from '../../src/review/file-of.js';
import { Source } from '../../src/review/source.js';

const DIR = '/src/heat/devstack/upgrade';

test.each([
  ['source "$(dirname "$0")/../lib/heat"', '/src/heat/devstack/lib/heat'],
  ['. $(dirname $(dirname $BASH_SOURCE))/plugin.sh', '/src/heat/devstack/plugin.sh'],
  [`source "$(dirname "\${BASH_SOURCE[0]}")/lib.sh"`, `${DIR}/lib.sh`],
  [`source "\${0%/*}/lib.sh"`, `${DIR}/lib.sh`],
  ['D=$(cd $(dirname "$0")/.. && pwd)\nsource $D/lib/x', '/src/heat/devstack/lib/x'],
  ['D=$(dirname "$(readlink -f "$0")")\nsource_quiet $D/x', `${DIR}/x`],
  [`D=\${D:-$(dirname "$0")}\nsource "$D/x"`, `${DIR}/x`],
  ['source "$PROJECT_DIR/../x.sh"', '/src/heat/devstack/x.sh'],
  [`source \${GITDIR[heat]}/devstack/x`, '/src/heat/devstack/x'],
  [`source \${GITDIR[neutron]}/devstack/x`, undefined],
  ['source $TOP_DIR/openrc', undefined],
  ['source lib.sh', undefined],
  ['A=$B\nB=$A\nsource $A/x', undefined],
  ['source "$(find . -name x)"', undefined],
  ['source', undefined],
])('%s', (text, path) => {
  const source = new Source(`${DIR}/upgrade.sh`, text);
  const command = all(source.script, 'Command').find(({ name }) => /^(source|\.|source_quiet)$/.test(name?.text ?? ''));
  if (command === undefined) throw new Error('nothing is sourced');
  expect(sourcedFile(command, source, DIR)).toBe(path);
});
