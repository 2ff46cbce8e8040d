import { expect, test } from 'vitest';
import { formatProblem, formatProblems } from '../../src/workspace/problems.js';
import { directory } from './rig.js';

const problem = {
  message: '`wroker` in `versions` is no project',
  fix: 'Did you mean `worker`?',
  file: '/work/space/grenade.yaml',
  line: 2,
  column: 17,
};
const text = 'releases:\n  - { versions: { wroker: "1" } }\n';

test('a problem shows its place, its line and its fix', () => {
  expect(`\n${formatProblem(problem, '/work/space', text)}\n`).toBe(`
grenade.yaml:2:17  \`wroker\` in \`versions\` is no project
  2 |   - { versions: { wroker: "1" } }
    |                 ^
  Did you mean \`worker\`?
`);
});

test('a problem shows what it knows', () => {
  const { message, fix, file } = problem;
  expect(formatProblem({ message, fix }, '/work')).toBe(`${message}\n  ${fix}`);
  expect(formatProblem({ message, fix, file }, '/work')).toBe(`space/grenade.yaml  ${message}\n  ${fix}`);
  expect(formatProblem({ message, fix, file, line: 2 }, '/work', text)).toBe(
    `space/grenade.yaml:2  ${message}\n  ${fix}`,
  );
  expect(formatProblem({ message, fix, file }, '/somewhere/far/away')).toBe(`${file}  ${message}\n  ${fix}`);
});

test('of a long line only what stands around the place is shown', () => {
  const long = `${'x'.repeat(300)}HERE${'y'.repeat(300)}`;
  const shown = formatProblem({ message: 'm', fix: 'f', file: '/f', line: 1, column: 301 }, '/', long).split('\n');
  expect(shown[1]).toBe(`  1 | ${'x'.repeat(50)}HERE${'y'.repeat(46)}`);
  expect(shown[2]).toBe(`    | ${' '.repeat(50)}^`);
});

test('a line that names a secret is not shown', () => {
  const secret = 'env: { DB_PASSWORD: 1234 }';
  const shown = formatProblem({ message: 'm', fix: 'f', file: '/f', line: 1, column: 1 }, '/', secret);
  expect(shown).toBe('f:1:1  m\n  f');
});

test('all problems are shown with the lines of their files, where there are any', () => {
  const dir = directory({ 'grenade.yaml': 'jobs: 0\n' });
  const at = (file: string) => ({ message: 'm', fix: 'f', file: `${dir}/${file}`, line: 1, column: 7 });
  expect(`\n${formatProblems([at('grenade.yaml'), at('gone')], dir)}\n`).toBe(`
grenade.yaml:1:7  m
  1 | jobs: 0
    |       ^
  f

gone:1:7  m
  f
`);
});
