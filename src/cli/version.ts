import { readFileSync } from 'node:fs';
import * as v from 'valibot';

/** Grenade's own version, from the package that it runs from. */
export const VERSION = readVersion();

function readVersion(): string {
  for (const up of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(up, import.meta.url), 'utf8');
      const parsed = v.safeParse(v.object({ name: v.literal('grenade'), version: v.string() }), JSON.parse(text));
      if (parsed.success) return parsed.output.version;
    } catch {
      // Built, it stands one room up; in the sources, two.
    }
  }
  return 'unknown';
}
