import { isHook } from './methods.js';

// The process of its own in which a module's code runs: `host.js describe FILE [FD]` or `host.js run FILE HOOK [SIDE]`.
// Each verb loads only what it needs; a hook waits for all of it.

const [verb, file, third] = process.argv.slice(2);
if (verb === 'describe' && file !== undefined) {
  const { describe } = await import('./host-describe.js');
  await describe(file, Number(third ?? 1));
} else if (verb === 'run' && file !== undefined && third !== undefined && isHook(third)) {
  const { runHook } = await import('./host-run.js');
  await runHook(file, third);
} else {
  process.stderr.write('host.js is how Grenade runs a module: describe FILE [FD] | run FILE HOOK [SIDE]\n');
  process.exit(2);
}
