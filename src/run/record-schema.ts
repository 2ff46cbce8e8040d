import { appendFileSync } from 'node:fs';
import { writeFileAtomic } from '../basics/files.js';
import { SourceError } from '../databases/reader.js';
import type { Defined, Schema } from '../databases/schema.js';
import { readSchema } from '../databases/source.js';
import type { Failure } from '../journal/failure.js';
import type { Step } from '../plan/plan.js';
import type { RunContext } from './context.js';
import { plainOf } from './plain.js';
import { resolveSource, schemaAt } from './registered-data.js';

/** Keeps how the registered databases of a system are defined; of directories, nothing is. */
export async function recordSchema(
  context: RunContext,
  _step: Step,
  log: string,
  stop: AbortSignal,
): Promise<Failure | undefined> {
  const { system, workspace } = context;
  const plain = plainOf(context, system);
  for (const { name, source: registered } of workspace.data) {
    const source = resolveSource(context, registered);
    if (!source.ok) return { kind: 'state-unread', name, reason: source.error };
    try {
      const schema = await readSchema(source.value);
      if (schema === undefined) continue;
      const kept: Schema = { ...schema, defined: schema.defined.map((each) => plainly(each, plain)) };
      writeFileAtomic(schemaAt(system, name), `${JSON.stringify(kept, undefined, 1)}\n`, 0o600);
      appendFileSync(log, `${name}: ${kept.defined.length} things are defined\n`);
    } catch (error) {
      if (stop.aborted) return undefined;
      if (!(error instanceof SourceError)) throw error;
      appendFileSync(log, `${name}: ${error.message}\n`);
      return { kind: 'state-unread', name, reason: error.message };
    }
  }
  return undefined;
}

function plainly(defined: Defined, plain: (text: string) => string): Defined {
  const traits = Object.entries(defined.traits ?? {}).map(([name, value]) => [name, plain(value)]);
  return {
    ...defined,
    ...(defined.does === undefined ? {} : { does: plain(defined.does) }),
    ...(defined.traits === undefined ? {} : { traits: Object.fromEntries(traits) }),
  };
}
