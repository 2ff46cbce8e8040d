import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { postgresPrograms } from '../databases/engines.js';
import { bash, eventually, Rig, TWO_RELEASES, withFunctions } from './rig.js';

/** A service with a config that only `install` writes, and that only its freshest form is right. */
const APP = {
  'projects/app/settings':
    'register_project_for_upgrade app\nregister_service app\nregister_data letters "$DATA_DIR/letters"\n',
  'projects/app/install.sh': `#!/bin/bash
set -eu; source "$GRENADE_DIR/functions"
etc=$DATA_DIR/etc; port=$(free_port app)
resource_save app token "$RANDOM-$RANDOM-$RANDOM"
printf '%s\\n' "RUN_ID $RUN_ID" "port $port" "previous \${PREVIOUS_RELEASE-none}" "data $DATA_DIR" >>"$LOGDIR/../installs"
if [[ -z \${PREVIOUS_RELEASE-} ]]; then
  mkdir -p "$etc" "$DATA_DIR/letters"
  printf '%s\\n' "# for $RELEASE" "port = $port" "home = $DATA_DIR" "password = $RANDOM$RANDOM" "token = $(resource_get app token)" >"$etc/app.conf"
  echo welcome >"$DATA_DIR/letters/welcome.txt"
fi
`,
  'projects/app/start.sh': `#!/bin/bash
set -eu; source "$GRENADE_DIR/functions"
port=$(free_port app)
service_start app -- node -e 'require("net").createServer().listen(+process.argv[1], "127.0.0.1")' "$port"
wait_for_port "$port"
`,
  'projects/app/shutdown.sh': withFunctions('service_stop app'),
  'projects/app/resources.sh': `#!/bin/bash
set -eu
case $1 in create) echo hello >"$DATA_DIR/letters/mine.txt" ;; verify) [[ -e $DATA_DIR/letters/mine.txt ]] ;;
  destroy) rm "$DATA_DIR/letters/mine.txt" ;; esac
`,
};
const yaml = (state: string, more = '') => ({
  'grenade.yaml': `${TWO_RELEASES}state: { twin: true${state} }\n${more}`,
});
/** What a release's install does besides, when it is the first. */
const freshly = (at: string, commands: string): string =>
  APP['projects/app/install.sh'].replace(/fi\n$/, `  if [[ $RELEASE == ${at} ]]; then ${commands}; fi\nfi\n`);

