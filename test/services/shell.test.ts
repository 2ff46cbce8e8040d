import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listServices } from '../../src/services/supervisor.js';
import { Rig } from './rig.js';

const rig = new Rig();
beforeAll(() => rig.installShell());
afterAll(() => rig.clean());

const bash = (script: string, extra = {}) => rig.bash(`set -e\nsource $GRENADE_DIR/functions\n${script}\n`, extra);
const server = `require('http').createServer((_, r) => r.end('hi')).listen(process.argv[1], '127.0.0.1')`;

test('a service from a script: port, start, wait, log, stop', () => {
  const result = bash(
    `port=$(free_port web)
     [[ $port == $(free_port web) ]]
     service_start web -- node -e "$SERVER" "$port" >&2
     wait_for_port "$port"
     wait_for_http "http://127.0.0.1:$port/"
     is_service_running web
     ensure_services_started web
     ensure_logs_exist web
     [[ -f $(service_log web) ]]
     service_stop web
     ensure_services_stopped web
     ! is_service_running web
     echo done`,
    { SERVER: server, GRENADE_STEP: 'web/start:base@spring' },
  );
  expect(result).toMatchObject({ status: 0, stdout: 'done\n' });
  expect(result.notes.map(([kind, name]) => [kind, name])).toEqual([
    ['service-started', 'web'],
    ['service-stopping', 'web'],
  ]);
  expect(listServices(rig.runDir)).toMatchObject([
    { name: 'web', step: 'web/start:base@spring', state: { kind: 'stopped' } },
  ]);
});

test('a port that somebody listens on is found by bash alone, which leaves no trace in the shell', () => {
  const result = bash(
    `set -uE; trap 'echo ERR' ERR; IFS=:
     port=$(free_port soon)
     service_start soon -- node -e "$SERVER" "$port" >&2
     wait_for_port "$port" # however long a busy machine takes
     sleep 60 & mine=$!
     before=$(ls /proc/$$/fd)
     GRENADE_NODE=/nowhere wait_for_port "$port"
     [[ $! == "$mine" && $(ls /proc/$$/fd) == "$before" ]]
     kill "$mine"
     service_stop soon
     echo done`,
    { SERVER: server },
  );
  expect(result).toMatchObject({ status: 0, stdout: 'done\n' });
});

test('how a service ended is known also where the hook has its options exported', async () => {
  bash("export SHELLOPTS; service_start strict -- sh -c 'exit 7' >&2");
  await expect
    .poll(() => listServices(rig.runDir).find(({ name }) => name === 'strict')?.state)
    .toEqual({ kind: 'died', status: 7 });
});

describe('waiting for a server that is there and does nothing', () => {
  const IDLE = `require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
      console.log(this.address().port);
      require('fs').readSync(0, Buffer.alloc(1)); // Takes no connection: its loop never turns again.
    })`;
  /** `call` is made in a bash that is ended, with status 124, when it is at it for much longer than its limit. */
  const beside = (before: string, limit: number, call: string) =>
    bash(
      `coproc node -e "$IDLE"; trap 'kill $COPROC_PID' EXIT; read -r port <&"\${COPROC[0]}"
       ${before}
       port=$port SERVICE_TIMEOUT=${limit} timeout 4 bash -c "source $GRENADE_DIR/functions; $CALL" || echo "status $?"`,
      { IDLE, CALL: call },
    );

  test('a port is listened on, also when nobody takes one connection more', () => {
    const full = 'exec 7<>"/dev/tcp/127.0.0.1/$port" 8<>"/dev/tcp/127.0.0.1/$port"';
    expect(beside(full, 2, 'wait_for_port $port')).toMatchObject({ status: 0, stdout: '' });
  });

  test('an answer is awaited up to the limit, not up to what one question may take', () => {
    const { stdout, stderr } = beside('', 0.2, 'wait_for_http http://127.0.0.1:$port/');
    expect(stderr).toContain('wait_for_http: Waited 0.2 s for http://127.0.0.1:');
    expect(stdout).toBe('status 1\n');
  });
});

describe('what ends a script under set -e, at its own line', () => {
  test.each([
    [
      'a command that is not there',
      'service_start nope -- no-such-program',
      'service_start: Service nope was not started: no-such-program: not found',
    ],
    ['a function as a service', 'f() { :; }; service_start f -- f', 'f is a function of this shell'],
    [
      'a death while waiting',
      'service_start dies sh -c "echo oops; exit 3" >/dev/null; wait_for_port 9',
      'wait_for_port: Service dies ended with status 3',
    ],
    [
      'a wait that is over',
      'SERVICE_TIMEOUT=0.1 wait_for_http http://127.0.0.1:9/',
      'wait_for_http: Waited 0.1 s for http://127.0.0.1:9/: connect ECONNREFUSED',
    ],
    [
      'a port nobody comes to, waited for as long as was asked',
      'SERVICE_TIMEOUT=1.5 wait_for_port 9',
      'wait_for_port: Waited 1.5 s for port 9: nothing listens there',
    ],
    [
      'an unknown name',
      'ensure_services_stopped nobody',
      'ensure_services_stopped: No service nobody was started in this run',
    ],
    ['a stop of nothing', 'service_stop', 'service_stop: a name is missing'],
  ])('%s', (_, command, message) => {
    const result = bash(`true\n${command}`);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain(message);
    expect(result.notes.at(-1)).toEqual([
      'failed',
      `${rig.dir}/script.sh`,
      '4',
      String(result.status),
      command.replaceAll(/ >\/dev\/null/g, ' >/dev/null'),
    ]);
  });
});

