import * as v from 'valibot';
import type { Batch } from './batch.js';
import { digest, halves } from './hash.js';
import type { Format } from './reader.js';

/**
 * Rows fall into this many buckets by the hash of their key, so that two sides agree on a row's bucket whatever their
 * collations, the order of their rows, or their engine's version.
 */
export const BUCKETS = 4096;

const json = v.array(v.tuple([v.number(), v.number(), v.number(), v.number()]));

/** What the rows of each bucket come to: how many, and the sums of both halves of their digests, which are exact. */
export class Sums {
  readonly #count = new Float64Array(BUCKETS);
  readonly #high = new Float64Array(BUCKETS);
  readonly #low = new Float64Array(BUCKETS);
  rows = 0;

  static from(kept: unknown): Sums {
    const sums = new Sums();
    for (const [bucket, count, high, low] of v.parse(json, kept)) sums.#add(bucket, count, high, low);
    return sums;
  }

  toJSON(): v.InferOutput<typeof json> {
    const used = [...this.#count.keys()].filter((bucket) => this.#count[bucket] !== 0);
    return used.map((bucket) => [bucket, ...this.#of(bucket)]);
  }

  /** Adds rows whose first `keyed` values are their key. */
  add(batch: Batch, format: Format, keyed: number): void {
    const view = viewOf(batch);
    let from = 0;
    for (const to of batch.ends) {
      const bucket = bucketOf(batch.bytes, view, from, to, format, keyed);
      digest(view, from, to);
      this.#add(bucket, 1, halves[0] ?? 0, halves[1] ?? 0);
      from = to;
    }
  }

  /** Buckets in which the sides differ. */
  differing(other: Sums): ReadonlySet<number> {
    const differ = new Set<number>();
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const theirs = other.#of(bucket);
      if (this.#of(bucket).some((value, at) => value !== theirs[at])) differ.add(bucket);
    }
    return differ;
  }

  #add(bucket: number, count: number, high: number, low: number): void {
    this.rows += count;
    this.#count[bucket] = (this.#count[bucket] ?? 0) + count;
    this.#high[bucket] = (this.#high[bucket] ?? 0) + high;
    this.#low[bucket] = (this.#low[bucket] ?? 0) + low;
  }

  #of(bucket: number): [number, number, number] {
    return [this.#count[bucket] ?? 0, this.#high[bucket] ?? 0, this.#low[bucket] ?? 0];
  }
}

/** The rows of batches that fall into these buckets, as strings, a character a byte. */
export async function* rowsInBuckets(
  batches: AsyncIterable<Batch>,
  format: Format,
  keyed: number,
  buckets: ReadonlySet<number>,
): AsyncGenerator<string> {
  for await (const batch of batches) {
    const view = viewOf(batch);
    let from = 0;
    for (const to of batch.ends) {
      if (buckets.has(bucketOf(batch.bytes, view, from, to, format, keyed))) {
        yield batch.bytes.toString('latin1', from, to);
      }
      from = to;
    }
  }
}

const viewOf = ({ bytes }: Batch): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

function bucketOf(bytes: Buffer, view: DataView, from: number, to: number, format: Format, keyed: number): number {
  const begin = from + format.header;
  digest(view, begin, keyed === 0 ? to : format.skip(bytes, begin, keyed));
  return (halves[0] ?? 0) % BUCKETS;
}
