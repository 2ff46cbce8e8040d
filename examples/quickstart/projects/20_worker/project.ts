// A job queue, graphile-worker, which keeps its jobs in PostgreSQL. As a TypeScript module: types are there in the
// editor, and there is no build step.
import assert from 'node:assert/strict';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { defineProject, type HookContext } from 'grenade';

export default defineProject({
  name: 'worker',
  needs: ['postgres'],
  services: ['worker'],

  async install({ release, dirs, env, exec, log }) {
    const wanted = `graphile-worker@${env.WORKER_VERSION}`;
    const installed = join(release.dir, 'installed');
    if ((await readFile(installed, 'utf8').catch(() => '')) === wanted) {
      log(`${wanted} is there already`);
    } else {
      await writeFile(join(release.dir, 'package.json'), '{ "private": true }');
      const options = ['--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
      await exec(['npm', 'install', '--prefix', release.dir, ...options, wanted], { capture: false });
      await writeFile(installed, wanted);
    }
    await mkdir(join(release.dir, 'tasks'), { recursive: true });
    await copyFile(join(dirs.project, 'deliver.cjs'), join(release.dir, 'tasks', 'deliver.js'));
  },

  // The tables of the new release, while no worker runs.
  async migrate({ release, resources, exec }) {
    const url = await resources.get('postgres', 'url');
    await exec(['node', cli(release.dir), '--schema-only'], { env: { DATABASE_URL: url } });
  },

  async start({ services, release, resources }) {
    const url = await resources.get('postgres', 'url');
    const { pid } = await services.start('worker', {
      // A job put forward is found when the worker looks next: by default every two seconds.
      command: ['node', cli(release.dir), '--jobs', '2', '--poll-interval', '200'],
      cwd: release.dir,
      env: { DATABASE_URL: url },
      ready: { log: /Worker connected and looking for jobs/ },
    });
    await resources.save('pid', `${pid}`);
  },

  // The worker does not tell its version: look at the program that the running process was started from.
  async version({ resources }) {
    const pid = await resources.get('pid');
    const [, program = ''] = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0');
    return createRequire(program)('../package.json').version;
  },

  async shutdown({ services }) {
    await services.stop('worker');
  },

  resources: {
    // One job that is done before the upgrade, and one that waits until long after it.
    async create(context) {
      await query(context, 'create table delivered (letter text primary key)');
      await query(context, `select graphile_worker.add_job('deliver', '{"letter": "prompt"}')`);
      await query(
        context,
        `select graphile_worker.add_job('deliver', '{"letter": "patient"}',
           run_at := now() + interval '1 hour', job_key := 'patient')`,
      );
      await delivery(context, 'prompt');
    },

    async verify(context) {
      await delivery(context, 'prompt');
      assert.equal(await waitingJobs(context), 1, 'the job that waits must be there, once');

      // Afterwards, working and not just there: the job that came with us is done by the new worker. Its number may
      // have changed on the way, its key must not.
      if (context.side === 'target') {
        await query(
          context,
          `select graphile_worker.reschedule_jobs(array_agg(id), run_at := now())
             from graphile_worker.jobs where key = 'patient'`,
        );
        await delivery(context, 'patient');
      }
    },

    // No worker to ask, but its tables: PostgreSQL is a backing project and still up.
    async verifyNoApi(context) {
      assert.equal(await waitingJobs(context), 1, 'the job that waits must be in the table, once');
    },

    async destroy(context) {
      await query(context, 'drop table delivered');
    },
  },
});

function cli(releaseDir: string): string {
  return join(releaseDir, 'node_modules', 'graphile-worker', 'dist', 'cli.js');
}

async function waitingJobs(context: HookContext): Promise<number> {
  return (await query(context, `select 1 from graphile_worker.jobs where key = 'patient'`)).length;
}

async function delivery(context: HookContext, letter: string): Promise<void> {
  const delivered = () => query(context, `select 1 from delivered where letter = '${letter}'`);
  await context.until(async () => (await delivered()).length === 1, {
    what: `the letter "${letter}" to be delivered`,
    limitMs: 15_000,
  });
}

/** Runs SQL through the PostgreSQL client that the release brought along. */
async function query({ release, resources }: HookContext, sql: string): Promise<unknown[]> {
  const { Client } = createRequire(cli(release.dir))('pg');
  const client = new Client({ connectionString: await resources.get('postgres', 'url') });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
