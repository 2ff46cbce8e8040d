import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Checkout } from '../../src/git/checkout.js';
import { type Fetched, fetchCheckout } from '../../src/git/fetch.js';
import { planFetch } from '../../src/git/plan.js';
import { type GitSettings, gitSettings } from '../../src/git/settings.js';

/** A directory with real repositories in it, and a git of its own settings: nothing of the user's counts. */
export class GitRig {
  readonly dir = mkdtempSync(join(tmpdir(), 'grenade-git-'));
  readonly log = join(this.dir, 'git.log');
  readonly env: NodeJS.ProcessEnv = {
    PATH: process.env.PATH,
    HOME: this.dir,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.org',
  };

  git(...args: readonly string[]): string {
    return execFileSync('git', args, { cwd: this.dir, env: this.env, encoding: 'utf8', stdio: 'pipe' }).trim();
  }

  /** Makes a repository on the branch `master`, if it is not there, and commits files to it; the commit's id. */
  commit(repository: string, files: Readonly<Record<string, string>>): string {
    const at = join(this.dir, repository);
    this.git('init', '--quiet', '--initial-branch=master', at);
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(join(at, name)), { recursive: true });
      writeFileSync(join(at, name), content, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
    }
    this.git('-C', at, 'add', '--all');
    this.git('-C', at, 'commit', '--quiet', '--message', 'change');
    return this.git('-C', at, 'rev-parse', 'HEAD');
  }

  checkout(name: string, more: Partial<Checkout> = {}): Checkout {
    return { name, url: join(this.dir, 'origin', name), dir: join(this.dir, 'plugins', name), ...more };
  }

  /** Plans and does it; throws what is wrong, as people would read it. */
  async fetch(checkout: Checkout, settings: Partial<GitSettings> = {}, signal?: AbortSignal): Promise<Fetched> {
    const all: GitSettings = { ...gitSettings({}), pauseMs: 1, ...settings };
    const planned = planFetch(checkout, all);
    if (!planned.ok) throw new Error(planned.error.message);
    const done = await fetchCheckout(planned.value, { settings: all, log: this.log, env: this.env, signal });
    if (!done.ok) throw new Error(done.error.message);
    return done.value;
  }

  read(...path: readonly string[]): string {
    return readFileSync(join(this.dir, ...path), 'utf8');
  }

  clean(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
