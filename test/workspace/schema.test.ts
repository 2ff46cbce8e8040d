import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { SCHEMA_FILE, schemaText } from '../../scripts/schema.js';

describe('schema.json', () => {
  test('is current; if not, run `npx tsx scripts/schema.ts`', () => {
    expect(readFileSync(SCHEMA_FILE, 'utf8')).toBe(schemaText());
  });

  test('describes every key, with an example', () => {
    const bare: string[] = [];
    const look = (schema: unknown, path: string): void => {
      if (typeof schema !== 'object' || schema === null) return;
      const { properties, items, additionalProperties } = Object(schema);
      for (const [key, value] of Object.entries(properties ?? {})) {
        const { description, examples } = Object(value);
        if (typeof description !== 'string' || !Array.isArray(examples)) bare.push(`${path}${key}`);
        look(value, `${path}${key}.`);
      }
      look(items, path);
      look(additionalProperties, path);
    };
    look(JSON.parse(schemaText()), '');
    expect(bare).toEqual([]);
  });
});
