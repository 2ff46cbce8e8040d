import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually, Rig, smallDisk, TWO_RELEASES, withFunctions } from './rig.js';

const ROOT = process.getuid?.() === 0;

/** Keeps letters as files; where they lie and on which port it is, it wrote down when it was started first. */
const SERVER = `
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
const { port, dir } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
createServer((request, response) => {
  const file = dir + request.url;
  try {
    if (request.method === 'PUT') writeFileSync(file, 'Dear reader');
    response.end(request.url === '/' ? process.env.RELEASE : readFileSync(file, 'utf8'));
  } catch (error) {
    response.writeHead(404).end(error.message);
  }
}).listen(port, '127.0.0.1');
`;

const APP = {
  'grenade.yaml': TWO_RELEASES,
  'server.mjs': SERVER,
  'projects/app/install.sh': withFunctions('echo "$RELEASE" >"$RELEASE_DIR/code"'),
  'projects/app/start.sh': withFunctions(
    'mkdir -p "$DATA_DIR/app"',
    'conf=$DATA_DIR/app.json',
    '[[ -e $conf ]] || printf \'{"port": %s, "dir": "%s"}\' "$(free_port app)" "$DATA_DIR/app" >"$conf"',
    'service_start app -- node "$GRENADE_WORKSPACE/server.mjs" "$conf"',
    'wait_for_http "http://127.0.0.1:$(free_port app)/"',
  ),
  'projects/app/version.sh': withFunctions('curl -fsS "http://127.0.0.1:$(free_port app)/"'),
  'projects/app/shutdown.sh': withFunctions('service_stop app'),
  'projects/app/migrate.sh': withFunctions('echo migrated >>"$DATA_DIR/app/letter"'),
  'projects/app/resources.sh': withFunctions(
    'letter=http://127.0.0.1:$(free_port app)/letter',
    'case $1 in',
    '  create) curl -fsS -X PUT "$letter"; resource_save app kept "in $DATA_DIR" ;;',
    '  verify) [[ $(curl -fsS "$letter") == "Dear reader"* ]]; resource_get app kept kept; [[ $kept == "in $DATA_DIR" ]] ;;',
    '  verify_noapi) grep -q "Dear reader" "$DATA_DIR/app/letter" ;;',
    'esac',
  ),
};
const run = (rig: Rig, ...more: readonly string[]) => rig.grenade('run', '--from-snapshot', ...more);
const store = (rig: Rig): string => join(rig.dir, '.grenade', 'snapshots');
const kept = (rig: Rig): string[] => (existsSync(store(rig)) ? readdirSync(store(rig)) : []);
const mounts = (rig: Rig): string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(rig.dir));
const begun = (rig: Rig): boolean => rig.steps()[0] === 'restore-snapshot:base@spring';
const restored = (rig: Rig) => rig.journal().find((event) => event.type === 'snapshot-restored');
/** Whether a process has a file open whose path ends with this. */
const opens = (pid: number, path: string): boolean =>
  readdirSync(`/proc/${pid}/fd`).some((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).endsWith(path);
    } catch {
      return false; // Closed meanwhile.
    }
  });
/** Everything that a snapshot holds of the letter. */
const letterOf = (rig: Rig): string => join(store(rig), kept(rig)[0] ?? '', 'held', 'data', 'app', 'letter');

