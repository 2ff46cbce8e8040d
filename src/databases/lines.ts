import { type Batch, Pieces } from './batch.js';

/** A stream of lines whose chunks end anywhere, as batches; a row ends with its newline. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<Batch> {
  const pieces = new Pieces();
  for await (const chunk of chunks) {
    const bytes = pieces.add(chunk);
    if (bytes === undefined) continue;
    const ends = endsIn(bytes);
    const rest = bytes.subarray(ends.at(-1) ?? 0);
    // A long line is not looked through again with each piece of it.
    pieces.keep(rest, 2 * rest.length);
    if (ends.length > 0) yield { bytes, ends };
  }
  const bytes = pieces.take();
  const ends = endsIn(bytes);
  if (bytes.length !== (ends.at(-1) ?? 0)) throw new Error('Internal error: a line without its newline');
  if (ends.length > 0) yield { bytes, ends };
}

function endsIn(bytes: Buffer): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) ends.push(at + 1);
  return ends;
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

/** A field as it was before COPY wrote it in its text format. */
export const unescapeCopy = (field: string): string =>
  field.replace(/\\([\s\S])/g, (_, char: string) => ESCAPED[char] ?? char);
