import { join } from 'node:path';
import { ok, type Result } from '../basics/result.js';
import { type DataSource, type OpenSource, parseDataSource } from '../databases/source.js';
import { readResource } from '../resources/store.js';
import type { RunContext } from './context.js';
import { dataNames } from './fork.js';

/** Where registered data is now: what a hook kept of it is read, if it is known only by that. */
export function resolveSource(context: RunContext, source: DataSource): Result<OpenSource, string> {
  const found = namedSource(context, source);
  if (!found.ok || found.value.kind !== 'directory' || context.inside === undefined) return found;
  // We read it from outside.
  return ok({ ...found.value, path: context.inside.path(found.value.path) });
}

function namedSource({ runDir, system }: RunContext, source: DataSource): Result<OpenSource, string> {
  if (source.kind === 'directory') return ok({ ...source, path: inSystem(source.path, runDir, system) });
  if (source.kind !== 'resource') return ok(source);
  const { project, key } = source;
  const kept = readResource(system, project, key);
  if (!kept.ok) return { ok: false, error: kept.error.message };
  const parsed = parseDataSource(kept.value.toString('utf8').trim(), join(system, 'data'));
  if (!parsed.ok) return { ok: false, error: `what ${project} keeps as ${key} is no place of data: ${parsed.error}` };
  if (parsed.value.kind === 'resource') return { ok: false, error: `${key} of ${project} names another resource` };
  if (parsed.value.kind !== 'directory') return ok(parsed.value);
  // Kept by a hook of this very system: nothing is moved to it, and only the path that runs share has another name.
  return ok({ ...parsed.value, path: inSystem(parsed.value.path, runDir, runDir) });
}

/**
 * Where a path of the system that is upgraded, whichever name of its data it begins with, lies in this one; all have in
 * common what is not in a system's data.
 */
function inSystem(path: string, runDir: string, system: string): string {
  const data = dataNames(runDir).find((each) => path === each || path.startsWith(`${each}/`));
  return data === undefined ? path : join(system, 'data', path.slice(data.length));
}

/** Where data is saved for people, without an ending. */
export const savedAt = (runDir: string, name: string, release: string): string =>
  join(runDir, 'save', `${encodeURIComponent(name)}.${release}`);

/** Where it is kept how a database is defined in a system. */
export const schemaAt = (system: string, name: string): string =>
  join(system, 'save', `${encodeURIComponent(name)}.schema.json`);

/** Where what is needed to compare it is kept. */
export const recordedAt = (runDir: string, name: string): string =>
  join(runDir, 'save', `${encodeURIComponent(name)}.recorded`);
