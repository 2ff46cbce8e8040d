/** The lines of a stream whose chunks end anywhere, a chunk's worth at a time, without their newlines. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<readonly Buffer[]> {
  let begun: Buffer[] = [];
  for await (const chunk of chunks) {
    const lines: Buffer[] = [];
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      const rest = chunk.subarray(from, end);
      lines.push(begun.length === 0 ? rest : Buffer.concat([...begun, rest]));
      begun = [];
      from = end + 1;
    }
    // A copy: the chunk's memory may be used again.
    if (from < chunk.length) begun.push(Buffer.from(chunk.subarray(from)));
    if (lines.length > 0) yield lines;
  }
  if (begun.length > 0) yield [Buffer.concat(begun)];
}

const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', v: '\v' };

/** A field as it was before COPY wrote it in its text format. */
export const unescapeCopy = (field: string): string =>
  field.replace(/\\([\s\S])/g, (_, char: string) => ESCAPED[char] ?? char);