describe('runs that begin at a snapshot of their base', () => {
  test('the first keeps the base, the second begins there, and the snapshot stays as it is', async () => {
    await using rig = new Rig(APP);
    const first = await run(rig);
    expect(first.status, first.stdout).toBe(0);
    expect(first.stdout).toMatch(/kept as snapshot [0-9a-f]{12}/);
    expect(first.stdout).not.toContain('warning');
    expect(kept(rig)).toHaveLength(1);
    const builtBy = rig.journal()[0];

    for (let time = 0; time < 2; time++) {
      const second = await run(rig);
      expect(second.status, second.stdout).toBe(0);
      expect(begun(rig)).toBe(true);
      expect(rig.steps()).not.toContain('app/install:base@spring');
      expect(rig.steps()).not.toContain('app/create:base@spring');
      expect(rig.steps()).toContain('app/verify:base@spring');
      expect(restored(rig)).toMatchObject({ by: ROOT ? 'overlay' : 'copy' });
      expect(second.stdout).toMatch(/the base was not built in this run: it is snapshot \w+ of run/);
      expect(second.stdout).toMatch(/app +spring → autumn +proven +checked before, with no API and after/);
      expect(second.stdout).toContain('✔ what was created survived');
      expect(builtBy).toMatchObject({ run: restored(rig)?.run });
      expect(readFileSync(letterOf(rig), 'utf8')).toBe('Dear reader');
      expect(mounts(rig)).toEqual([]);
    }
    const listed = await rig.grenade('snapshot', 'list');
    expect(listed.stdout).toMatch(/^[0-9a-f]{12} +spring → autumn +\d+ KB +kept .* by run .* +used /);
  });

  test('a changed hook is another base, and one of the target alone is not', async () => {
    await using rig = new Rig(APP);
    await run(rig);
    rig.write({ 'projects/app/migrate.sh': withFunctions('echo otherwise') });
    await run(rig);
    expect(begun(rig)).toBe(true);
    rig.write({ 'projects/app/start.sh': `${APP['projects/app/start.sh']}# and so on\n` });
    const { status, stdout } = await run(rig);
    expect(status, stdout).toBe(0);
    expect(begun(rig)).toBe(false);
    expect(kept(rig)).toHaveLength(2);
  });

  test('what is installed again since is installed once more', async () => {
    await using rig = new Rig(APP);
    await run(rig);
    expect((await rig.grenade('run')).status).toBe(0);
    expect((await run(rig)).status).toBe(0);
    expect(begun(rig)).toBe(true);
    expect(rig.steps()).toContain('app/install:base@spring');
  });

  test('data is copied where a project starts its services by other means, since those would see no mount', async () => {
    const start = withFunctions('mkdir -p "$DATA_DIR/app"', 'echo started');
    await using rig = new Rig({
      ...APP,
      'projects/other/start.sh': start,
      'projects/other/shutdown.sh': withFunctions('echo down'),
    });
    expect((await run(rig)).status).toBe(0);
    const second = await run(rig);
    expect(second.status, second.stdout).toBe(0);
    expect(restored(rig)).toMatchObject({ by: 'copy' });
    expect(readFileSync(letterOf(rig), 'utf8')).toBe('Dear reader');
  });

  test('a byte that changed is seen, whatever its file says of its time: the base is built again', async () => {
    await using rig = new Rig(APP);
    await run(rig);
    const { atime, mtime } = statSync(letterOf(rig));
    writeFileSync(letterOf(rig), 'Dear leader');
    utimesSync(letterOf(rig), atime, mtime);
    const { status, stdout } = await run(rig);
    expect(status, stdout).toBe(0);
    expect(begun(rig)).toBe(false);
    expect(stdout).toMatch(
      /snapshot \w+ was dropped and the base built again, because data\/app\/letter does not hold what it did/,
    );
    expect(readFileSync(letterOf(rig), 'utf8')).toBe('Dear reader');
  });

  test('Ctrl-C while a snapshot is looked at ends a run that never began', async () => {
    await using rig = new Rig({
      ...APP,
      'projects/app/install.sh': withFunctions('truncate -s 1G "$DATA_DIR/large"'),
      'grenade.yaml': `${TWO_RELEASES}snapshots: { limit: 20GB }\n`,
    });
    await run(rig);
    const [key = ''] = kept(rig);
    // As after a reboot: every file is read.
    const path = join(store(rig), key, 'manifest.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), boot: 'an earlier one' }));
    const runs = () => readdirSync(join(rig.dir, '.grenade', 'runs'));
    const before = [runs(), readlinkSync(join(rig.dir, '.grenade', 'data'))];
    const { child, outcome } = rig.start(['run', '--from-snapshot']);
    await eventually('the look at the large file', () => opens(child.pid ?? 0, '/held/data/large'));
    child.kill('SIGINT');
    const { status, stderr } = await outcome;
    expect([status, stderr]).toEqual([130, 'Interrupted before anything was run.\n']);
    expect([runs(), readlinkSync(join(rig.dir, '.grenade', 'data'))]).toEqual(before);
    expect(kept(rig)).toEqual([key]);
  });

  test('one whose verify fails after the restore is the base, and not the upgrade', async () => {
    const verify = 'verify) [[ ! -e $GRENADE_WORKSPACE/.grenade/broken ]]; [[ $(curl';
    await using rig = new Rig({
      ...APP,
      'projects/app/resources.sh': APP['projects/app/resources.sh'].replace('verify) [[ $(curl', verify),
    });
    await run(rig);
    writeFileSync(join(rig.dir, '.grenade', 'broken'), '');
    const { status, stdout } = await run(rig, '--on-failure', 'destroy');
    expect(status, stdout).toBe(3);
    expect(begun(rig)).toBe(true);
    rmSync(join(rig.dir, '.grenade', 'broken'));
  });

  test('-b, a hook by hand, and -t live where the data is; while it is up nobody else begins there', async () => {
    await using rig = new Rig(APP);
    await run(rig);
    const base = await run(rig, '-b');
    expect(base.status, base.stdout).toBe(0);
    expect(mounts(rig)).toEqual([]);
    const byHand = await rig.grenade('resource', 'app', 'verify_noapi');
    expect(byHand.status, byHand.stdout).toBe(0);
    const other = await run(rig);
    expect(other.status).toBe(2);
    expect(other.stderr).toMatch(/is still up \(app\), and this one would need its ports/);
    if (ROOT) {
      const drop = await rig.grenade('snapshot', 'drop', '--all');
      expect(drop.stderr).toMatch(/the data of run .* stands on snapshot/);
    }
    const target = await rig.grenade('run', '-t');
    expect(target.status, target.stdout).toBe(0);
    expect((await rig.grenade('snapshot', 'drop', '--all')).stdout).toMatch(/^dropped /);
    expect(kept(rig)).toEqual([]);
  });

  test.runIf(ROOT)('data that cannot be mounted is copied, and what cannot be mounted again is refused', async () => {
    await using rig = new Rig(APP);
    // What the kernel of a container may say.
    rig.write({ 'bin/mount': '#!/bin/sh\necho "mount: permission denied." >&2\nexit 32\n' });
    const refusing = { PATH: `${join(rig.dir, 'bin')}:${process.env.PATH}` };
    await run(rig);
    const copied = await rig.start(['run', '--from-snapshot', '-b'], { env: refusing }).outcome;
    expect(copied.status, copied.stdout).toBe(0);
    expect(restored(rig)).toMatchObject({ by: 'copy' });
    expect(rig.log('restore-snapshot')).toContain('no overlay: mount: permission denied.');
    expect(readdirSync(join(rig.latest, 'data')).sort()).toEqual(['app', 'app.json']);
    expect(existsSync(join(rig.latest, 'overlay'))).toBe(false);
    await rig.grenade('clean');

    // Its service ends, and with it the mount.
    expect((await run(rig, '-b')).status).toBe(0);
    expect((await rig.grenade('resource', 'app', 'shutdown')).status).toBe(0);
    await eventually('the end of the service', () => rig.processes().length === 0);
    const journal = readFileSync(join(rig.latest, 'journal.ndjson'), 'utf8');
    const again = await rig.start(['resource', 'app', 'start'], { env: refusing }).outcome;
    expect(again.status, again.stdout).toBe(2);
    expect(again.stderr).toMatch(/the data of run \S+ cannot be mounted again: mount: permission denied/);
    expect(again.stderr).toMatch(/grenade clean --run \S+/);
    expect(readFileSync(join(rig.latest, 'journal.ndjson'), 'utf8')).toBe(journal);
    expect((await rig.grenade('resource', 'app', 'start')).status).toBe(0);
    expect((await rig.grenade('resource', 'app', 'verify')).status).toBe(0);
  });

  test('after a failure what is up is up, clean ends it, and nothing is left', async () => {
    await using rig = new Rig({ ...APP, 'projects/app/migrate.sh': withFunctions('false') });
    await run(rig);
    await rig.grenade('clean');
    const { status, stdout } = await run(rig);
    expect(status, stdout).toBe(1);
    expect(stdout).toContain('could not be migrated');
    expect((await rig.grenade('clean')).status).toBe(0);
    expect(rig.processes()).toEqual([]);
    expect(mounts(rig)).toEqual([]);
    expect(existsSync(join(rig.latest, 'overlay'))).toBe(false);
  });

  test('a port that somebody else has is a clear word, and nothing is run', async () => {
    await using rig = new Rig(APP);
    await run(rig);
    const port = Number(rig.read('.grenade', 'latest', 'ports', 'app'));
    const squatter = createServer().listen(port, '127.0.0.1');
    try {
      await new Promise((resolve) => squatter.once('listening', resolve));
      const { status, stderr } = await run(rig);
      expect(status).toBe(2);
      expect(stderr).toMatch(
        new RegExp(`has port ${port} for app written into it, and that is taken, by process ${process.pid} `),
      );
      expect(existsSync(join(rig.dir, '.grenade', 'data', 'app'))).toBe(false);
    } finally {
      squatter.close();
    }
    expect((await run(rig)).status).toBe(0);
    expect(begun(rig)).toBe(true);
  });

  test('of snapshots with different ports, the one that is chosen has its own, also for settings', async () => {
    const settings = 'register_project_for_upgrade app\necho "$(free_port app)" >"$GRENADE_RUN_DIR/asked"\n';
    const start = APP['projects/app/start.sh'];
    await using rig = new Rig({ ...APP, 'projects/app/settings': settings });
    expect((await run(rig)).status).toBe(0);
    const port = rig.read('.grenade', 'latest', 'ports', 'app');
    const squatter = createServer().listen(Number(port), '127.0.0.1');
    try {
      await new Promise((resolve) => squatter.once('listening', resolve));
      rig.write({ 'projects/app/start.sh': `${start}# another base\n` });
      expect((await run(rig)).status).toBe(0);
    } finally {
      squatter.close();
    }
    expect(rig.read('.grenade', 'latest', 'ports', 'app')).not.toBe(port);
    rig.write({ 'projects/app/start.sh': start });
    const { status, stdout, stderr } = await run(rig);
    expect(status, stdout + stderr).toBe(0);
    expect(begun(rig)).toBe(true);
    expect(rig.read('.grenade', 'latest', 'ports', 'app')).toBe(port);
    expect(rig.read('.grenade', 'latest', 'asked')).toBe(port);
  });

  test.each([
    [
      'a service that outlives the shutdown',
      { 'projects/app/shutdown.sh': withFunctions('echo not me') },
      /app still runs/,
    ],
    [
      'data of which a hook says that it lies elsewhere',
      {
        'projects/app/settings': 'register_project_for_upgrade app\nregister_data logs resource:app/logs\n',
        'projects/app/smoke.sh': withFunctions('resource_save app logs "$GRENADE_WORKSPACE/logs"'),
        'logs/today': 'quiet\n',
      },
      /logs lies in \S+\/workspace\/logs, not in \$DATA_DIR, and no project has a snapshot hook for it/,
    ],
    [
      'a workspace that was changed meanwhile',
      { 'projects/app/smoke.sh': withFunctions('echo more >>"$PROJECT_DIR/notes.txt"') },
      /projects\/app\/notes.txt changed while it was built/,
    ],
    [
      'a limit',
      {
        'grenade.yaml': `${TWO_RELEASES}snapshots: { limit: 1MB }\n`,
        'projects/app/smoke.sh': withFunctions('head -c 2000000 /dev/zero >"$DATA_DIR/zeros"'),
      },
      /it takes 2.0 MB, and snapshots.limit is 1.0 MB/,
    ],
  ])('nothing is kept of %s, and the run says why', async (_, files, why) => {
    await using rig = new Rig({ ...APP, ...files });
    const { stdout } = await run(rig, '--on-failure', 'destroy');
    expect(stdout).toMatch(/no snapshot of the base was kept: /);
    expect(stdout).toMatch(why);
    expect(kept(rig)).toEqual([]);
  });

  test('data that is registered elsewhere is told before anything runs, since nothing will be kept', async () => {
    await using rig = new Rig({
      ...APP,
      'projects/app/settings': [
        'register_project_for_upgrade app',
        'register_data logs "$GRENADE_WORKSPACE/logs"',
        'register_data own "$DATA_DIR/app"',
        'register_data jobs "mysql://127.0.0.1:$(free_port jobs)/jobs"',
        'register_data users postgres://db.example.org/users',
        '',
      ].join('\n'),
      'logs/today': 'quiet\n',
    });
    const running = rig.start(['run', '--from-snapshot', '-s', 'start']);
    const { stdout } = await running.outcome;
    const why =
      /no snapshot of the base will be kept: logs lies in \S+\/workspace\/logs, users lies in db.example.org, not in \$DATA_DIR/;
    expect(stdout).toMatch(why);
    const said = rig.journal().map((event) => (event.type === 'warned' ? event.text : event.type));
    const told = said.findIndex((text) => why.test(text));
    expect(told).toBeGreaterThan(0);
    expect(told).toBeLessThan(said.indexOf('step-started'));
    expect(rig.read('.grenade', 'latest', 'plan.json')).not.toContain('keep-snapshot');
  });

  test.each([
    ['a directory', (path: string) => mkdirSync(path)],
    ['a link', (path: string) => symlinkSync(mkdtempSync(join(dirname(path), 'store-')), path)],
  ])('%s of somebody else where runs would share their data is refused, and stays', async (_, make) => {
    await using rig = new Rig({ ...APP, 'grenade.yaml': `${TWO_RELEASES}data-root: srv\n` });
    const data = join(rig.dir, 'srv', 'data');
    mkdirSync(dirname(data));
    make(data);
    writeFileSync(join(data, 'theirs'), 'precious');
    const { status, stderr } = await run(rig);
    expect(status, stderr).toBe(2);
    expect(stderr).toMatch(/srv\/data is there already, and is not of Grenade's making/);
    expect(readdirSync(join(rig.dir, 'srv', 'runs'))).toEqual([]);
    expect((await rig.grenade('run')).status).toBe(0);
    expect((await rig.grenade('clean', '--all')).status).toBe(0);
    expect(readFileSync(join(data, 'theirs'), 'utf8')).toBe('precious');
    expect(existsSync(join(rig.dir, 'srv', 'runs'))).toBe(false);
  });

  test('flags that say otherwise, and classic workspaces, are refused', async () => {
    await using rig = new Rig(APP);
    expect((await run(rig, '-t')).stderr).toContain('-t goes on with a base that is up');
    expect((await run(rig, '--plan', 'plan.json')).stderr).toContain('--plan says itself what is run');
    await using classic = new Rig({ localrc: 'BASE_RELEASE=one\nTARGET_RELEASE=two\nBASE_RUN_SMOKE=False\n' });
    const { status, stderr } = await run(classic);
    expect(status).toBe(2);
    expect(stderr).toContain('--from-snapshot cannot be');
  });
});

describe('a snapshot.sh', () => {
  const OUTSIDE = {
    ...APP,
    'projects/app/settings':
      'register_project_for_upgrade app\nregister_data mail "$GRENADE_WORKSPACE/.grenade/mail"\n',
    'projects/app/smoke.sh': withFunctions(
      'mkdir -p "$GRENADE_WORKSPACE/.grenade/mail"',
      'echo one >"$GRENADE_WORKSPACE/.grenade/mail/1"',
    ),
    'projects/app/snapshot.sh': withFunctions(
      'case $1 in',
      '  save) cp -a "$GRENADE_WORKSPACE/.grenade/mail" "$2" ;;',
      '  restore) rm -rf "$GRENADE_WORKSPACE/.grenade/mail"; cp -a "$2/mail" "$GRENADE_WORKSPACE/.grenade/" ;;',
      'esac',
    ),
  };
  const mail = (rig: Rig): string => join(rig.dir, '.grenade', 'mail', '1');

  test('saves and restores what lies elsewhere', async () => {
    await using rig = new Rig(OUTSIDE);
    const first = await run(rig);
    expect(first.status, first.stdout).toBe(0);
    expect(first.stdout).not.toContain('no snapshot');
    writeFileSync(mail(rig), 'spoilt\n');
    const { status, stdout } = await run(rig);
    expect(status, stdout).toBe(0);
    expect(begun(rig)).toBe(true);
    expect(readFileSync(mail(rig), 'utf8')).toBe('one\n');
  });

  test('of a module is two functions, which say by themselves where they fail', async () => {
    const module = (
      save: string,
      restore: string,
    ): string => `import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineProject, type HookContext } from 'grenade';
const mail = ({ env }: HookContext) => join(env.GRENADE_WORKSPACE ?? '', '.grenade', 'mail');
export default defineProject({
  name: 'post',
  data: [{ name: 'mail', at: '${rig.dir}/.grenade/mail' }],
  async start({ side }) {},
  resources: {
    async create(ctx) {
      await mkdir(mail(ctx), { recursive: true });
      await writeFile(join(mail(ctx), '1'), 'one\\n');
    },
  },
  snapshot: {
    async save(ctx, dir) { ${save} await cp(mail(ctx), join(dir, 'mail'), { recursive: true }); },
    async restore(ctx, dir) {
      ${restore}
      await rm(mail(ctx), { recursive: true, force: true });
      await cp(join(dir, 'mail'), mail(ctx), { recursive: true });
      if (ctx.side !== 'base' || ctx.release.name !== 'spring') throw new Error('not at the base');
      ctx.warn('restored from ' + dir);
    },
  },
});
`;
    await using rig = new Rig(APP);
    rig.write({ 'projects/post/project.ts': module('', '') });
    const first = await run(rig);
    expect(first.status, first.stdout).toBe(0);
    expect(first.stdout).not.toContain('no snapshot');
    writeFileSync(mail(rig), 'spoilt\n');
    const second = await run(rig);
    expect(second.status, second.stdout).toBe(0);
    expect(begun(rig)).toBe(true);
    expect(readFileSync(mail(rig), 'utf8')).toBe('one\n');
    expect(second.stdout).toMatch(/restored from \S+\/snapshots\/\w+\/held\/projects\/post/);

    rig.write({ 'projects/post/project.ts': module('throw new Error("no room");', '') });
    expect((await run(rig)).stdout).toMatch(
      /no snapshot of the base was kept: project.ts save of post failed: no room \(\S+project.ts:\d+\)/,
    );
    rig.write({ 'projects/post/project.ts': module('process.exit(0);', '') });
    expect((await run(rig)).stdout).toMatch(/project.ts save of post failed: .*process.exit\(0\) was called before/);
    rig.write({ 'projects/post/project.ts': module('', 'throw new Error("lost the key");') });
    expect((await run(rig)).status).toBe(0);
    const { status, stdout } = await run(rig);
    expect(status, stdout).toBe(3);
    expect(stdout).toContain('post could not be restored from its snapshot');
    expect(stdout).toMatch(/lost the key/);
  }, 120_000);

  test('that cannot save leaves no snapshot, and one that cannot restore is the base', async () => {
    await using rig = new Rig({ ...OUTSIDE, 'projects/app/snapshot.sh': withFunctions('[[ $1 == restore ]]') });
    expect((await run(rig)).stdout).toMatch(/no snapshot of the base was kept: snapshot.sh save of app failed: exit 1/);
    rig.write({ 'projects/app/snapshot.sh': withFunctions('[[ $1 == save ]]') });
    expect((await run(rig)).status).toBe(0);
    const { status, stdout } = await run(rig);
    expect(status, stdout).toBe(3);
    expect(stdout).toContain('app could not be restored from its snapshot');
  });

  test('is where a harness is killed: of what it was keeping nothing is left, of what it was restoring neither', async () => {
    await using rig = new Rig({
      ...OUTSIDE,
      'projects/app/snapshot.sh': withFunctions('if [[ -p $GATES/$1 ]]; then read -r _ <"$GATES/$1" || true; fi'),
    });
    const save = rig.gate('save');
    const keeping = rig.start(['run', '--from-snapshot']);
    await save.reached();
    keeping.child.kill('SIGKILL');
    await keeping.outcome;
    await save.open();
    expect(kept(rig)).toHaveLength(1);
    expect(kept(rig)[0]).toMatch(/^making\./);
    expect((await rig.grenade('snapshot', 'list')).stdout).toContain('No snapshot is kept');
    await rig.grenade('clean');
    rmSync(join(rig.gates, 'save'));
    expect((await run(rig)).status).toBe(0);
    expect(begun(rig)).toBe(false);
    expect(kept(rig)).toEqual([expect.stringMatching(/^[0-9a-f]{12}$/)]);

    const restore = rig.gate('restore');
    const restoring = rig.start(['run', '--from-snapshot']);
    await restore.reached();
    restoring.child.kill('SIGKILL');
    await restoring.outcome;
    await restore.open();
    rmSync(join(rig.gates, 'restore'));
    expect(mounts(rig)).toEqual([]);
    await eventually('the end of what was killed', () => rig.processes().length === 0);
    expect(await rig.grenade('clean')).toMatchObject({ status: 0 });
    const { status, stdout } = await run(rig);
    expect(status, stdout).toBe(0);
    expect(begun(rig)).toBe(true);
  });
});

describe.runIf(ROOT)('on a small disk', () => {
  test('what does not fit is not kept, nothing is left of it, and the run passes', async () => {
    await using rig = new Rig({
      ...APP,
      'projects/app/smoke.sh': withFunctions('head -c 12000000 /dev/urandom >"$DATA_DIR/large"'),
    });
    await using _ = smallDisk(rig, 20);
    const { status, stdout } = await run(rig);
    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(/no snapshot of the base was kept: it takes 12 MB, and [\d.]+ MB are free on its disk/);
    rig.write({
      'projects/app/smoke.sh': withFunctions('echo small'),
      'projects/app/snapshot.sh': withFunctions('head -c 50000000 /dev/zero >"$2/large"'),
    });
    const full = await run(rig);
    expect(full.status, full.stdout).toBe(0);
    expect(full.stdout).toMatch(/no snapshot of the base was kept: snapshot.sh save of app failed: exit 1/);
    expect(kept(rig)).toEqual([]);
  });

  test('what fits is an overlay there too', async () => {
    await using rig = new Rig(APP);
    await using _ = smallDisk(rig, 40);
    await run(rig);
    const { status, stdout } = await run(rig);
    expect(status, stdout).toBe(0);
    expect(restored(rig)).toMatchObject({ by: 'overlay' });
  });
});
