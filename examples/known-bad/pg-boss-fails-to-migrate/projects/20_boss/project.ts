// A job queue, pg-boss, that brings its own tables up to date when it starts.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defineProject, type HookContext } from 'grenade';

export default defineProject({
  name: 'boss',
  needs: ['postgres'],
  services: ['boss'],

  async install({ release, env, exec }) {
    if (existsSync(join(release.dir, 'node_modules', 'pg-boss'))) return;
    const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await exec(['npm', 'install', '--prefix', release.dir, ...options, `pg-boss@${env.BOSS_VERSION}`]);
  },

  async start(context) {
    await context.services.start('boss', {
      command: boss(context, 'work'),
      env: await database(context),
      ready: { log: /is at work/ },
    });
  },

  async version({ services }) {
    const log = await readFile(services.log('boss'), 'utf8');
    return [...log.matchAll(/pg-boss (\S+) is at work/g)].at(-1)?.[1] ?? '';
  },

  async shutdown({ services }) {
    await services.stop('boss');
  },

  resources: {
    async create(context) {
      await context.exec(boss(context, 'send'), { env: await database(context) });
    },
    async verify(context) {
      const { stdout } = await context.exec(boss(context, 'count'), { env: await database(context) });
      assert.equal(stdout.trim(), '1', 'the letter must still be in the queue');
    },
  },
});

function boss({ dirs }: HookContext, verb: string): string[] {
  return ['node', join(dirs.project, 'boss.mjs'), verb];
}

async function database({ resources }: HookContext): Promise<{ DATABASE_URL: string }> {
  return { DATABASE_URL: await resources.get('postgres', 'url') };
}
