import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as v from 'valibot';
import { Gathered, StateJudge } from '../checks/state.js';
import { compareDirectories, type Side } from '../databases/compare-directories.js';
import { compareSchemas } from '../databases/compare-schemas.js';
import { SourceError } from '../databases/reader.js';
import type { Schema } from '../databases/schema.js';
import { DEFINED, type Difference, isDrift } from '../journal/difference.js';
import type { Failure } from '../journal/failure.js';
import type { Step } from '../plan/plan.js';
import type { RegisteredData } from '../workspace/workspace.js';
import { Failing, tellCompared, tellMissed, tellUnread, type Unread } from './compared.js';
import type { RunContext } from './context.js';
import { plainOf } from './plain.js';
import { resolveSource, schemaAt } from './registered-data.js';

/** What is said of config that nobody registered stands under this name. */
const CONFIG = '$DATA_DIR';
/** Files that tell a service how to run, as far as a name says it. */
const IS_CONFIG =
  /\.(?:conf|cfg|cnf|ini|ya?ml|json|toml|properties|xml|env|rules|policy)$|(?:^|\/)[^/]*(?:conf|config|rc)$/i;

/** How much was looked at of the upgraded system. */
interface Looked {
  readonly tables: number;
  readonly rows: number;
}

/**
 * Compares the upgraded system with its twin, both at rest: how their databases were defined, and which files they have.
 * Rows are nobody's business here, for nothing was created in the twin.
 */
export async function compareTwin(
  context: RunContext,
  step: Step,
  log: string,
  stop: AbortSignal,
): Promise<Failure | undefined> {
  const { workspace, journal } = context;
  const judge = new StateJudge({
    rules: { ...workspace.state, expect: workspace.state.expect.filter(({ what }) => isDrift(what)) },
    from: workspace.base.name,
    to: workspace.target.name,
    control: [],
  });
  const failing = new Failing();
  let unread: Unread | undefined;
  const compare = async (name: string, work: (tell: (difference: Difference) => void) => Promise<Looked | string>) => {
    const gathered = new Gathered();
    const looked = await work((difference) => {
      for (const judged of judge.judge(name, difference)) {
        gathered.add(judged);
        failing.add(name, judged);
      }
    });
    if (typeof looked === 'string') {
      const found: Unread = { kind: 'state-unread', name, reason: looked };
      unread ??= found;
      tellUnread(journal, step, log, found);
    } else {
      const compared = { data: name, looked, control: false, against: 'twin', differences: gathered.all() } as const;
      tellCompared(journal, step, log, compared);
    }
  };
  try {
    for (const data of workspace.data) await compare(data.name, (tell) => compareData(context, step, data, stop, tell));
    await compare(CONFIG, (tell) => compareConfig(context, stop, tell));
  } catch (error) {
    if (stop.aborted) return undefined;
    if (!(error instanceof SourceError)) throw error;
    return { kind: 'state-unread', name: 'files', reason: error.message };
  }
  tellMissed(journal, step.key, judge.missed());
  return failing.failure() ?? unread;
}

/** What was looked at, or why nothing can be said. */
async function compareData(
  context: RunContext,
  step: Step,
  { name, source }: RegisteredData,
  stop: AbortSignal,
  tell: (difference: Difference) => void,
): Promise<Looked | string> {
  const { runDir, system, journal } = context;
  const warn = (text: string): void => journal.append({ type: 'warned', step: step.key, text });
  const [twins, ours] = [system, runDir].map((each) => resolveSource({ ...context, system: each }, source));
  if (twins?.ok === true && ours?.ok === true && twins.value.kind === 'directory' && ours.value.kind === 'directory') {
    const [from, to] = [twins.value.path, ours.value.path];
    if (from !== to) return { tables: 0, rows: await directories(context, from, to, () => true, stop, tell) };
    warn(`${name} is one directory for every system: it was not compared with a fresh install`);
    return { tables: 0, rows: 0 };
  }
  const [fresh, upgraded] = [system, runDir].map((each) => readSchema(schemaAt(each, name)));
  if (fresh === undefined || upgraded === undefined) {
    warn(`${name} was not compared with a fresh install: how it is defined was not recorded`);
    return { tables: 0, rows: 0 };
  }
  if (fresh.identity !== '' && fresh.identity === upgraded.identity) {
    return 'the fresh install found the upgraded database itself, for no install or start hook makes one of its own';
  }
  const tables = (of: Schema): number => of.defined.filter(({ kind }) => kind === 'table').length;
  if (tables(fresh) === 0 && tables(upgraded) > 0) {
    warn(
      `${name}: a fresh install has no table at all, so that the drift of ${name} says nothing; nothing that install and start call makes them`,
    );
  }
  compareSchemas(fresh.defined, upgraded.defined, tell);
  return { tables: tables(upgraded), rows: 0 };
}

/** Config below `$DATA_DIR` that is in no registered directory. */
async function compareConfig(
  context: RunContext,
  stop: AbortSignal,
  tell: (difference: Difference) => void,
): Promise<Looked> {
  const { runDir } = context;
  // What is mounted for hooks alone, we read from outside.
  const dataOf = (system: string): string => {
    const path = join(system, 'data');
    return context.inside?.path(path) ?? path;
  };
  const registered = context.workspace.data.flatMap(({ source }) => {
    const at = resolveSource({ ...context, system: runDir }, source);
    return at.ok && at.value.kind === 'directory' ? [relative(dataOf(runDir), at.value.path)] : [];
  });
  const wanted = (path: string): boolean =>
    IS_CONFIG.test(path) && !registered.some((below) => below === '' || path.startsWith(`${below}/`));
  return {
    tables: 0,
    rows: await directories(context, dataOf(context.system), dataOf(runDir), wanted, stop, tell),
  };
}

function directories(
  context: RunContext,
  fresh: string,
  upgraded: string,
  wanted: (path: string) => boolean,
  stop: AbortSignal,
  tell: (difference: Difference) => void,
): Promise<number> {
  const side = (system: string, root: string): Side => ({ root, plain: plainOf(context, system) });
  return compareDirectories(side(context.system, fresh), side(context.runDir, upgraded), { wanted, stop }, tell);
}

const text = v.exactOptional(v.record(v.string(), v.string()));
const schema = v.object({
  identity: v.string(),
  defined: v.array(
    v.object({
      kind: v.picklist(DEFINED),
      at: v.string(),
      column: v.exactOptional(v.string()),
      does: v.exactOptional(v.string()),
      traits: text,
      looks: text,
      order: v.exactOptional(v.array(v.string())),
    }),
  ),
});

const readSchema = (path: string): Schema | undefined =>
  existsSync(path) ? v.parse(schema, JSON.parse(readFileSync(path, 'utf8'))) : undefined;
