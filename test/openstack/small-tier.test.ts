import { afterEach, expect, test } from 'vitest';
import { clean, grenade, knownBad, LIMIT, left, OPENSTACK, ofLatest } from './rig.js';

const KNOWN_BAD = knownBad('db-sync-skipped');

afterEach(() => {
  for (const workspace of [OPENSTACK, KNOWN_BAD]) clean(workspace);
}, LIMIT.timeout);

test('keystone and placement go from Zed to 2025.1 with all that they held', LIMIT, () => {
  const { status, said } = grenade('run', OPENSTACK, '--projects', 'keystone,placement');
  expect(status, said).toBe(0);
  expect(said).toMatch(/database +10\.11\S* → 11\.8.* proven/);
  expect(said).toMatch(/keystone +22\.\S+ → 27\.\S+ +proven/);
  expect(said).toMatch(/placement +8\.\S+ → 13\.\S+ +proven/);
  expect(said).not.toContain('did not happen');
  for (const name of ['database', 'keystone', 'placement']) {
    expect(outages(name), `outages of ${name}, which was shut down and is asked all the time`).not.toEqual([]);
  }
  expect(left(), 'processes after a run that passed').toEqual([]);
});

test('without its db_sync keystone fails, and the result has its own words for it', LIMIT, () => {
  const { status, said } = grenade('run', KNOWN_BAD);
  expect(status, said).toBe(1);
  expect(said).toContain('The upgrade broke keystone');
  expect(said).toContain("Unknown column 'mapping.schema_version'");
  expect(grenade('clean', KNOWN_BAD).status).toBe(0);
  expect(left(), 'processes after clean').toEqual([]);
});

function outages(probe: string): unknown[] {
  const { probes } = JSON.parse(ofLatest(OPENSTACK, 'result.json'));
  return probes.find(({ name }: { name: string }) => name === probe).outages;
}
