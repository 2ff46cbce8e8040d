import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { ResultSchema } from '../../src/report/result-schema.js';
import { Rig, TWO_RELEASES, withFunctions } from './rig.js';

const shop = (): Rig =>
  new Rig({
    'grenade.yaml': TWO_RELEASES,
    localrc: 'export DB_PASSWORD=verysecretvalue\n',
    'projects/web/start.sh': withFunctions('service_start web -- sleep 60'),
    'projects/web/shutdown.sh': withFunctions('service_stop web'),
    'projects/web/version.sh': withFunctions('echo "$RELEASE"'),
    'projects/web/resources.sh': withFunctions(
      'if [[ $* == "verify post-upgrade" && -v BAD ]]; then',
      '  echo "::error::of a hook"',
      '  echo "::add-mask::x $DB_PASSWORD"',
      '  false',
      'fi',
    ),
  });

const result = (rig: Rig): v.InferOutput<typeof ResultSchema> => {
  const data: unknown = JSON.parse(readFileSync(join(rig.latest, 'result.json'), 'utf8'));
  const parsed = v.parse(ResultSchema, data);
  expect(parsed).toEqual(data);
  return parsed;
};

test('result.json says what the terminal says, and the result names it', async () => {
  await using rig = shop();
  const { status, stdout } = await rig.grenade('run');
  expect(status, stdout).toBe(0);
  expect(stdout).toMatch(/report\.html\n {2}and beside it result\.json, junit\.xml and worlddump\/\n$/);
  const { files, ...said } = result(rig);
  expect(said).toMatchObject({
    verdict: 'passed',
    exit: 0,
    projects: [{ name: 'web', proof: 'proven', verified: true }],
  });
  expect(stdout).toContain(`✔ ${said.sentence}`);
  expect(said.steps.map(({ key }) => key)).toEqual(rig.steps());
  for (const file of files) expect(existsSync(join(rig.latest, file)), file).toBe(true);
});

test('a job of GitHub Actions is told what failed, and takes no command from a log', async () => {
  await using rig = shop();
  const page = join(rig.dir, 'summary.md');
  const env = { GITHUB_ACTIONS: 'true', GITHUB_WORKSPACE: rig.dir, GITHUB_STEP_SUMMARY: page, BAD: 'yes' };
  const { status, stdout } = await rig.start(['run'], { env }).outcome;
  expect(status).toBe(1);
  const lines = stdout.split('\n').map((line) => line.trimStart());
  const [, token] = /^::stop-commands::(\S+)$/m.exec(stdout) ?? [];
  const stop = lines.indexOf(`::stop-commands::${token}`);
  const go = lines.indexOf(`::${token}::`);
  const commands = lines.flatMap((line, at) => (line.startsWith('::') ? [{ line, at }] : []));
  const heard = commands.filter(({ at }) => at < stop || at > go).map(({ line }) => line);
  expect(heard).toEqual([
    '::error title=grenade::The upgrade broke web: what was created before it is not there after it.',
    '::error file=projects/web/resources.sh,line=7,title=web verify post-upgrade::exit 1%0Afalse',
  ]);
  expect(commands.some(({ line }) => line === '::error::of a hook')).toBe(true);

  const summary = readFileSync(page, 'utf8');
  expect(summary).toContain('## ✘ The upgrade broke web');
  expect(summary).toContain('::add-mask::x ***');
  expect(`${summary}${stdout}${JSON.stringify(result(rig))}`).not.toContain('verysecretvalue');

  const log = await rig.start(['logs', 'web/verify:target'], { env }).outcome;
  expect(log.stdout).toMatch(/^::stop-commands::(\S+)\n[\s\S]*::error::of a hook\n[\s\S]*\n::\1::\n$/);
  const again = await rig.start(['report'], { env }).outcome;
  expect([again.status, again.stdout.includes('::error title')]).toEqual([1, false]);
});

test('of a run that was killed, report says it to machines too', async () => {
  await using rig = shop();
  const gate = rig.gate('create');
  rig.write({
    'projects/web/resources.sh': withFunctions('if [[ $1 == create ]]; then read -r _ <"$GATES/create"; fi'),
  });
  const running = rig.start(['run']);
  await gate.reached();
  running.child.kill('SIGKILL');
  await running.outcome;
  const { status, stdout } = await rig.start(['report'], { env: { GITHUB_ACTIONS: 'true' } }).outcome;
  expect(status).toBe(4);
  expect(stdout).toContain('::error title=grenade::The harness was killed during');
  expect(result(rig)).toMatchObject({ verdict: null, exit: 4 });
  await gate.open();
});