test('nothing to ensure is said out loud', () => {
  const result = bash('ensure_services_stopped $NONE');
  expect(result).toMatchObject({ status: 0 });
  expect(result.notes).toEqual([['warned', 'ensure_services_stopped was given no service: nothing was checked']]);
});

test('without a run, it says so', () => {
  const result = bash('free_port x', { GRENADE_RUN_DIR: '' });
  expect(result.status).toBe(1);
  expect(result.stderr).toContain('free_port: there is no run to work with');
});

describe('the original', () => {
  test('applies exceptions by release, and tells of each', () => {
    rig.bash('mkdir -p "$PWD/from-spring" "$PWD/within-spring"');
    const file = rig.file(
      'from-spring/upgrade-web',
      'function configure_web_upgrade { echo "configured $PROJECT"; }\n',
    );
    const environment = { PREVIOUS_RELEASE: 'spring', RELEASE: 'autumn', PROJECT: 'web' };
    const native = bash('upgrade_project web $PWD', environment);
    expect(native).toMatchObject({ status: 0, stdout: 'configured web\n', notes: [['exception', 'web', file]] });
    expect(bash('upgrade_project web $PWD stable/spring master', environment)).toMatchObject({
      stdout: 'configured web\n',
    });
    const none = bash('upgrade_project web $PWD spring spring', environment);
    expect(none).toMatchObject({ status: 0, notes: [] });
    expect(none.stdout).toContain('no configuration for web within spring');
  });

  test.each([
    ['run_tempest /nowhere', 'run_tempest needs DevStack'],
    ['save_data base /nowhere', 'there is none in /nowhere: use register_data NAME URL|DIR in settings'],
  ])('says what is missing for %s, and fails', (command, message) => {
    const result = bash(command);
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(message);
  });

  test('ignores DevStack settings out loud', () => {
    expect(bash('devstack_localrc base X=1')).toMatchObject({
      status: 0,
      notes: [['warned', expect.stringContaining('ignored')]],
    });
  });

  test('has stand-ins for what hooks use of DevStack', () => {
    const result = bash(`
      f=$PWD/conf; printf '[DEFAULT]\\na = 1\\n\\n[db]\\nurl=old\\nx = y=z\\n' >"$f"
      iniset "$f" db url 'mysql://h/&x?a=b'; iniset "$f" DEFAULT new 'two words'; iniset "$f" more k v
      iniget "$f" db url; iniget "$f" db x; iniget "$f" DEFAULT new; iniget "$f" more k; iniget "$f" none none
      YES=Yes; NO=0; ODD=maybe; trueorfalse False YES; trueorfalse True NO; trueorfalse True ODD; trueorfalse False UNSET
      ENABLED_SERVICES=key,n-api; is_service_enabled nothing n-api && ! is_service_enabled api && echo enabled`);
    expect(result.stdout.split('\n')).toEqual([
      'mysql://h/&x?a=b',
      'y=z',
      'two words',
      'v',
      '',
      'True',
      'False',
      'True',
      'False',
      'enabled',
      '',
    ]);
  });

  test('sources quietly, with the tracing as it was', () => {
    rig.file('noise', 'NOISE=loud\n');
    const result = bash('set -x\nsource_quiet ./noise\necho "$NOISE"');
    expect(result.stdout).toBe('loud\n');
    expect(result.stderr).not.toContain('NOISE=loud');
    expect(result.stderr).toContain('+ echo loud');
  });
});

test('grenaderc sets what hooks expect, and reads localrc only outside a run', () => {
  rig.file('grenade.yaml', '');
  rig.file('localrc', 'FROM_LOCALRC=yes\n');
  const script = 'set -eu\nFROM_LOCALRC=no\nsource $GRENADE_DIR/grenaderc\necho "$SERVICE_TIMEOUT $FROM_LOCALRC"';
  expect(rig.bash(script, { GRENADE_WORKSPACE: rig.dir, SERVICE_TIMEOUT: '' })).toMatchObject({ stdout: '120 no\n' });
  expect(rig.bash(script, { GRENADE_WORKSPACE: rig.dir, GRENADE_RUN_DIR: '' }).stdout).toContain(' yes\n');
});
