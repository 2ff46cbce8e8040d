#!/usr/bin/env node
// Looks right, and brings every byte back. But s3rver 3 reads content types and metadata from elsewhere, too.
import { readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(process.env.DATA_DIR, 's3rver');

for (const content of readdirSync(root, { recursive: true }).filter((path) => path.endsWith('/.dummys3_content'))) {
  const object = join(root, dirname(content));
  renameSync(join(root, content), `${object}._S3rver_object`);
  rmSync(object, { recursive: true });
}
