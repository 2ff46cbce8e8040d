import { join } from 'node:path';
import { Pile } from './pile.js';

/** What is done with each row: it has one of the other side with the same key, or it stands alone. */
export interface Matched {
  both(left: string, right: string): void;
  left(row: string): void;
  right(row: string): void;
}

/** How much of one side is held in memory at a time, in characters. */
const PART = 8 * 1024 * 1024;
/** The least and the most that parts hold back before they write. */
const HELD = 32 * 1024 * 1024;
const MOST = 512;

/**
 * Brings the rows of two sides together by key, each as often as it is there, in memory that does not grow with them:
 * rows are dealt into parts by a hash of their key, and each part is joined by itself (a GRACE hash join; Kitsuregawa
 * et al., 1983). `size` is about how many characters the left side has.
 */
export async function matchRows(
  left: AsyncIterable<string>,
  right: AsyncIterable<string>,
  given: {
    readonly keyOfLeft: (row: string) => string;
    readonly keyOfRight: (row: string) => string;
    readonly size: number;
    /** A directory for what does not fit. */
    readonly scratch: string;
  },
  matched: Matched,
): Promise<void> {
  const { keyOfLeft, keyOfRight, size, scratch } = given;
  const parts = Math.min(MOST, Math.max(1, Math.ceil(size / PART)));
  if (parts === 1) return joinPart(left, right, keyOfLeft, keyOfRight, matched);

  const piles = (side: string): Pile[] =>
    Array.from(
      { length: parts },
      (_, at) => new Pile(join(scratch, `${side}.${at}`), Math.max(4096, HELD / parts / 2)),
    );
  const [lefts, rights] = [piles('left'), piles('right')];
  try {
    for await (const row of left) lefts[hash(keyOfLeft(row)) % parts]?.add(row);
    for await (const row of right) rights[hash(keyOfRight(row)) % parts]?.add(row);
    for (const [at, pile] of lefts.entries()) {
      const other = rights[at];
      if (other === undefined) continue;
      await joinPart(pile, other, keyOfLeft, keyOfRight, matched);
      pile.close();
      other.close();
    }
  } finally {
    for (const pile of [...lefts, ...rights]) pile.close();
  }
}

async function joinPart(
  left: AsyncIterable<string>,
  right: AsyncIterable<string>,
  keyOfLeft: (row: string) => string,
  keyOfRight: (row: string) => string,
  matched: Matched,
): Promise<void> {
  const waiting = new Map<string, string[]>();
  for await (const row of left) {
    const key = keyOfLeft(row);
    const same = waiting.get(key);
    if (same === undefined) waiting.set(key, [row]);
    else same.push(row);
  }
  for await (const row of right) {
    const key = keyOfRight(row);
    const other = waiting.get(key)?.shift();
    if (other === undefined) matched.right(row);
    else matched.both(other, row);
  }
  for (const rows of waiting.values()) for (const row of rows) matched.left(row);
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
}
