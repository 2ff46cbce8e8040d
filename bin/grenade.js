#!/usr/bin/env node
import { existsSync } from 'node:fs';
import v8 from 'node:v8';

// A run starts thousands of processes, and each start copies the page tables of all the memory this one holds: what is
// young stays in the space it began with, which is plenty, and what is old is looked through before it has doubled.
v8.setFlagsFromString('--semi-space-growth-factor=1');
v8.setFlagsFromString('--heap-growing-percent=10');

const built = new URL('../dist/cli.js', import.meta.url);
if (!existsSync(built)) {
  console.error('grenade: this checkout is not built yet. Run: npm ci && npm run build');
  process.exit(2);
}
await import(built.href);
