import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StepState } from '../journal/state.js';
import { maskOf } from '../run/secrets.js';
import type { OfRun } from './flags.js';
import { quotes } from './github.js';
import { openRun } from './of-run.js';
import { misused } from './say.js';

/** How much is read at a time, in bytes. */
const PIECE = 1024 * 1024;

/** `grenade logs`: the whole log of a step, secrets masked. The raw one is the file that `steps/` holds. */
export async function logs(name: string, at: string, flags: OfRun): Promise<number> {
  const found = await openRun(at, flags);
  if (!found.ok) return found.error;
  const { state, runDir } = found.value;
  const steps = matching(state.steps, name);
  const [step] = steps;
  if (step === undefined || steps.length > 1) {
    const these = (steps.length > 1 ? steps : state.steps).map(({ record }) => `${record.number} ${record.key}`);
    const which = steps.length > 1 ? `${name} could be several steps` : `no step is called ${name}`;
    const shown = these.length > 12 ? [...these.slice(0, 12), `… ${these.length - 12} more`] : these;
    return misused(which, `Name one of: ${shown.join(', ')}.`);
  }
  if (step.log === undefined || !existsSync(join(runDir, step.log))) {
    return misused(`step ${step.record.number} ${step.record.key} has no log`, 'It never ran in this run.');
  }
  const mask = maskOf(runDir);
  let gone = false;
  process.stdout.once('error', () => {
    gone = true;
  });
  const { open, close } = quotes(process.env);
  process.stdout.write(open);
  for await (const lines of wholeLines(join(runDir, step.log))) {
    // A reader that is slower than the disk is waited for; one that has seen enough is not.
    if (!process.stdout.write(mask(lines))) await once(process.stdout, 'drain').catch(() => undefined);
    if (gone) break;
  }
  process.stdout.write(close);
  return 0;
}

/** A file's text in pieces of many lines: one line at a time, a hook that flooded its log takes minutes to show. */
async function* wholeLines(path: string): AsyncGenerator<string> {
  let begun = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: PIECE })) {
    const text = String(chunk);
    const end = text.lastIndexOf('\n') + 1;
    if (end > 0) yield begun + text.slice(0, end);
    begun = end > 0 ? text.slice(end) : begun + text;
  }
  if (begun !== '') yield `${begun}\n`;
}

/** A number, a key, or the beginning of a key; where one ends with a whole word, that is meant. */
function matching(steps: readonly StepState[], name: string): readonly StepState[] {
  if (/^\d+$/.test(name)) return steps.filter(({ record }) => record.number === Number(name));
  const exact = steps.filter(({ record }) => record.key === name);
  if (exact.length > 0) return exact;
  const begun = steps.filter(({ record }) => record.key.startsWith(name));
  // `a/verify` means verify, and not verify_noapi.
  const words = begun.filter(({ record }) => !/\w/.test(record.key.charAt(name.length)));
  return words.length > 0 ? words : begun;
}
