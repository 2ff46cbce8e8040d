// Writes schema.json, by which editors complete and check grenade.yaml, from the schema that Grenade reads it by:
//   npx tsx scripts/schema.ts
// An editor with yaml-language-server uses it for a grenade.yaml whose first line is
//   # yaml-language-server: $schema=node_modules/grenade/schema.json
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { toJsonSchema } from '@valibot/to-json-schema';
import { ConfigSchema } from '../src/workspace/schema.js';

export const SCHEMA_FILE = fileURLToPath(new URL('../schema.json', import.meta.url));

/** What schema.json must hold. */
export function schemaText(): string {
  const { $schema, ...body } = toJsonSchema(ConfigSchema, { target: 'draft-07', ignoreActions: ['check'] });
  const schema = {
    $schema,
    title: 'grenade.yaml',
    description:
      'A workspace of Grenade: the releases of a system, and its projects. Editors read this for a grenade.yaml that begins with `# yaml-language-server: $schema=node_modules/grenade/schema.json`.',
    ...body,
  };
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(SCHEMA_FILE, schemaText());
