import { ok, type Result } from '../basics/result.js';
import type { DataSource, OpenSource } from '../databases/source.js';
import { portsOf } from '../services/ports.js';
import type { Workspace } from '../workspace/workspace.js';
import { dataNames } from './fork.js';

/**
 * Why a snapshot would not hold all that is registered as data: it is not the run's own, and no project takes care of it.
 * Undefined when nothing says so. `where` says where a source is by now, if that is known already.
 */
export function outsideSnapshot(
  { projects, data }: Workspace,
  runDir: string,
  where: (source: DataSource) => Result<OpenSource | undefined, string>,
): string | undefined {
  if (projects.some(({ snapshot }) => snapshot !== undefined)) return undefined;
  const ports = new Set(Object.values(portsOf(runDir)));
  const outside: string[] = [];
  for (const { name, source: registered } of data) {
    const source = where(registered);
    if (!source.ok) return `where ${name} lies is not known: ${source.error}`;
    const place = source.value && placeOutside(source.value, dataNames(runDir), ports);
    if (place !== undefined) outside.push(`${name} lies in ${place}`);
  }
  if (outside.length === 0) return undefined;
  return `${outside.join(', ')}, not in $DATA_DIR, and no project has a snapshot hook for it`;
}

/** Where a source is, before anything ran: one that a hook has yet to say is not known. */
export const knownBefore = (source: DataSource): Result<OpenSource | undefined, string> =>
  ok(source.kind === 'resource' ? undefined : source);

/** Where data lies when that is not below one of these directories or behind one of these ports of this machine. */
function placeOutside(
  source: OpenSource,
  directories: readonly string[],
  ports: ReadonlySet<number>,
): string | undefined {
  if (source.kind === 'directory') {
    const { path } = source;
    return directories.some((each) => path === each || path.startsWith(`${each}/`)) ? undefined : path;
  }
  const { hostname, port, host } = source.url;
  const local = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return local && ports.has(Number(port)) ? undefined : host;
}
