import type { Hook } from '../journal/record.js';

/** Where in a module's default export each hook stands. */
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
} as const satisfies Readonly<Record<Hook, readonly [string] | readonly ['resources', string]>>;

/** An object of which nothing is known yet. */
export type Properties = Readonly<Record<string, unknown>>;

/** The method of a hook, and what it is called on; undefined when the definition has none. */
export function findMethod(definition: unknown, hook: Hook): { call: (context: unknown) => unknown } | undefined {
  const path = METHODS[hook];
  const on = path.length === 1 ? definition : isObject(definition) ? definition.resources : undefined;
  if (!isObject(on)) return undefined;
  const method = on[path.at(-1) ?? ''];
  return isFunction(method) ? { call: (context) => method.call(on, context) } : undefined;
}

/** The function of a hook, to ask where it stands in the source. */
export function methodOf(definition: unknown, hook: Hook): unknown {
  const path = METHODS[hook];
  const on = path.length === 1 ? definition : isObject(definition) ? definition.resources : undefined;
  return isObject(on) ? on[path.at(-1) ?? ''] : undefined;
}

export function isHook(text: string): text is Hook {
  return Object.hasOwn(METHODS, text);
}

export function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isFunction(value: unknown): value is (...args: unknown[]) => unknown {
  return typeof value === 'function';
}
