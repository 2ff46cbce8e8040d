import { expect, test } from 'vitest';
import { HOOKS, type Hook } from '../../src/journal/record.js';
import { caveats } from '../../src/workspace/caveats.js';

const releases = (versions: Record<string, string> = {}) => ({
  base: { name: 'spring', versions, env: {} },
  target: { name: 'autumn', versions: {}, env: {} },
});

const project = (hooks: readonly Hook[], idle: readonly Hook[] = []) => ({
  name: 'web',
  dir: '/web',
  backing: false,
  needs: [],
  services: [],
  hooks: new Map(
    hooks.map((hook) => [
      hook,
      {
        source: `/web/${hook}`,
        command: [`/web/${hook}`] as [string],
        reportsReturn: false,
        ...(idle.includes(hook) ? { empty: 'it holds no command' } : {}),
      },
    ]),
  ),
});

test('a project with every hook has none', () => {
  expect(caveats(project(HOOKS), releases())).toEqual([]);
  expect(caveats(project(HOOKS, ['early_create', 'destroy']), releases())).toEqual([]);
});

test('what is missing is said', () => {
  expect(caveats(project([]), releases())).toEqual([
    'has no verify, so nothing shows that what it kept survived',
    'has no version hook: its release is not proven',
    'has nothing to install, start, migrate or upgrade, so it does not change',
  ]);
  expect(caveats(project(['start', 'verify', 'create']), releases({ web: '1' }))).toEqual([
    'has no version hook: its release is not proven, though `versions` names it',
    'has no shutdown, so nothing shows that it was down while it changed',
  ]);
});

test('what does nothing is said', () => {
  expect(caveats(project(HOOKS, ['verify', 'start', 'destroy']), releases())).toEqual([
    'has hooks that do nothing: start, verify',
  ]);
  expect(caveats(project(HOOKS, ['create', 'early_create']), releases())).toEqual([
    'creates nothing that could be lost',
    'has hooks that do nothing: create',
  ]);
});
