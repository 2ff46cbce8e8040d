import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Problem } from '../basics/problem.js';

/**
 * Finds bash scripts that bash itself cannot read, which else would be known only when their turn comes: an
 * `upgrade.sh` after everything is down. One bash reads them all, as if they were one script; only when it stumbles
 * is each read by itself.
 */
export async function checkSyntax(scripts: readonly string[]): Promise<Problem[]> {
  if (scripts.length === 0) return [];
  const texts = scripts.map((script) => readFileSync(script));
  if ((await complaint([], texts)) === undefined) return [];
  const found: Problem[] = [];
  for (const script of scripts) found.push(...(await checkOne(script)));
  return found;
}

async function checkOne(script: string): Promise<Problem[]> {
  const said = await complaint([script], []);
  const match = /: line (\d+): (.*)$/m.exec(said ?? '');
  if (match === null) return [];
  const lines = readFileSync(script, 'utf8').trimEnd().split('\n');
  const line = Math.min(Number(match[1]), lines.length);
  // What stands behind a bare exit is never read: often it is no shell at all.
  const end = lines.findIndex((each) => /^exit\b/.test(each));
  if (end !== -1 && end + 1 < line) return [];
  return [
    {
      message: `${basename(script)} is not what bash understands: ${match[2]}`,
      fix: 'Correct it; `bash -n` tells whether it can be read.',
      file: script,
      line,
    },
  ];
}

/** What bash complains of in a script that it reads and does not run; undefined when it does not, or is not there. */
function complaint(script: readonly string[], input: readonly Buffer[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    // Extended patterns are only understood once they are switched on, which nothing does that is not run.
    const bash = spawn('bash', ['-O', 'extglob', '-n', ...script], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: process.env.PATH, LC_ALL: 'C' },
    });
    let said = '';
    bash.stderr.setEncoding('utf8').on('data', (part: string) => {
      said += part;
    });
    bash.once('error', () => resolve(undefined));
    bash.once('close', (status) => resolve(status === 0 ? undefined : said));
    bash.stdin.on('error', () => {
      // It stops reading where it stumbles.
    });
    for (const text of input) {
      bash.stdin.write(text);
      bash.stdin.write('\n');
    }
    bash.stdin.end();
  });
}
