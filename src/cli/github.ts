import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { RunState } from '../journal/state.js';
import type { Tail } from '../report/tail.js';
import { complain } from './say.js';
import type { Written } from './views.js';

/** Whether this is a job of GitHub Actions. */
const inGithub = (env: NodeJS.ProcessEnv): boolean => env.GITHUB_ACTIONS === 'true';

/**
 * What to print before and after text that may hold lines of logs: GitHub would take those that look like its commands
 * for commands. Nothing anywhere else.
 */
export function quotes(env: NodeJS.ProcessEnv): { readonly open: string; readonly close: string } {
  if (!inGithub(env)) return { open: '', close: '' };
  const token = randomUUID();
  return { open: `::stop-commands::${token}\n`, close: `::${token}::\n` };
}

export function quoted(text: string, env: NodeJS.ProcessEnv): string {
  const { open, close } = quotes(env);
  return `${open}${text}${close}`;
}

/** Puts what went wrong beside the lines of a change, and the run on the job's page. */
export async function tellGithub(
  runDir: string,
  state: RunState,
  given: { readonly tail: Tail; readonly mask: (text: string) => string; readonly now: number },
  written: Written,
): Promise<void> {
  const { env } = process;
  if (!inGithub(env)) return;
  try {
    const { annotations, summary } = await import('../report/github.js');
    const root = env.GITHUB_WORKSPACE ?? process.cwd();
    const paths = [written.open, ...written.beside.map((name) => join(runDir, name))];
    const options = { ...given, root, files: paths.map((path) => relative(root, path)) };
    for (const line of annotations(state, options)) process.stdout.write(`${line}\n`);
    const page = env.GITHUB_STEP_SUMMARY ?? '';
    if (page !== '') appendFileSync(page, summary(state, options));
  } catch (error) {
    complain('GitHub could not be told', error);
  }
}
