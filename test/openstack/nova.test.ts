import { afterEach, expect, test } from 'vitest';
import { clean, grenade, knownBad, LIMIT, left } from './rig.js';

// It needs root file systems with the packages of all projects, and would build them: `scripts/test` says where they are not.
const CHECK_ON = knownBad('nova-check-on');

afterEach(() => clean(CHECK_ON), LIMIT.timeout);

test('without its exception nova refuses to start, and the first screen has its reason', LIMIT, () => {
  const { status, said } = grenade('run', CHECK_ON);
  expect(status, said).toBe(1);
  const result = said.slice(said.indexOf('The upgrade broke nova'));
  expect(result.split('\n').slice(0, 24).join('\n')).toContain(
    'TooOldComputeService: Current Nova version does not support',
  );
  expect(grenade('clean', CHECK_ON).status).toBe(0);
  expect(left(), 'processes after clean').toEqual([]);
});
