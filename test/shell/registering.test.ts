import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Rig } from '../services/rig.js';

const rig = new Rig();
beforeAll(() => rig.installShell());
afterAll(() => rig.clean());

test.each([
  ['register_project_for_upgrade', 't'],
  ['register_backing', 't'],
  ['register_db_to_save', 't'],
  ['register_service', 't'],
  ['register_config', '/etc/t'],
  ['register_data', 'items postgres://h/d'],
  ['register_probe', 'web http http://h/'],
  ['needs_project', 't'],
])('%s in a hook does nothing, and says so once', (name, args) => {
  const result = rig.bash(`set -eu\nsource $GRENADE_DIR/functions\n\n${name} ${args}\necho on`);
  const text = `${name} is ignored: it counts only in a project's settings`;
  expect(result).toMatchObject({
    status: 0,
    stdout: 'on\n',
    stderr: `${text} (${join(rig.dir, 'script.sh')}:4)\n`,
    notes: [['warned', text]],
  });
});
