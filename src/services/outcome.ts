import { isAlive } from '../process/identity.js';
import { waitUntil } from '../process/wait.js';
import { exitStatus, lastLines, type ServiceRecord, supervisorOf } from './record.js';

/** What a service said last: the end of every message about one that is not as it should be. */
export function lastWords(record: ServiceRecord): string {
  const lines = lastLines(record);
  if (lines.length === 0) return `\n  It wrote nothing to its log, ${record.log}`;
  return `\n  The end of ${record.log}:\n${lines.map((line) => `    ${line}`).join('\n')}`;
}

/** The exit status of one that ended, given the moment that its supervisor may still need to write it. */
export async function awaitStatus(runDir: string, record: ServiceRecord): Promise<number | undefined> {
  await waitUntil(
    () => (exitStatus(runDir, record.name) !== undefined || !isAlive(supervisorOf(record)) ? true : undefined),
    { limitMs: 1000, intervalMs: 2 },
  );
  return exitStatus(runDir, record.name);
}
