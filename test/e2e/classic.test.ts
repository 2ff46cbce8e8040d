import { describe, expect, test } from 'vitest';
import { ClassicRig, project } from './classic-rig.js';

describe('a classic workspace over DevStacks that somebody else brought up', () => {
  test('runs the original’s hooks, with its arguments, order and TOP_DIR', async () => {
    await using rig = new ClassicRig({ ...project('10_one'), ...project('20_two') });
    const { status, stdout, stderr } = await rig.grenade('run');
    expect(stderr).toBe('');
    expect(stdout).toContain('✔ Everything that was there before is there after: 2 projects went from old to new');
    expect(status).toBe(0);
    expect(rig.calls).toEqual([
      'extract old/devstack/local.conf',
      'extract new/devstack/local.conf',
      'one early_create (old)',
      'two early_create (old)',
      'one create (old)',
      'two create (old)',
      'one verify pre-upgrade (old)',
      'two verify pre-upgrade (old)',
      'two shutdown (old)',
      'one shutdown (old)',
      'one verify_noapi pre-upgrade (old)',
      'two verify_noapi pre-upgrade (old)',
      'fetch_plugins',
      'install_database_python',
      'install_prereqs',
      'git_clone here new/requirements master',
      'install_infra',
      'install_oslo',
      'start_dstat',
      'one upgrade (new)',
      'two upgrade (new)',
      'one verify post-upgrade (old)',
      'two verify post-upgrade (old)',
      'two destroy (old)',
      'one destroy (old)',
    ]);
  });
});
