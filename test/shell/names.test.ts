import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Rig } from '../services/rig.js';

const rig = new Rig();
beforeAll(() => rig.installShell());
afterAll(() => rig.clean());

/** The original's own, and DevStack's that we stand in for. */
const OLD = new Set(
  `register_project_for_upgrade register_db_to_save devstack_localrc enable_grenade_plugin resource_save resource_get
   ensure_services_started ensure_services_stopped ensure_logs_exist is_service_running upgrade_project echo_summary
   die warn worlddump ping_check_public source_quiet save_data run_tempest
   iniset iniget trueorfalse is_service_enabled`.split(/\s+/),
);

const NEW =
  `needs_project register_backing register_service register_config register_data register_probe service_start service_stop service_log
   wait_for_http wait_for_port free_port`.split(/\s+/);

const defined = (): readonly string[] =>
  rig.bash('source $GRENADE_DIR/functions\ncompgen -A function').stdout.trim().split('\n');

test('all that the contract lists is there', () => {
  expect(defined()).toEqual(expect.arrayContaining([...OLD, ...NEW]));
});

test('no new name of ours exists in DevStack', () => {
  // Every function of its functions*, inc/ and lib/.
  const devstack = new Set(
    readFileSync(new URL('devstack-functions.txt', import.meta.url), 'utf8')
      .trim()
      .split('\n'),
  );
  expect(defined().filter((name) => !OLD.has(name) && devstack.has(name))).toEqual([]);
});

test('every other name is kept apart by its prefix', () => {
  expect(defined().filter((name) => !OLD.has(name) && !NEW.includes(name) && !name.startsWith('_grenade_'))).toEqual(
    [],
  );
});
