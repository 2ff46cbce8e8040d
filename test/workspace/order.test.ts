import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderByNeeds, withNeeds } from '../../src/workspace/order.js';

/** Projects whose needs point at others of the list, in circles or not. */
const anyProjects = fc.uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 12 }).chain((names) =>
  fc.tuple(
    ...names.map((name) =>
      fc.record({
        name: fc.constant(name),
        needs: fc.uniqueArray(fc.constantFrom(...names, 'absent'), { maxLength: 4 }),
      }),
    ),
  ),
);

/** The same without circles: each needs only what comes before it in some hidden order. */
const projects = fc
  .uniqueArray(fc.stringMatching(/^[a-z]{1,3}$/), { maxLength: 12 })
  .chain((names) =>
    fc.tuple(
      ...names.map((name, at) => fc.record({ name: fc.constant(name), needs: fc.subarray(names.slice(0, at)) })),
    ),
  )
  .chain((list) => fc.shuffledSubarray(list, { minLength: list.length }));

describe('the order of projects', () => {
  test('has each after what it needs', () => {
    fc.assert(
      fc.property(projects, (list) => {
        const { ordered, cycles } = orderByNeeds(list);
        const at = new Map(ordered.map(({ name }, index) => [name, index]));
        expect(cycles).toEqual([]);
        for (const { name, needs } of list) {
          for (const need of needs) expect(at.get(need)).toBeLessThan(at.get(name) ?? -1);
        }
      }),
    );
  });

  test('leaves nobody out and adds nobody, in circles or not', () => {
    fc.assert(
      fc.property(anyProjects, (list) => {
        const { ordered } = orderByNeeds(list);
        expect(new Set(ordered)).toEqual(new Set(list));
        expect(ordered).toHaveLength(list.length);
      }),
    );
  });

  test('is that of registration where that respects what is needed', () => {
    fc.assert(
      fc.property(projects, (list) => {
        const { ordered } = orderByNeeds(list);
        expect(orderByNeeds(ordered).ordered).toEqual(ordered);
      }),
    );
    const free = ['c', 'a', 'b'].map((name) => ({ name, needs: [] }));
    expect(orderByNeeds(free).ordered).toEqual(free);
  });

  test('brings what is needed forward, and nothing else', () => {
    const list = [
      { name: 'api', needs: ['db'] },
      { name: 'web', needs: [] },
      { name: 'db', needs: [] },
    ];
    expect(orderByNeeds(list).ordered.map(({ name }) => name)).toEqual(['db', 'api', 'web']);
  });

  test('shows circles', () => {
    const list = [
      { name: 'a', needs: ['b'] },
      { name: 'b', needs: ['c', 'b'] },
      { name: 'c', needs: ['a'] },
    ];
    expect(orderByNeeds(list).cycles).toEqual([
      ['a', 'b', 'c', 'a'],
      ['b', 'b'],
    ]);
  });

  test('finds a circle exactly when there is one', () => {
    fc.assert(
      fc.property(anyProjects, (list) => {
        const { ordered, cycles } = orderByNeeds(list);
        const at = new Map(ordered.map(({ name }, index) => [name, index]));
        const met = list.every(({ name, needs }) =>
          needs.every((need) => !at.has(need) || (at.get(need) ?? 0) < (at.get(name) ?? 0)),
        );
        expect(cycles.length === 0).toBe(met);
      }),
    );
  });

  test('of a chain as long as a big system is found without running out of stack', () => {
    const list = Array.from({ length: 50_000 }, (_, at) => ({ name: `p${at}`, needs: [`p${at + 1}`] }));
    expect(orderByNeeds(list).ordered.at(-1)?.name).toBe('p0');
  });
});

test('what a project needs is taken along, however far', () => {
  const list = [
    { name: 'web', needs: ['api'] },
    { name: 'api', needs: ['db', 'web'] },
    { name: 'db', needs: [] },
    { name: 'other', needs: ['db'] },
  ];
  expect([...withNeeds(list, ['web'])]).toEqual(['web', 'api', 'db']);
});
