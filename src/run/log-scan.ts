import { open } from 'node:fs/promises';
import { BlockReader, MAY_BEGIN } from '../checks/logs/block.js';
import { Groups } from '../checks/logs/groups.js';
import type { Stretch } from '../checks/logs/windows.js';

const CHUNK = 1024 * 1024;
/** More of a line is not looked at. */
const WIDEST = 64 * 1024;

/**
 * Reads a log once from its beginning to `size` and gathers what stands in each stretch. It holds a chunk, a block and
 * the groups in memory, however long the log.
 */
export async function scanLog(
  path: string,
  size: number,
  stretches: readonly Stretch[],
  signal: AbortSignal,
): Promise<Groups> {
  const groups = new Groups();
  let at = 0;
  const here = (): Stretch => stretches[at] ?? { window: 'neither', from: 0, step: undefined };
  const reader = new BlockReader((block) => groups.add(block, here()));
  let line = 0;
  /** `bare` is the line with a character a byte: what could begin a block is seen there, and most lines are read no further. */
  const take = (bare: string, offset: number): void => {
    line += 1;
    while ((stretches[at + 1]?.from ?? Number.POSITIVE_INFINITY) <= offset) {
      // No block reaches from one stretch into the next.
      reader.end();
      at += 1;
    }
    if (here().window === 'neither' || !(reader.inside || MAY_BEGIN.test(bare))) return;
    reader.push(Buffer.from(bare.slice(0, WIDEST), 'latin1').toString('utf8'), line, offset);
  };

  const file = await open(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    /** The beginning of a line whose end is in a later chunk, as much of it as is looked at, and where it begins. */
    let rest = '';
    let restFrom = 0;
    for (let offset = 0; offset < size && !signal.aborted; ) {
      const { bytesRead } = await file.read(chunk, 0, Math.min(CHUNK, size - offset), offset);
      if (bytesRead === 0) break;
      const read = chunk.toString('latin1', 0, bytesRead);
      let from = 0;
      for (let end = read.indexOf('\n'); end !== -1; end = read.indexOf('\n', from)) {
        const own = read.slice(from, end);
        if (from === 0) take(rest + own, restFrom);
        else take(own, offset + from);
        from = end + 1;
      }
      if (from > 0) {
        rest = '';
        restFrom = offset + from;
      }
      if (rest.length < WIDEST) rest += read.slice(from);
      offset += bytesRead;
    }
    if (rest !== '') take(rest, restFrom);
  } finally {
    await file.close();
  }
  reader.end();
  return groups;
}
