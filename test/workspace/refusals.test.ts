import { expect, test } from 'vitest';
import { readScripts } from '../../src/project/scripts.js';
import { refusals } from '../../src/workspace/refusals.js';
import { directory, SCRIPT } from './rig.js';

test('what keeps hooks from being called has a rule, whatever kind of workspace they are in', async () => {
  const dir = directory({
    settings: 'if true; then\n',
    'resource.sh': SCRIPT,
    'upgrade.sh': 'echo\n',
    'shutdown.sh': '#!/nowhere/bash\n',
  });
  const found = await refusals(readScripts(dir, dir));
  expect(found.map(({ rule, file }) => [rule, file?.replace(`${dir}/`, '')])).toEqual([
    ['never-called', 'resource.sh'],
    ['no-run-bit', 'upgrade.sh'],
    ['cannot-execute', 'shutdown.sh'],
    ['syntax', 'settings'],
  ]);
});
