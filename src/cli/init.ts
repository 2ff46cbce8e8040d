import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromHere, misused } from './say.js';

/** `grenade init`: a workspace that runs, to be replaced piece by piece. */
export async function init(at: string): Promise<number> {
  const dir = resolve(at);
  const template = ['../templates/init/', '../../templates/init/']
    .map((up) => fileURLToPath(new URL(up, import.meta.url)))
    .find((path) => existsSync(path));
  if (template === undefined) throw new Error('the template of a workspace is missing from this installation');
  for (const name of readdirSync(template)) {
    if (!existsSync(join(dir, name))) continue;
    return misused(`${fromHere(join(dir, name))} is there already`, 'Choose an empty directory: grenade init DIR.');
  }
  mkdirSync(dir, { recursive: true });
  cpSync(template, dir, { recursive: true });
  const where = fromHere(dir);
  const argument = where === '.' ? '' : ` ${where}`;
  process.stdout.write(
    [
      `A workspace of one small service, from release one to release two, is in ${where}:`,
      '  grenade.yaml                    the releases, and what must run at each',
      '  projects/10_notes/project.ts    how the service is installed, started, upgraded and looked at',
      '',
      `Upgrade it:      grenade run${argument}`,
      `Then break it:   delete \`migrate\` in project.ts, and run it again`,
      '',
    ].join('\n'),
  );
  return 0;
}
