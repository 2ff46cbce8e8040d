// Writes the published schemas from those that Grenade itself goes by:
//   npx tsx scripts/schema.ts
// schema.json: by it editors complete and check grenade.yaml. One with yaml-language-server uses it for a grenade.yaml
// whose first line is
//   # yaml-language-server: $schema=node_modules/grenade/schema.json
// result.schema.json: what a run's result.json holds.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import type { GenericSchema } from 'valibot';
import { ResultSchema } from '../src/report/result-schema.js';
import { ConfigSchema } from '../src/workspace/schema.js';

const root = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

export const SCHEMA_FILE = root('schema.json');
export const RESULT_SCHEMA_FILE = root('result.schema.json');

/** What schema.json must hold. */
export const schemaText = (): string =>
  text(
    ConfigSchema,
    'grenade.yaml',
    'A workspace of Grenade: the releases of a system, and its projects. Editors read this for a grenade.yaml that begins with `# yaml-language-server: $schema=node_modules/grenade/schema.json`.',
  );

/** What result.schema.json must hold. */
export const resultSchemaText = (): string =>
  text(
    ResultSchema,
    'result.json',
    'How a run of Grenade went. A key is never missing: what is not known, or does not apply, is null. Format 1: keys may be added to it.',
  );

function text(of: GenericSchema, title: string, description: string): string {
  const { $schema, ...body } = toJsonSchema(of, { target: 'draft-07', errorMode: 'throw', ignoreActions: ['check'] });
  return `${JSON.stringify({ $schema, title, description, ...body }, undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(SCHEMA_FILE, schemaText());
  writeFileSync(RESULT_SCHEMA_FILE, resultSchemaText());
}
