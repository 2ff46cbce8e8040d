#!/usr/bin/env node
import { existsSync } from 'node:fs';
import v8 from 'node:v8';

// A run starts thousands of processes, and each start copies the page tables of all the memory that this one holds. What
// is young stays in the space that it began with, which is plenty. What makes code faster takes megabytes that it never
// gives back, so it is kept for what is hot indeed: what is done once a hook is not.
v8.setFlagsFromString('--semi-space-growth-factor=1');
v8.setFlagsFromString('--interrupt-budget=8000000');

const built = new URL('../dist/cli.js', import.meta.url);
if (!existsSync(built)) {
  console.error('grenade: this checkout is not built yet. Run: npm ci && npm run build');
  process.exit(2);
}
await import(built.href);
