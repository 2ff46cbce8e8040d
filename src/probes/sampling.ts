import * as v from 'valibot';

const words = v.tupleWithRest([v.string()], v.string());

/** One probe as the sampler is told it: nothing is left to be found out. */
const job = v.object({
  name: v.string(),
  target: v.variant('kind', [
    v.object({ kind: v.literal('http'), url: v.string() }),
    v.object({ kind: v.literal('tcp'), host: v.string(), port: v.number() }),
    v.object({ kind: v.literal('exec'), command: words, cwd: v.string(), env: v.record(v.string(), v.string()) }),
  ]),
  intervalMs: v.number(),
  /** Kinds of connection over which it was up in an earlier part of the run. */
  wasUp: v.array(v.picklist(['new', 'reused'])),
});

/** What the sampler is told on the first line of its standard input; the end of that input ends it. */
export const orders = v.object({
  /** Where it appends what changed, as lines of a journal. */
  changes: v.string(),
  jobs: v.array(job),
});

export type Job = v.InferOutput<typeof job>;
export type Orders = v.InferOutput<typeof orders>;
