#!/usr/bin/env node
import { existsSync } from 'node:fs';
import v8 from 'node:v8';

// A run starts thousands of processes, and each start copies the page tables of all the memory that this one holds. What
// is young stays in the space that it began with, which is plenty. What makes code faster takes megabytes that it never
// gives back, so it is kept for what is hot indeed: not for what is done once a hook. V8 has renamed how that is said.
const hot = process.versions.node.startsWith('20.')
  ? ['--interrupt-budget=8000000']
  : ['--invocation-count-for-maglev=10000', '--invocation-count-for-turbofan=100000'];
for (const flag of ['--semi-space-growth-factor=1', ...hot]) v8.setFlagsFromString(flag);

const built = new URL('../dist/cli.js', import.meta.url);
if (!existsSync(built)) {
  console.error('grenade: this checkout is not built yet. Run: npm ci && npm run build');
  process.exit(2);
}
await import(built.href);
