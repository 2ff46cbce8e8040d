import { describe, expect, test } from 'vitest';
import { fill, type GivenProbe, portsIn, readProbe, readUnknownProbe } from '../../src/probes/definition.js';

const faults = (given: GivenProbe): string[] => {
  const read = readProbe(given);
  return read.ok ? [] : read.error.map(({ message }) => message);
};

describe('a probe as it is written', () => {
  test('has an interval by what it asks', () => {
    expect(readProbe({ name: 'web', http: 'http://h/', budget: '0s' })).toMatchObject({
      ok: true,
      value: { target: { kind: 'http' }, intervalMs: 100, budgetMs: 0 },
    });
    expect(readProbe({ name: 'alive', exec: ['true'] })).toMatchObject({ ok: true, value: { intervalMs: 1000 } });
  });

  test.each<[GivenProbe, string]>([
    [{ name: 'a b', tcp: 'h:1' }, '"a b" cannot be the name of a probe'],
    [{ name: 'a' }, 'probe a asks nothing'],
    [{ name: 'a', http: 'http://h/', tcp: 'h:1' }, 'probe a asks by http and tcp at once'],
    [{ name: 'a', http: 'localhost:80' }, 'probe a asks "localhost:80", which is no URL'],
    [{ name: 'a', http: 'http://u:%@h/' }, 'probe a asks "http://u:%@h/", which is no URL'],
    [{ name: 'a', http: 'http://h:{prot:web}/' }, 'probe a has a placeholder that nobody fills: http://h:{prot:web}/'],
    [{ name: 'a', tcp: 'h' }, 'probe a asks "h", which is no address'],
    [{ name: 'a', tcp: 'h:70000' }, 'probe a asks "h:70000", which is no address'],
    [{ name: 'a', exec: [] }, 'probe a names no program'],
    [{ name: 'a', tcp: 'h:1', interval: '1ms' }, 'the interval of probe a is shorter than 10 ms'],
    [{ name: 'a', tcp: 'h:1', budget: '2' }, 'the budget of probe a is "2", which is no duration'],
    [{ name: 'a', tcp: 'h:1', during: [] }, 'probe a counts in no phase'],
  ])('%j is refused', (given, message) => {
    expect(faults(given)).toEqual([message]);
  });

  test('is told all that is wrong with it at once', () => {
    expect(faults({ name: '-', tcp: 'h', interval: 'x', budget: 'y' })).toHaveLength(4);
  });

  test('names ports that are only known in a run', () => {
    const text = 'http://127.0.0.1:{port:web}/{port:api.v1}';
    expect(portsIn(text)).toEqual(['web', 'api.v1']);
    expect(fill(text, (name) => name.length)).toBe('http://127.0.0.1:3/6');
    expect(faults({ name: 'a', tcp: '127.0.0.1:{port:web}' })).toEqual([]);
  });

  test.each<[unknown, string]>([
    ['web', 'a probe is not an object'],
    [{ http: 'http://h/' }, 'a probe has no name'],
    [{ name: 'a', htpp: 'http://h/' }, 'htpp is not something a probe has'],
    [{ name: 'a', budget: 2 }, 'budget of a probe is not text'],
    [{ name: 'a', exec: 'true' }, 'exec of a probe is not a list of words'],
  ])('in a module %j is no probe', (given, message) => {
    expect(readUnknownProbe(given)).toMatchObject({ ok: false, error: { message } });
  });
});
