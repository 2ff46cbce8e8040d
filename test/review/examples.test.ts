import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findPlugins, readPlugin } from '../../src/review/read.js';
import { review } from '../../src/review/review.js';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test.each(['examples/quickstart', 'examples/known-bad', 'templates'])('%s is clean', async (name) => {
  const plugins = await Promise.all(findPlugins(path(name)).map((each) => readPlugin(each, path('.'))));
  expect(plugins.length).toBeGreaterThan(0);
  expect(review(plugins)).toEqual([]);
});
