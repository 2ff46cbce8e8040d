import { isHook, METHODS, SNAPSHOT } from './methods.js';

// The process of its own in which a module's code runs: `host.js describe FILE [FD]`, `host.js run FILE HOOK [SIDE]`
// or `host.js snapshot FILE save|restore DIR`.
// Each verb loads only what it needs; a hook waits for all of it.

const [verb, file, third, fourth] = process.argv.slice(2);
if (verb === 'describe' && file !== undefined) {
  const { describe } = await import('./host-describe.js');
  await describe(file, Number(third ?? 1));
} else if (verb === 'run' && file !== undefined && third !== undefined && isHook(third)) {
  const { runMethod } = await import('./host-run.js');
  await runMethod(file, METHODS[third]);
} else if (verb === 'snapshot' && file !== undefined && (third === 'save' || third === 'restore') && fourth) {
  const { runMethod } = await import('./host-run.js');
  await runMethod(file, SNAPSHOT[third], fourth);
} else {
  process.stderr.write(
    'host.js is how Grenade runs a module: describe FILE [FD] | run FILE HOOK [SIDE] | snapshot FILE save|restore DIR\n',
  );
  process.exit(2);
}
