import type { Hook } from '../journal/record.js';

/** Where in a module's default export a method stands. */
export type Path = readonly [string] | readonly ['resources' | 'snapshot', string];

/** Where each hook stands. */
export const METHODS = {
  install: ['install'],
  start: ['start'],
  version: ['version'],
  smoke: ['smoke'],
  early_create: ['resources', 'earlyCreate'],
  create: ['resources', 'create'],
  verify: ['resources', 'verify'],
  shutdown: ['shutdown'],
  verify_noapi: ['resources', 'verifyNoApi'],
  migrate: ['migrate'],
  upgrade: ['upgrade'],
  finalize: ['finalize'],
  destroy: ['resources', 'destroy'],
} as const satisfies Readonly<Record<Hook, Path>>;

/** What no step of its own calls, and what is given a directory besides what hooks are given. */
export const SNAPSHOT = { save: ['snapshot', 'save'], restore: ['snapshot', 'restore'] } as const satisfies Readonly<
  Record<string, Path>
>;

/** An object of which nothing is known yet. */
export type Properties = Readonly<Record<string, unknown>>;

/** A method, and what it is called on; undefined when the definition has none. */
export function findMethod(
  definition: unknown,
  path: Path,
): { call: (...given: readonly unknown[]) => unknown } | undefined {
  const on = ownerOf(definition, path);
  const method = methodOf(definition, path);
  return isFunction(method) ? { call: (...given) => method.call(on, ...given) } : undefined;
}

/** The function, to ask where it stands in the source. */
export function methodOf(definition: unknown, path: Path): unknown {
  const on = ownerOf(definition, path);
  return isObject(on) ? on[path.at(-1) ?? ''] : undefined;
}

const ownerOf = (definition: unknown, [first, second]: Path): unknown =>
  second === undefined ? definition : isObject(definition) ? definition[first] : undefined;

export function isHook(text: string): text is Hook {
  return Object.hasOwn(METHODS, text);
}

export function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}
