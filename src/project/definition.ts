import { closest, distance } from 'fastest-levenshtein';
import { err, ok, type Result } from '../basics/result.js';
import type { Hook } from '../journal/record.js';
import { type GivenProbe, readProbe, readUnknownProbe } from '../probes/definition.js';
import { isFunction, isHook, isObject, METHODS, methodOf, type Properties, SNAPSHOT } from './methods.js';

const FACTS = ['name', 'needs', 'backing', 'services', 'probes', 'data', 'config', 'resources', 'snapshot'];
const TOP = [...FACTS, ...Object.values(METHODS).flatMap((path) => (path.length === 1 ? [path[0]] : []))];
const RESOURCES: readonly string[] = Object.values(METHODS).flatMap((path) => (path.length === 2 ? [path[1]] : []));

/** What a module says of its project, as JSON carries it from the process that loaded it. */
export interface Description {
  readonly name: string;
  readonly needs: readonly string[];
  readonly backing: boolean;
  readonly services: readonly string[];
  readonly probes: readonly GivenProbe[];
  readonly data: readonly { readonly name: string; readonly at: string }[];
  readonly config: readonly string[];
  readonly hooks: readonly { readonly hook: Hook; readonly empty: boolean }[];
  /** Whether it keeps what a snapshot of the base does not hold. */
  readonly snapshot: boolean;
}

/** One thing wrong with a definition; `key` is what to look for in its source, below `within`. */
export interface Finding {
  readonly message: string;
  readonly fix: string;
  readonly key?: string;
  readonly within?: Nested;
}

/** What of a definition has methods of its own. */
type Nested = 'resources' | 'snapshot';

/** Reads what a module exported by default, and finds everything that is wrong with it at once. */
export function readDefinition(value: unknown): Result<Description, readonly Finding[]> {
  if (!isObject(value)) {
    return err([
      {
        message: `the default export is ${nameOfType(value)}, not a project`,
        fix: "Write `export default defineProject({ name: '…', … })`.",
        key: 'export default',
      },
    ]);
  }
  const findings: Finding[] = [];
  const name = readName(value, findings);
  const needs = readNames(value, 'needs', "['postgres']", findings);
  const services = readNames(value, 'services', "['worker']", findings);
  const probes = readProbes(value.probes, findings);
  const data = readData(value, findings);
  const config = readPaths(value, findings);
  const backing = value.backing;
  if (backing !== undefined && typeof backing !== 'boolean') {
    findings.push({
      message: `backing is ${nameOfType(backing)}, not true or false`,
      fix: 'Write `backing: true` or leave it out.',
      key: 'backing',
    });
  }
  const resources = value.resources;
  if (resources !== undefined && !isObject(resources)) {
    findings.push({
      message: `resources is ${nameOfType(resources)}, not an object of hooks`,
      fix: 'Write `resources: { async create(ctx) { … }, async verify(ctx) { … } }`.',
      key: 'resources',
    });
  }
  findings.push(...unknownKeys(value, isObject(resources) ? resources : {}));

  const hooks: { hook: Hook; empty: boolean }[] = [];
  for (const hook of Object.keys(METHODS).filter(isHook)) {
    const method = methodOf(value, METHODS[hook]);
    if (method === undefined) continue;
    if (isFunction(method)) hooks.push({ hook, empty: hasEmptyBody(method) });
    else {
      const path = METHODS[hook].join('.');
      const key = METHODS[hook].at(-1) ?? '';
      findings.push({
        message: `${path} is ${nameOfType(method)}, not a function`,
        fix: `Write \`async ${key}(ctx) { … }\`.`,
        key,
        ...(METHODS[hook].length === 2 ? { within: 'resources' } : {}),
      });
    }
  }
  const snapshot = readSnapshot(value.snapshot, findings);
  const has = (hook: Hook): boolean => hooks.some((one) => one.hook === hook);
  if (has('upgrade') && has('migrate')) {
    findings.push({
      message: 'upgrade is the whole way up, so migrate would never be called',
      fix: 'Keep either upgrade, or install, migrate and start.',
      key: 'migrate',
    });
  }
  if (hooks.length === 0 && findings.length === 0) {
    findings.push({
      message: 'it has no hook at all',
      fix: 'Give it at least `start`, `shutdown` and `resources: { create, verify }`.',
      key: 'export default',
    });
  }
  return findings.length > 0
    ? err(findings)
    : ok({ name, needs, backing: backing === true, services, probes, data, config, hooks, snapshot });
}

