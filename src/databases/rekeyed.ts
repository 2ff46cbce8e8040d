import { digest, halves } from './hash.js';

/** Contents that are weighed, at the most; those that say little are few. */
const MOST = 500_000;

interface Counts {
  gone: number;
  come: number;
  /** Of all rows before, those that are gone among them. */
  before: number;
}

/**
 * Finds contents that do not tell which row is meant when one key is gone and another has come: `(7, false)` and
 * `(9, false)` need have nothing to do with each other. A content tells it where as many rows that have come have it as
 * rows that are gone, and no row that stayed. `before` reads all rows before, and is called only where it decides.
 */
export async function findAmbiguous(
  gone: AsyncIterable<string>,
  come: AsyncIterable<string>,
  before: () => AsyncIterable<string>,
  contentBefore: (row: string) => string,
  contentAfter: (row: string) => string,
): Promise<(content: string) => boolean> {
  const known = new Map<number, Counts>();
  for await (const row of gone) {
    const number = numberOf(contentBefore(row));
    const counts = known.get(number) ?? { gone: 0, come: 0, before: 0 };
    counts.gone++;
    if (counts.gone > 1 || known.size < MOST) known.set(number, counts);
  }
  for await (const row of come) {
    const counts = known.get(numberOf(contentAfter(row)));
    if (counts !== undefined) counts.come++;
  }
  for (const [number, counts] of known) if (counts.come === 0) known.delete(number);
  if ([...known.values()].some((counts) => counts.gone === counts.come)) {
    for await (const row of before()) {
      const counts = known.get(numberOf(contentBefore(row)));
      if (counts !== undefined) counts.before++;
    }
  }
  return (content) => {
    const counts = known.get(numberOf(content));
    return counts !== undefined && (counts.gone !== counts.come || counts.before !== counts.gone);
  };
}

/** 53 bits of a content's hash. It has a character a byte. */
function numberOf(content: string): number {
  const bytes = Buffer.from(content, 'latin1');
  digest(new DataView(bytes.buffer, bytes.byteOffset, bytes.length), 0, bytes.length);
  return (halves[0] ?? 0) * 2 ** 21 + ((halves[1] ?? 0) >>> 11);
}
