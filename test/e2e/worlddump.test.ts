import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bash, Rig, TWO_RELEASES, withFunctions } from './rig.js';

const SERVER = `
import { createServer } from 'node:http';
console.log('token', process.env.TOKEN);
createServer((_, response) => response.end('ok')).listen(Number(process.argv[2]), '127.0.0.1');
`;
const web = (): Rig =>
  new Rig({
    'grenade.yaml': TWO_RELEASES,
    localrc: 'export TOKEN=verysecretvalue\n',
    'projects/web/server.mjs': SERVER,
    'projects/web/start.sh': withFunctions(
      'port=$(free_port web)\nservice_start web -- node "$PROJECT_DIR/server.mjs" "$port" "$TOKEN" "$DATA_DIR"\nwait_for_port "$port"',
    ),
    'projects/web/shutdown.sh': withFunctions('service_stop web'),
    'projects/web/version.sh': withFunctions('echo "$RELEASE"'),
    'projects/web/resources.sh': bash('[[ $* != "verify $BAD" ]]'),
  });

const files = (rig: Rig): string[] =>
  readdirSync(join(rig.latest, 'worlddump'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.includes('.'),
  );
const dumped = (rig: Rig, name: string): string => readFileSync(join(rig.latest, 'worlddump', name), 'utf8');
const OWN = /^(?:OF|service web|grenade) .*/gm;

test('a green run and a red one can be held against each other', async () => {
  await using rig = web();
  const green = await rig.grenade('run');
  expect(green.status, green.stdout).toBe(0);
  expect(files(rig).sort()).toEqual([
    'disk.txt',
    'machine.txt',
    'memory.txt',
    'mounts.txt',
    'processes.txt',
    'sockets.txt',
  ]);
  const before = { processes: dumped(rig, 'processes.txt').match(OWN), sockets: dumped(rig, 'sockets.txt') };
  expect(before.processes?.join('\n')).toMatch(
    /^service web +\S+ +1 +node \$WORKSPACE\/projects\/web\/server\.mjs \{web\} \*\*\* \$RUN\/data$/m,
  );
  expect(before.sockets).toMatch(/^tcp +listening +127\.0\.0\.1:\{web\} +- +service web +1 +node \$WORKSPACE/m);

  const red = await rig.start(['run'], { env: { BAD: 'post-upgrade' } }).outcome;
  expect(red.status, red.stdout).toBe(1);
  expect(files(rig)).toEqual(
    expect.arrayContaining(['connections.txt', 'kernel.txt', 'processes-by-pid.txt', 'services/web.log']),
  );
  const line = /^service web .*/m;
  expect(line.exec(dumped(rig, 'processes.txt'))?.[0]).toBe(before.processes?.find((each) => line.test(each)));
  const pid = rig.journal().findLast((event) => event.type === 'service-started')?.pid;
  expect(dumped(rig, 'processes-by-pid.txt')).toMatch(new RegExp(`^ *${pid} +\\d+ +service web `, 'm'));
  expect(dumped(rig, 'services/web.log')).toContain('token ***');
  expect(dumped(rig, 'kernel.txt').trim()).not.toBe('');
  expect(dumped(rig, 'machine.txt')).toContain(process.version);
  expect(dumped(rig, 'disk.txt')).toMatch(/^\$RUN +\d+ MB +\d+ MB +\d+ % /m);
  for (const name of files(rig)) expect(dumped(rig, name), name).not.toContain('verysecretvalue');
  expect(rig.journal().find(({ type }) => type === 'world-dumped')).toMatchObject({ directory: 'worlddump' });
});

test('it is taken after what failed last, also when the upgrade had passed', async () => {
  await using rig = web();
  rig.write({ 'projects/web/resources.sh': withFunctions('[[ $1 != destroy ]]') });
  expect((await rig.grenade('run')).status).toBe(1);
  expect(files(rig)).toContain('kernel.txt');
  expect(rig.journal().filter(({ type }) => type === 'world-dumped')).toHaveLength(2);
});

test('a base that is only brought up has none; what cannot be kept fails no run', async () => {
  await using rig = web();
  expect((await rig.grenade('run', '-b')).status).toBe(0);
  expect(existsSync(join(rig.latest, 'worlddump'))).toBe(false);
  rig.write({
    'projects/web/smoke.sh': withFunctions('[[ $1 == base ]] || mv "$GRENADE_RUN_DIR/ports" "$GRENADE_RUN_DIR/moved"'),
  });
  const { status, stdout } = await rig.grenade('run');
  expect(status, stdout).toBe(0);
  expect(stdout).toContain('warning: how the machine looked could not be kept: ENOENT');
});
