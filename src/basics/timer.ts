/** The longest that one timer can wait: asked for more, Node would let it go off at once. */
const LONGEST = 2 ** 31 - 1;

/** Calls `work` after so many milliseconds, however many; returns what calls it off. */
export function later(ms: number, work: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = (left: number): void => {
    timer = left > LONGEST ? setTimeout(() => wait(left - LONGEST), LONGEST) : setTimeout(work, left);
  };
  wait(ms);
  return () => clearTimeout(timer);
}
