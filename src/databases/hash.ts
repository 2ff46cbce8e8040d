/** The 64 bits of the last `digest`, in two halves: a pair for each row would be garbage a million times. */
export const halves = new Uint32Array(2);

/**
 * The first 64 bits of MurmurHash3_x86_128 (Appleby, 2011; seed 0) of the bytes from `from` to `to`, left in `halves`.
 * It tells apart what differs by accident; whoever wants to can make two texts that it does not tell apart.
 */
export function digest(bytes: DataView, from: number, to: number): void {
  let h1 = 0;
  let h2 = 0;
  let h3 = 0;
  let h4 = 0;
  let at = from;
  for (; at + 16 <= to; at += 16) {
    h1 ^= mix(bytes.getInt32(at, true), 15, C1, C2);
    h1 = (Math.imul(rotate(h1, 19) + h2, 5) + 0x561ccd1b) | 0;
    h2 ^= mix(bytes.getInt32(at + 4, true), 16, C2, C3);
    h2 = (Math.imul(rotate(h2, 17) + h3, 5) + 0x0bcaa747) | 0;
    h3 ^= mix(bytes.getInt32(at + 8, true), 17, C3, C4);
    h3 = (Math.imul(rotate(h3, 15) + h4, 5) + 0x96cd1c35) | 0;
    h4 ^= mix(bytes.getInt32(at + 12, true), 18, C4, C1);
    h4 = (Math.imul(rotate(h4, 13) + h1, 5) + 0x32ac3b17) | 0;
  }
  const left = to - at;
  if (left > 12) h4 ^= mix(tail(bytes, at + 12, to), 18, C4, C1);
  if (left > 8) h3 ^= mix(tail(bytes, at + 8, to), 17, C3, C4);
  if (left > 4) h2 ^= mix(tail(bytes, at + 4, to), 16, C2, C3);
  if (left > 0) h1 ^= mix(tail(bytes, at, to), 15, C1, C2);

  const length = to - from;
  h1 ^= length;
  h2 ^= length;
  h3 ^= length;
  h4 ^= length;
  h1 = (h1 + h2 + h3 + h4) | 0;
  h2 = finish((h2 + h1) | 0);
  h3 = finish((h3 + h1) | 0);
  h4 = finish((h4 + h1) | 0);
  h1 = (finish(h1) + h2 + h3 + h4) | 0;
  halves[0] = h1;
  halves[1] = h2 + h1;
}

const C1 = 0x239b961b;
const C2 = 0xab0e9789;
const C3 = 0x38b34ae5;
const C4 = 0xa1e38b93;

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
const mix = (word: number, by: number, one: number, two: number): number =>
  Math.imul(rotate(Math.imul(word, one), by), two);

/** What is left of a word, its lowest byte first. */
function tail(bytes: DataView, at: number, to: number): number {
  if (at + 4 <= to) return bytes.getInt32(at, true);
  let word = 0;
  for (let last = to - 1; last >= at; last--) word = (word << 8) | bytes.getUint8(last);
  return word;
}

function finish(word: number): number {
  let value = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}
