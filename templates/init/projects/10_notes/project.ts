// One service of the system, upgraded from release one to release two. Replace it by yours, piece by piece.
import { cp } from 'node:fs/promises';
import { defineProject } from 'grenade';

export default defineProject({
  name: 'notes',
  services: ['notes'],

  // Put the release in place. A real one is downloaded, checked out or built.
  async install({ dirs, release }) {
    await cp(`${dirs.project}/releases/${release.name}`, release.dir, { recursive: true });
  },

  async start({ services, ports, release, dirs }) {
    const port = await ports.get('notes');
    await services.start('notes', {
      command: ['node', `${release.dir}/server.mjs`, `${port}`, `${dirs.data}/notes`],
      ready: { http: `http://127.0.0.1:${port}/version` },
    });
  },

  // Ask what really runs, not what was installed.
  async version({ ports }) {
    return await read(`http://127.0.0.1:${await ports.get('notes')}/version`);
  },

  async shutdown({ services }) {
    await services.stop('notes');
  },

  // Release two keeps its notes in one file. Delete this hook, and see what Grenade says.
  async migrate({ exec, release, dirs }) {
    await exec(['node', `${release.dir}/migrate.mjs`, `${dirs.data}/notes`]);
  },

  // Something that people had before the upgrade, and that must still be there after it.
  resources: {
    async create({ ports }) {
      const note = `http://127.0.0.1:${await ports.get('notes')}/notes/milk`;
      await fetch(note, { method: 'PUT', body: 'Buy milk.' });
    },
    async verify({ ports }) {
      const text = await read(`http://127.0.0.1:${await ports.get('notes')}/notes/milk`);
      if (text !== 'Buy milk.') throw new Error(`the note says ${JSON.stringify(text)}`);
    },
    async destroy({ ports }) {
      await fetch(`http://127.0.0.1:${await ports.get('notes')}/notes/milk`, { method: 'DELETE' });
    },
  },
});

async function read(url: string): Promise<string> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url} answered ${answer.status} ${await answer.text()}`);
  return (await answer.text()).trim();
}
