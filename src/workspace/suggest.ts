import { distance } from 'fastest-levenshtein';

/** The one of `known` that somebody who wrote `word` most likely meant, if any comes near. */
function closest(word: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let fewest = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const each of known) {
    if (Math.abs(each.length - word.length) >= fewest) continue;
    const steps = distance(word.toLowerCase(), each.toLowerCase());
    // Of a short word, so much may not change that nothing of it is left.
    if (steps < fewest && steps < each.length) [best, fewest] = [each, steps];
  }
  return best;
}

/** A fix for an unknown word: the one that was meant, and all there are when they are few. */
export function meant(word: string, known: readonly string[], what: string): string {
  const near = closest(word, known);
  const all = known.length === 0 ? `There are no ${what}.` : `${capital(what)}: ${shortened(known)}.`;
  return near === undefined ? all : `Did you mean \`${near}\`? ${all}`;
}

const FEW = 16;
const shortened = (words: readonly string[]): string =>
  words.length <= FEW ? words.join(', ') : `${words.slice(0, FEW).join(', ')} and ${words.length - FEW} more`;
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
