import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Problem } from '../basics/problem.js';

/**
 * Finds bash scripts that bash itself cannot read, which else would be known only when their turn comes: an
 * `upgrade.sh` after everything is down. One bash reads them all, as if they were one script; when it stumbles, each
 * half is read by itself, down to the scripts at fault.
 */
export async function checkSyntax(scripts: readonly string[]): Promise<Problem[]> {
  const [first, ...more] = scripts;
  if (first === undefined) return [];
  const texts = scripts.flatMap(textOf);
  if (await isReadable(texts)) return [];
  if (more.length === 0) return checkOne(first);
  const middle = Math.ceil(scripts.length / 2);
  return [...(await checkSyntax(scripts.slice(0, middle))), ...(await checkSyntax(scripts.slice(middle)))];
}

/** A script's text; none where it may not be read, which is said elsewhere. */
function textOf(script: string): Buffer[] {
  try {
    return [readFileSync(script)];
  } catch {
    return [];
  }
}

async function checkOne(script: string): Promise<Problem[]> {
  const match = /: line (\d+): (.*)$/m.exec(await complaint(script));
  if (match === null) return [];
  const lines = readFileSync(script, 'utf8').trimEnd().split('\n');
  const line = Math.min(Number(match[1]), lines.length);
  // What stands behind a bare exit is never read: often it is no shell at all.
  const end = lines.findIndex((each) => /^exit\b/.test(each));
  if (end !== -1 && end + 1 < line) return [];
  return [
    {
      rule: 'syntax',
      message: `${basename(script)} is not what bash understands: ${match[2]}`,
      fix: 'Correct it; `bash -n` tells whether it can be read.',
      file: script,
      line,
    },
  ];
}

// Extended patterns are only understood once they are switched on, which nothing does that is not run.
const READ_ONLY = ['-O', 'extglob', '-n'];
const env = { PATH: process.env.PATH, LC_ALL: 'C' };

/** Whether bash can read these texts as one script; also when there is no bash. It waits for no output: this is quick. */
function isReadable(texts: readonly Buffer[]): Promise<boolean> {
  return new Promise((resolve) => {
    const bash = spawn('bash', READ_ONLY, { stdio: ['pipe', 'ignore', 'ignore'], env });
    bash.once('error', () => resolve(true));
    bash.once('exit', (status) => resolve(status === 0));
    bash.stdin.on('error', () => {
      // It stops reading where it stumbles.
    });
    bash.stdin.end(Buffer.concat(texts.flatMap((text) => [text, NEWLINE])));
  });
}

const NEWLINE = Buffer.from('\n');

/** What bash says of a script that it cannot read. */
function complaint(script: string): Promise<string> {
  return new Promise((resolve) => {
    const bash = spawn('bash', [...READ_ONLY, script], { stdio: ['ignore', 'ignore', 'pipe'], env });
    let said = '';
    bash.stderr.setEncoding('utf8').on('data', (part: string) => {
      said += part;
    });
    bash.once('error', () => resolve(''));
    bash.once('close', (status) => resolve(status === 0 ? '' : said));
  });
}
