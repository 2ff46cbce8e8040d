import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, localrc } from '../test/compare/case.js';
import { layWorld } from '../test/compare/lay.js';
import { problemsOf } from '../test/compare/sources.js';
import { PLACE, Templates } from '../test/compare/templates.js';
import { timeWorld } from '../test/compare/world.js';
import { interleave, type Row } from './measure.js';

/** Whole runs of the original over ours, of the same workspaces over the real DevStack and stand-ins. */
export async function classic(
  rounds: number,
  originals: { readonly grenade: string; readonly devstack: string },
): Promise<Row[]> {
  const sources = { ...originals, tools: undefined, plugins: undefined };
  const problems = problemsOf(sources);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const templates = new Templates(sources);
  const dir = realpathSync(mkdtempSync(join(PLACE, 'grenade-bench-classic-')));
  chmodSync(dir, 0o755);
  try {
    const rows: Row[] = [];
    for (const { what, projects, hook, reach } of [
      {
        what: '7 projects that source DevStack’s functions, the original ÷ ours',
        projects: 7,
        hook: '#!/bin/bash\nsource "$GRENADE_DIR/grenaderc"\nsource "$GRENADE_DIR/functions"\n',
        reach: 1.3,
      },
      {
        what: '100 projects that source nothing, the original ÷ ours',
        projects: 100,
        hook: '#!/bin/bash\nprintf ""\n',
        reach: 6,
      },
    ]) {
      const test = workspace(projects, hook);
      const [their, our] = [join(dir, `original-${projects}`), join(dir, `ours-${projects}`)];
      for (const root of [their, our]) layWorld(templates, root, test);
      const [theirs = Number.NaN, ours = Number.NaN] = await interleave(
        rounds,
        () => timeWorld(their, 'original'),
        () => timeWorld(our, 'ours'),
      );
      const from = `${(theirs / 1000).toFixed(1)} s against ${(ours / 1000).toFixed(1)} s`;
      rows.push({ what, value: theirs / ours, unit: '×', reach, atLeast: true, from });
    }
    return rows;
  } finally {
    templates.remove();
    rmSync(dir, { recursive: true, force: true });
  }
}

function workspace(count: number, hook: string): Case {
  const quiet = ['BASE_RUN_SMOKE=False', 'TARGET_RUN_SMOKE=False', 'ENABLE_TEMPEST=False'];
  const files: Record<string, string> = { 'ws/localrc': localrc('there', quiet) };
  for (let at = 0; at < count; at++) {
    const name = `p${String(at).padStart(3, '0')}`;
    files[`ws/projects/${name}/settings`] = `register_project_for_upgrade ${name}\n`;
    for (const script of ['resources.sh', 'shutdown.sh', 'upgrade.sh']) files[`ws/projects/${name}/${script}`] = hook;
  }
  return {
    name: `${count} projects`,
    files,
    repositories: {},
    plugins: [],
    localConf: [],
    inTree: false,
    devstack: 'real',
    trees: 'there',
    runs: [[]],
    failFast: false,
  };
}
