import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { bash, GRENADE, Rig, TWO_RELEASES, withFunctions } from './rig.js';

const exec = promisify(execFile);

describe('starting', () => {
  test('init makes a workspace that runs, and that teaches when a hook is deleted', async () => {
    await using rig = new Rig();
    const made = await rig.grenade('init');
    expect([made.status, made.stdout]).toEqual([0, expect.stringContaining('grenade run')]);
    const again = await rig.grenade('init');
    expect([again.status, again.stderr]).toEqual([2, expect.stringContaining('there already')]);

    const green = await rig.grenade('run');
    expect(green.stdout).toMatch(/notes +1\.4 → 2\.0 +proven/);
    expect(green.status).toBe(0);

    const file = 'projects/10_notes/project.ts';
    rig.write({ [file]: rig.read(file).replace(/ {2}async migrate[\s\S]*?\n {2}},\n/, '') });
    const red = await rig.grenade('run');
    expect(red.stdout).toContain('✘ The upgrade broke notes');
    expect(red.stdout).toMatch(/answered 404 no such note/);
    expect(red.stdout).toMatch(/projects\/10_notes\/project\.ts:\d+/);
    expect(red.status).toBe(1);
  });

  test('a package installed elsewhere does the same', async () => {
    await using rig = new Rig();
    const root = join(GRENADE, '../..');
    const packed = join(rig.dir, '../packed');
    mkdirSync(packed);
    const { stdout } = await exec('npm', ['pack', root, '--ignore-scripts', '--silent', '--pack-destination', packed], {
      cwd: packed,
    });
    rig.write({ 'package.json': '{ "private": true }\n' });
    const npm = (...args: readonly string[]): Promise<{ stdout: string }> =>
      exec('npm', [...args, '--no-audit', '--no-fund', '--loglevel=error'], { cwd: rig.dir });
    await npm('install', join(packed, stdout.trim()));
    const npx = (...args: readonly string[]): Promise<{ stdout: string }> =>
      exec('npx', ['--no-install', 'grenade', ...args], { cwd: rig.dir });
    expect((await npx('init', 'shop')).stdout).toContain('grenade run shop');
    expect((await npx('run', 'shop')).stdout).toMatch(/notes +1\.4 → 2\.0 +proven/);
    // What an editor finds when it looks for the types of `grenade`.
    const manifest = JSON.parse(readFileSync(join(rig.dir, 'node_modules/grenade/package.json'), 'utf8'));
    expect(readFileSync(join(rig.dir, 'node_modules/grenade', manifest.exports['.'].types), 'utf8')).toContain(
      'defineProject',
    );
    await npx('clean', 'shop', '--all');
  }, 180_000);
});

