import { chmodSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from './case.js';
import { type Comparison, compare } from './compare.js';
import { layWorld } from './lay.js';
import { PLACE, type Templates } from './templates.js';
import { runWorld } from './world.js';

/** A comparison, and where both worlds lie as their runs left them. */
export interface Pair extends Comparison {
  readonly dir: string;
}

/** Runs the original and ours side by side, each over a world of its own. Worlds that do not differ are removed. */
export async function runPair(templates: Templates, test: Case): Promise<Pair> {
  const dir = realpathSync(mkdtempSync(join(PLACE, 'grenade-compared-')));
  chmodSync(dir, 0o755);
  const [theirs, ours] = [join(dir, 'original'), join(dir, 'ours')];
  for (const root of [theirs, ours]) layWorld(templates, root, test);
  const [original, our] = await Promise.all([runWorld(theirs, 'original', test), runWorld(ours, 'ours', test)]);
  const compared = compare(test, original, our);
  if (compared.divergence.length === 0) removePair(dir);
  return { ...compared, dir };
}

export const removePair = (dir: string): void => rmSync(dir, { recursive: true, force: true });
