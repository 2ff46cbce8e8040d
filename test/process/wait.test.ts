import { expect, test } from 'vitest';
import { waitUntil } from '../../src/process/wait.js';

test('it asks until there is an answer, and false is one', async () => {
  let asked = 0;
  const result = await waitUntil(() => (++asked === 3 ? false : undefined), { limitMs: 5000, intervalMs: 1 });
  expect(result).toEqual({ ok: true, value: false });
  expect(asked).toBe(3);
});

test('it asks once more at the limit, and gives up', async () => {
  let asked = 0;
  const count = () => {
    asked++;
    return undefined;
  };
  expect(await waitUntil(count, { limitMs: 20, intervalMs: 10_000 })).toEqual({ ok: false, error: 'time-limit' });
  // At once, and at the limit; timers may fire a moment early, and then it is asked again.
  expect(asked).toBeGreaterThanOrEqual(2);
  expect(await waitUntil(() => 1, { limitMs: 0, intervalMs: 10 })).toEqual({ ok: true, value: 1 });
});

test('it ends when it is aborted, also in the middle of a pause', async () => {
  const signal = AbortSignal.timeout(20);
  expect(await waitUntil(() => undefined, { limitMs: 60_000, intervalMs: 60_000, signal })).toEqual({
    ok: false,
    error: 'aborted',
  });
});

test('a check that throws is not swallowed', async () => {
  const check = () => Promise.reject(new Error('a bug'));
  await expect(waitUntil(check, { limitMs: 100, intervalMs: 1 })).rejects.toThrow('a bug');
});
