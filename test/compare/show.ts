import type { Case } from './case.js';
import type { Pair } from './pair.js';

/** A divergence for somebody who is to act on it: the workspace, how it was run, and what differed. */
export function showDivergence(test: Case, pair: Pair): string {
  const trees = test.trees === 'there' ? 'both DevStack trees are there' : 'Grenade brings the base up';
  const flags = test.runs.map((run) => `./grenade.sh ${run.join(' ')}`.trimEnd()).join(', then ');
  return [
    `✘ ${test.name}: ours differs from the original.`,
    '',
    ...pair.divergence.map((text) => `  ${text}`),
    '',
    `  ${flags}   over the ${test.devstack} DevStack; ${trees}${test.failFast ? '; ours with --fail-fast' : ''}`,
    ...Object.entries(test.files).flatMap(([path, file]) => showFile(path, file)),
    ...Object.entries(test.repositories).flatMap(([path, branches]) =>
      Object.entries(branches).flatMap(([branch, files]) =>
        Object.entries(files).flatMap(([name, file]) => showFile(`git/${path}@${branch}/${name}`, file)),
      ),
    ),
    '',
    `  Both worlds are as their runs left them: ${pair.dir}/original and ours, with output-0 and record.`,
    '',
  ].join('\n');
}

function showFile(path: string, file: Case['files'][string]): string[] {
  const { text, mode } = typeof file === 'string' ? { text: file, mode: undefined } : file;
  const said = mode === 0o644 && path.endsWith('.sh') ? '   (without a run bit)' : '';
  return [
    '',
    `  ── ${path}${said}`,
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`),
  ];
}