describe('a twin, freshly installed at the target', () => {
  test('is a system of its own, and one that is the same shows no drift', async () => {
    await using rig = new Rig({ ...yaml(', drift: fail'), ...APP });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(0);
    expect(stdout).toContain('The upgraded system, beside a fresh install of autumn:');
    expect(stdout).toMatch(/letters: 1 file, as freshly installed/);
    expect(rig.steps().slice(-5)).toEqual([
      'app/install:twin@autumn',
      'app/start:twin@autumn',
      'record-schema:twin@autumn',
      'take-down:twin@autumn',
      'compare:twin@autumn',
    ]);
    const installs = rig.read('.grenade', 'latest', 'installs').trim().split('\n');
    const said = (name: string): string[] =>
      installs.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1));
    expect(said('previous')).toEqual(['none', 'spring', 'none']);
    const [, upgraded, twin] = said('port');
    expect(said('port')[0]).toBe(upgraded);
    expect(twin).not.toBe(upgraded);
    expect(said('data')[2]).toMatch(/\/twin\/data$/);
    expect(said('RUN_ID')[2]).toBe(`${said('RUN_ID')[0]}-twin`);
    expect(existsSync(join(rig.latest, 'twin', 'data'))).toBe(false);
    expect(rig.processes()).toEqual([]);
  });

  test('is that too where the upgraded system lives on a path that runs share', async () => {
    // One of its files is known by what a hook kept, another by what settings said.
    const settings = `${APP['projects/app/settings']}register_data kept resource:app/kept\n`;
    const install = APP['projects/app/install.sh'].replace(
      'resource_save',
      'mkdir -p "$DATA_DIR/kept"; resource_save app kept "$DATA_DIR/kept"; resource_save',
    );
    await using rig = new Rig({
      ...yaml(', drift: fail'),
      ...APP,
      'projects/app/settings': settings,
      'projects/app/install.sh': install.replace(
        '"home = $DATA_DIR"',
        '"home = $DATA_DIR" "kept = $(resource_get app kept)"',
      ),
    });
    for (const installs of [3, 2]) {
      const { status, stdout } = await rig.grenade('run', '--from-snapshot');
      expect(status, stdout).toBe(0);
      expect(stdout).toMatch(/letters: 1 file, as freshly installed/);
      const data = rig.read('.grenade', 'latest', 'installs').match(/^data .*$/gm) ?? [];
      expect(data).toHaveLength(installs);
      expect(data.at(-1)).toBe(`data ${rig.latest}/twin/data`);
      expect(new Set(data.slice(0, -1))).toEqual(new Set([`data ${rig.dir}/.grenade/data`]));
    }
  });

  test('shows a file that upgraded users lack and a setting that they keep, as warnings', async () => {
    const install = freshly('autumn', 'echo "workers = 4" >>"$etc/app.conf"; echo allow >"$etc/policy.yaml"');
    await using rig = new Rig({ ...yaml(''), ...APP, 'projects/app/install.sh': install });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(0);
    expect(stdout).toContain('warning: file etc/policy.yaml missing');
    expect(stdout).toMatch(/warning: file etc\/app.conf: says something else\n.*fresh: workers = 4\n/);
    expect(rig.read('.grenade', 'latest', 'junit.xml')).toContain('drift of $DATA_DIR');
  });

  test('fails the run where the workspace says so, and what is expected does not', async () => {
    const install = freshly('autumn', 'echo allow >"$etc/policy.yaml"; echo rules >"$etc/rules.yaml"');
    const expecting = (name: string): string => `expect:
  - { what: file-missing, in: etc/policy.yaml, reason: an old system has no policy until its owner writes one }
  - { what: file-missing, in: ${name}, reason: rules come with the policy }
`;
    await using rig = new Rig({
      ...yaml(', drift: fail', expecting('etc/roles.yaml')),
      ...APP,
      'projects/app/install.sh': install,
    });
    const failed = await rig.grenade('run');
    expect(failed.status, failed.stdout).toBe(1);
    expect(failed.stdout).toContain(
      'The upgrade passed; what came after it did not: $DATA_DIR is not what a fresh install of autumn is.',
    );
    expect(failed.stdout).toContain('expected: file etc/policy.yaml missing (an old system has no policy');
    expect(failed.stdout).toContain(
      'expected, and did not happen: file-missing etc/roles.yaml (rules come with the policy)',
    );
    rig.write(yaml(', drift: fail', expecting('etc/rules.yaml')));
    const passed = await rig.grenade('run');
    expect(passed.status, passed.stdout).toBe(0);
  });

  test('that cannot start fails after the upgrade, stays up for a look, and is cleaned away', async () => {
    const start = APP['projects/app/start.sh'].replace('port=', '[[ $DATA_DIR != */twin/* ]] || sleeping=1; port=');
    await using rig = new Rig({
      ...yaml(''),
      ...APP,
      'projects/app/start.sh': `${start}[[ -z \${sleeping-} ]] || die "no fresh start"\n`,
    });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(1);
    expect(stdout).toContain(
      'The upgrade passed; what came after it did not: app does not start freshly installed at autumn.',
    );
    expect(rig.processes()).not.toEqual([]);
    expect(stdout).toContain('twin/app is still up.');
    const cleaned = await rig.grenade('clean');
    expect(cleaned.stdout).toContain('ended app');
    expect(rig.processes()).toEqual([]);
  });

  test('in whose midst the harness is killed is known, and leaves nothing that clean does not end', async () => {
    const start = APP['projects/app/start.sh'].replace(
      'wait_for_port',
      '[[ $DATA_DIR != */twin/* ]] || read -r _ <"$GATES/twin"; wait_for_port',
    );
    await using rig = new Rig({ ...yaml(''), ...APP, 'projects/app/start.sh': start });
    const gate = rig.gate('twin');
    const running = rig.start(['run']);
    await gate.reached();
    running.child.kill('SIGKILL');
    await running.outcome;
    const report = await rig.grenade('report');
    expect(report.stdout).toContain('twin/app is still up.');
    const cleaned = await rig.grenade('clean');
    expect(cleaned.status, cleaned.stdout).toBe(0);
    expect(cleaned.stdout).toContain('ended app');
    await eventually('the end of all of it', () => rig.processes().length === 0);
    const services = rig
      .journal()
      .flatMap((event) =>
        event.type === 'service-started' || event.type === 'service-exited'
          ? [`${event.type} ${event.system ?? ''}/${event.service}`]
          : [],
      );
    expect(services.slice(-2)).toEqual(['service-started twin/app', 'service-exited twin/app']);
    expect(services.filter((each) => each === 'service-started /app')).toHaveLength(2);
  });

  test('whose service died says nothing of drift', async () => {
    const start = APP['projects/app/start.sh'].replace(
      'require("net")',
      'setTimeout(() => process.exit(3), process.cwd().includes("/twin/") ? 1 : 1e9); require("net")',
    );
    const version = withFunctions(
      '[[ $DATA_DIR != */twin/* ]] || while is_service_running app; do :; done',
      'echo "$RELEASE"',
    );
    await using rig = new Rig({
      ...yaml(''),
      ...APP,
      'projects/app/start.sh': start.replace('wait_for_port', '[[ $DATA_DIR == */twin/* ]] || wait_for_port'),
      'projects/app/version.sh': version,
    });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(1);
    expect(rig.steps().at(-1)).toBe('app/version:twin@autumn');
    expect(stdout).toContain('what came after it did not: app lost its service app.');
    expect(stdout).toContain('twin/services/app.log');
    const result = JSON.parse(rig.read('.grenade', 'latest', 'result.json'));
    expect(result.services).toMatchObject([
      { name: 'app', status: 'stopped', log: 'services/app.log' },
      { name: 'twin/app', status: 'died', exit: 3, log: 'twin/services/app.log' },
    ]);
  });
});