describe('bad input is refused before anything runs, all of it at once, with exit 2', () => {
  test('a workspace with a dozen mistakes', async () => {
    await using rig = new Rig({
      'grenade.yaml': [
        'releases:',
        '  - name: spring',
        '    versions: { posgres: "14", a: 1.10 }',
        '  - name: spring',
        'restrat: each',
        'limits: { hook: soon }',
        '',
      ].join('\n'),
      'projects/10_a/start.sh': '#!/no/such/shell\n',
      'projects/10_a/resource.sh': bash('echo near'),
      'projects/20_b/settings': 'register_project_for_upgrade b\nneeds_project c\n',
      'projects/20_b/shutdown.sh': bash('echo b'),
    });
    writeFileSync(join(rig.dir, 'projects/10_a/shutdown.sh'), bash('echo no run bit'));
    const { status, stdout, stderr } = await rig.grenade('run');
    expect(status).toBe(2);
    expect(stdout).toBe('');
    for (const said of [
      /restrat/,
      /spring/,
      /1\.10/,
      /soon/,
      /no\/such\/shell/,
      /resource\.sh/,
      /shutdown\.sh/,
      /grenade\.yaml:5:1/,
    ]) {
      expect(stderr).toMatch(said);
    }
    expect((await rig.grenade('check')).status).toBe(1);
  });

  test('check reads projects wherever grenade.yaml has them, and GitHub finds files from the checkout', async () => {
    await using rig = new Rig({
      'grenade.yaml': `${TWO_RELEASES}projects: [services/*]\n`,
      'services/a/resources.sh': withFunctions('case $1 in', 'verify) echo SUCCESS ;;', 'esac'),
      'services/a/start.sh': withFunctions('echo up'),
      // An interpreter that only localrc makes known.
      'services/a/version': '#!/usr/bin/env one-of-ours\n',
      'bin/one-of-ours': '#!/bin/sh\necho 1\n',
      localrc: 'export PATH="$GRENADE_WORKSPACE/bin:$PATH"\n',
    });
    const env = { GITHUB_WORKSPACE: dirname(rig.dir) };
    const hollow = await rig.start(['check', '--format', 'github'], { env }).outcome;
    const file = `${basename(rig.dir)}/services/a/resources.sh`;
    expect(hollow.stdout).toMatch(new RegExp(`^::warning file=${file},line=\\d+,col=\\d+,title=checks-nothing::`, 'm'));
    expect(hollow.status).toBe(0);
  });

  test.each([
    [['run', 'nowhere'], /no directory/],
    [['run', '--jobs', 'many'], /whole number/],
    [['run', '-b', '-t'], /-b is only the base part/],
    [['rnu'], /[Dd]id you mean run/],
    [['run', '--from', 'winter'], /winter/],
    [['run', '--projects', 'nobody'], /nobody/],
    [['run', '--plan', 'none.json'], /none\.json/],
    [['report'], /no run/],
    [['logs', '1'], /no run/],
    [['resource', 'a', 'verify'], /no run/],
  ])('grenade %j', async (args, said) => {
    await using rig = new Rig({ 'grenade.yaml': TWO_RELEASES, 'projects/a/start.sh': bash('echo hello') });
    const { status, stderr } = await rig.grenade(...args);
    expect([status, stderr]).toEqual([2, expect.stringMatching(said)]);
  });

  test('every command has help with an example, and leaves with 0', async () => {
    await using rig = new Rig();
    for (const command of ['run', 'plan', 'check', 'resource', 'logs', 'report', 'clean', 'init']) {
      const { status, stdout } = await rig.grenade(command, '--help');
      expect([status, stdout]).toEqual([0, expect.stringMatching(/Examples?:\n {2}grenade /)]);
    }
  });
});

describe('grenade resource', () => {
  test('runs one phase against what is up, and leaves the run as it was', async () => {
    const hooks = (verify: string): Record<string, string> => ({
      'projects/a/start.sh': withFunctions('service_start a -- sleep 1000'),
      'projects/a/shutdown.sh': withFunctions('service_stop a'),
      'projects/a/resources.sh': withFunctions(`if [[ $1 == verify ]]; then ${verify}; fi`),
    });
    await using rig = new Rig({ 'grenade.yaml': TWO_RELEASES, ...hooks('false') });
    expect((await rig.grenade('run')).status).toBe(3);
    const before = rig.read('.grenade/latest/journal.ndjson');
    const red = await rig.grenade('resource', 'a', 'verify');
    expect([red.status, red.stdout]).toEqual([1, expect.stringContaining('exit 1')]);
    rig.write(hooks('echo "looks well at $RELEASE as $2"'));
    const green = await rig.grenade('resource', 'a', 'verify');
    expect([green.status, green.stdout]).toEqual([0, expect.stringContaining('looks well at spring as pre-upgrade')]);
    expect((await rig.grenade('resource', 'a', 'smoke')).stderr).toMatch(/a has no smoke hook/);
    expect(rig.read('.grenade/latest/journal.ndjson')).toBe(before);
    rig.write(hooks('touch mine; read -r <"$GATES/go" || true; [[ -e mine ]]'));
    const gate = rig.gate('go');
    const { outcome } = rig.start(['resource', 'a', 'verify']);
    await gate.reached();
    const beside = await rig.grenade('resource', 'a', 'destroy');
    expect([beside.status, beside.stderr]).toEqual([2, expect.stringContaining('or a hook by hand (process')]);
    await gate.open();
    expect((await outcome).status).toBe(0);
    await rig.grenade('clean');
    expect((await rig.grenade('resource', 'a', 'verify')).stderr).toMatch(/nothing of run .* is up/);
  });
});
