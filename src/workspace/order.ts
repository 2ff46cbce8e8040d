/** What an order can be made of. */
export interface Needy {
  readonly name: string;
  readonly needs: readonly string[];
}

export interface Ordered<T> {
  /** Everything given, each after what it needs, and otherwise as it was given. */
  readonly ordered: readonly T[];
  /** Names that wait for each other, first and last the same: `['a', 'b', 'a']`. One for each circle met. */
  readonly cycles: readonly (readonly string[])[];
}

/**
 * Registration order refined by `needs`: walks the list, and puts what something needs right before it unless it is
 * placed already. A list that respects its needs comes back as it was. Needs that are not in the list are ignored.
 */
export function orderByNeeds<T extends Needy>(list: readonly T[]): Ordered<T> {
  const byName = new Map(list.map((each) => [each.name, each]));
  const ordered: T[] = [];
  const cycles: string[][] = [];
  const placed = new Set<T>();
  const open = new Set<T>();

  // An explicit stack: a chain of needs can be as long as the list.
  for (const first of list) {
    const stack: { readonly item: T; next: number }[] = [];
    const enter = (item: T): void => {
      open.add(item);
      stack.push({ item, next: 0 });
    };
    if (!placed.has(first)) enter(first);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const need = top.item.needs[top.next++];
      if (need === undefined) {
        stack.pop();
        open.delete(top.item);
        placed.add(top.item);
        ordered.push(top.item);
        continue;
      }
      const needed = byName.get(need);
      if (needed === undefined || placed.has(needed)) continue;
      if (open.has(needed)) {
        const from = stack.findIndex(({ item }) => item === needed);
        cycles.push([...stack.slice(from).map(({ item }) => item.name), needed.name]);
      } else enter(needed);
    }
  }
  return { ordered, cycles };
}

/** The names of `wanted` and of all that they need, however far. */
export function withNeeds(list: readonly Needy[], wanted: Iterable<string>): ReadonlySet<string> {
  const byName = new Map(list.map((each) => [each.name, each]));
  const taken = new Set(wanted);
  // A set that grows while it is walked is walked to its end.
  for (const name of taken) for (const need of byName.get(name)?.needs ?? []) taken.add(need);
  return taken;
}