const bin = postgresPrograms();
describe.skipIf(bin === undefined)('a twin with a database', () => {
  const DATABASE = {
    'projects/db/settings': 'register_project_for_upgrade db\nregister_backing db\nregister_service db\n',
    'projects/db/start.sh': `#!/bin/bash
set -eu; source "$GRENADE_DIR/functions"
port=$(free_port db) user=()
[[ $EUID != 0 ]] || user=(setpriv --reuid=65534 --regid=65534 --clear-groups)
if [[ ! -e $DATA_DIR/db ]]; then
  mkdir "$DATA_DIR/db"; [[ $EUID != 0 ]] || chown 65534:65534 "$DATA_DIR/db"
  (cd / && "\${user[@]}" ${bin}/initdb -D "$DATA_DIR/db" -U postgres --auth=trust --no-sync --no-locale -E UTF8)
  resource_save db url "postgres://postgres@127.0.0.1:$port/postgres"
fi
cd /
service_start db -- "\${user[@]}" ${bin}/postgres -D "$DATA_DIR/db" -p "$port" -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off
wait_for_port "$port"
`,
    'projects/db/shutdown.sh': withFunctions('service_stop db --signal INT'),
    'projects/shop/settings': 'register_project_for_upgrade shop\nneeds_project db\n',
    'projects/shop/shutdown.sh': bash('echo down'),
  };
  const sql = (statements: string): string =>
    `${bin}/psql -q -v ON_ERROR_STOP=1 "$(resource_get db url)" <<<"${statements}"`;
  const start = (spring: string, autumn: string): string =>
    withFunctions(
      '[[ ! -v PREVIOUS_RELEASE ]] || exit 0',
      'if [[ $RELEASE == spring ]]; then',
      sql(spring),
      'else',
      sql(autumn),
      'fi',
    );
  const data = 'data: [{ name: shop, at: resource:db/url }]\n';
  const SPRING =
    "create table orders (id serial primary key, note text default 'none', total int); create index on orders (total)";
  const AUTUMN =
    "create table orders (id serial primary key, note text default '', total bigint); create index by_total on orders (total)";

  test('shows what a migration forgot, and nothing where it forgot nothing', async () => {
    const migrate = (statements: string) => ({
      'projects/shop/migrate.sh': withFunctions(sql(statements)),
    });
    await using rig = new Rig({
      ...yaml(', drift: fail', data),
      ...DATABASE,
      'projects/shop/start.sh': start(SPRING, AUTUMN),
      ...migrate('drop index orders_total_idx'),
    });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(1);
    expect(stdout).toContain('what came after it did not: shop is not what a fresh install of autumn is.');
    expect(stdout).toContain("column note of public.orders: default 'none'::text (fresh: ''::text)");
    expect(stdout).toContain('column total of public.orders: type integer (fresh: bigint)');
    expect(stdout).toContain('index of public.orders missing: CREATE INDEX ON public.orders USING btree (total)');
    expect(stdout).not.toMatch(/✘ .*\$DATA_DIR/);

    rig.write(migrate("alter table orders alter total type bigint, alter note set default ''"));
    const whole = await rig.grenade('run');
    expect(whole.status, whole.stdout).toBe(0);
    expect(whole.stdout).toContain('1 thing that looks different and does the same');
  }, 120_000);

  test('that is the upgraded database itself is told, and proves nothing', async () => {
    const shared = DATABASE['projects/db/start.sh']
      .replaceAll('$DATA_DIR/db', '$SHARED')
      .replace('set -eu;', 'set -eu; SHARED=$(cd "$LOGDIR/.." && pwd)/data/db; mkdir -p "$DATA_DIR";')
      .replace('resource_save', 'true')
      .replace('cd /\n', 'resource_save db url "postgres://postgres@127.0.0.1:$port/postgres"\ncd /\n');
    await using rig = new Rig({
      ...yaml('', data.replace(']', ', { name: again, at: resource:db/url }]')),
      ...DATABASE,
      'projects/db/start.sh': shared,
      'projects/shop/start.sh': start(SPRING, 'select 1'),
    });
    const { status, stdout } = await rig.grenade('run');
    expect(status, stdout).toBe(1);
    for (const name of ['shop', 'again']) {
      expect(stdout).toContain(`not compared: ${name}, the fresh install found the upgraded database itself`);
    }
  }, 120_000);
});