function readName(value: Properties, findings: Finding[]): string {
  const name = value.name;
  if (typeof name === 'string' && NAME.test(name)) return name;
  findings.push({
    message:
      name === undefined ? 'the project has no name' : `${JSON.stringify(name) ?? nameOfType(name)} is not a name`,
    fix: "Write `name: 'worker'`: letters, digits, `.`, `_` and `-`, a letter or digit first.",
    key: name === undefined ? 'export default' : 'name',
  });
  return '';
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

function readNames(value: Properties, key: string, example: string, findings: Finding[]): readonly string[] {
  const given = value[key];
  if (given === undefined) return [];
  const names: readonly unknown[] = Array.isArray(given) ? given : [];
  const good = names.filter((name) => typeof name === 'string').filter((name) => NAME.test(name));
  if (!Array.isArray(given) || good.length < names.length) {
    findings.push({ message: `${key} is not a list of names`, fix: `Write \`${key}: ${example}\`.`, key });
  }
  return [...new Set(good)];
}

function readProbes(given: unknown, findings: Finding[]): readonly GivenProbe[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) {
    findings.push({
      message: 'probes is not a list',
      fix: "Write `probes: [{ name: 'web', http: '…' }]`.",
      key: 'probes',
    });
    return [];
  }
  return given.flatMap((each: unknown) => {
    const probe = readUnknownProbe(each);
    const faults = probe.ok ? readProbe(probe.value) : err([probe.error]);
    if (!faults.ok)
      findings.push(...faults.error.map((fault) => ({ ...fault, key: probe.ok ? probe.value.name : fault.key })));
    return probe.ok && faults.ok ? [probe.value] : [];
  });
}

function readData(value: Properties, findings: Finding[]): Description['data'] {
  const { data } = value;
  if (data === undefined) return [];
  const list: readonly unknown[] = Array.isArray(data) ? data : [];
  const good = list.flatMap((each) => {
    if (!isObject(each)) return [];
    const { name, at, ...rest } = each;
    const right = typeof name === 'string' && NAME.test(name) && typeof at === 'string' && at !== '';
    return right && Object.keys(rest).length === 0 ? [{ name, at }] : [];
  });
  if (!Array.isArray(data) || good.length < list.length) {
    findings.push({
      message: 'data is not a list of names and places',
      fix: "Write `data: [{ name: 'jobs', at: 'resource:postgres/url' }]`.",
      key: 'data',
    });
  }
  return good;
}

function readPaths({ config }: Properties, findings: Finding[]): readonly string[] {
  if (config === undefined) return [];
  const list: readonly unknown[] = Array.isArray(config) ? config : [];
  const good = list.filter((each) => typeof each === 'string').filter((each) => each !== '');
  if (!Array.isArray(config) || good.length < list.length) {
    findings.push({
      message: 'config is not a list of paths',
      fix: "Write `config: ['etc/web.conf']`.",
      key: 'config',
    });
  }
  return good;
}

/** Who keeps something has to put it back: both or neither. */
function readSnapshot(given: unknown, findings: Finding[]): boolean {
  if (given === undefined) return false;
  const fix = 'Write `snapshot: { async save(ctx, dir) { … }, async restore(ctx, dir) { … } }`.';
  if (!isObject(given)) {
    findings.push({ message: `snapshot is ${nameOfType(given)}, not two functions`, fix, key: 'snapshot' });
    return false;
  }
  const names = Object.keys(SNAPSHOT);
  findings.push(...Object.keys(given).flatMap((key) => unknownKey(key, names, [], 'snapshot')));
  for (const name of names) {
    if (isFunction(given[name])) continue;
    const key = given[name] === undefined ? { key: 'snapshot' } : { key: name, within: 'snapshot' as const };
    findings.push({ message: `snapshot.${name} is ${nameOfType(given[name])}, not a function`, fix, ...key });
  }
  return true;
}

function unknownKeys(top: Properties, resources: Properties): Finding[] {
  return [
    ...Object.keys(top).flatMap((key) => unknownKey(key, TOP, RESOURCES, undefined)),
    ...Object.keys(resources).flatMap((key) => unknownKey(key, RESOURCES, TOP, 'resources')),
  ];
}

function unknownKey(
  key: string,
  known: readonly string[],
  elsewhere: readonly string[],
  within: Nested | undefined,
): Finding[] {
  if (known.includes(key)) return [];
  const message = `${within === undefined ? '' : `${within}.`}${key} is not something a project has`;
  const place = within === undefined ? { key } : { key, within };
  const meant = suggestion(key, known);
  if (meant !== undefined) return [{ message, fix: `Did you mean \`${meant}\`?`, ...place }];
  const other = elsewhere.length === 0 ? undefined : suggestion(key, elsewhere);
  if (other === undefined) return [{ message, fix: `It can have ${known.join(', ')}.`, ...place }];
  const where =
    within === undefined ? `inside \`resources: { ${other}(ctx) { … } }\`` : 'beside `resources`, not in it';
  return [{ message, fix: `\`${other}\` stands ${where}.`, ...place }];
}

/** What was meant, by a slip of the keys or in the words that scripts use (`verify_noapi`). */
function suggestion(key: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.replaceAll(/[_-]/g, '').toLowerCase();
  const same = known.find((one) => plain(one) === plain(key));
  if (same !== undefined) return same;
  const near = closest(key, [...known]);
  const steps = distance(key, near);
  return steps <= Math.max(2, Math.floor(key.length / 3)) && steps < key.length ? near : undefined;
}

/** Whether a function can be seen to do nothing: its body is empty but for comments. */
function hasEmptyBody(method: (...args: unknown[]) => unknown): boolean {
  const source = Function.prototype.toString.call(method).replaceAll(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
  return /(?:\)|=>)\s*\{\s*(?:return\s*)?;?\s*\}\s*$/.test(source);
}

function nameOfType(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function') return 'a function';
  if (typeof value === 'object') return 'an object';
  return `the ${typeof value} ${JSON.stringify(value)}`;
}
