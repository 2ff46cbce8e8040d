import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { chmod, chown } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { describeFault } from '../basics/fault.js';
import type { Problem } from '../basics/problem.js';
import { err, ok, type Result } from '../basics/result.js';
import { withMark } from '../process/identity.js';
import { readSnapshot } from '../snapshots/store.js';
import { OVERLAY, readFork } from './fork.js';

/**
 * A mount namespace that belongs to one run. Its hooks, and all that they start, live in it; nobody else sees what is
 * mounted there, and the kernel takes it all away with the last process in it, however that ended.
 *
 * A process of ours holds it open while no hook runs. It ends when we do: it reads from a pipe that we never write to.
 */
export class Inside {
  readonly #holder: ChildProcess;
  readonly #pid: number;

  private constructor(holder: ChildProcess, pid: number) {
    this.#holder = holder;
    this.#pid = pid;
  }

  /** The namespace that something of this run lives in, or else a new one; undefined where there can be none. */
  static async open(runDir: string): Promise<{ readonly inside: Inside; readonly isNew: boolean } | undefined> {
    if (process.getuid?.() !== 0) return undefined;
    const record = join(runDir, NAMESPACE);
    const known = existsSync(record) ? readFileSync(record, 'utf8') : undefined;
    const living =
      known === undefined
        ? undefined
        : withMark('GRENADE_RUN_DIR', (value) => value !== '' && resolve(value) === resolve(runDir)).find(
            ({ pid }) => namespaceOf(pid) === known,
          );
    const enter =
      living === undefined
        ? ['unshare', '--mount', '--propagation', 'slave', '--']
        : ['nsenter', `--mount=/proc/${living.pid}/ns/mnt`, '--'];
    const [program = '', ...args] = [...enter, 'sh', '-c', 'echo inside; read -r _'];
    const holder = spawn(program, args, { cwd: '/', detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
    const there = await new Promise<boolean>((settle) => {
      holder.stdout?.once('data', () => settle(true));
      holder.once('error', () => settle(false));
      holder.once('exit', () => settle(false));
    });
    if (!there || holder.pid === undefined) return undefined;
    holder.stdout?.destroy();
    writeFileSync(record, namespaceOf(holder.pid) ?? '');
    return { inside: new Inside(holder, holder.pid), isNew: living === undefined };
  }

  /** What to execute so that a command runs inside, in this working directory. It keeps its process id. */
  command(command: readonly [string, ...string[]], cwd: string): [string, ...string[]] {
    // Whoever enters stands at the root of what is inside.
    const there = 'cd -- "$1" && shift && exec "$@"';
    return ['nsenter', `--mount=/proc/${this.#pid}/ns/mnt`, '--', 'sh', '-c', there, 'sh', cwd, ...command];
  }

  /** Where we find, from outside, what has this absolute path inside. */
  path(path: string): string {
    return `/proc/${this.#pid}/root${path}`;
  }

  /** Mounts a run's data over what a snapshot holds of it; or says why that cannot be. */
  async mount(runDir: string, lower: string): Promise<string | undefined> {
    const upper = join(runDir, OVERLAY, 'upper');
    mkdirSync(upper, { recursive: true });
    mkdirSync(join(runDir, OVERLAY, 'work'), { recursive: true });
    // The directory itself looks as the upper one does.
    const { uid, gid, mode } = statSync(lower);
    await chown(upper, uid, gid);
    await chmod(upper, mode & 0o7777);
    // From here paths have no character that the options of a mount would take for their own.
    const below = `lowerdir=../../${lower.slice(resolve(runDir, '../..').length + 1)}`;
    const options = `${below},upperdir=${OVERLAY}/upper,workdir=${OVERLAY}/work,redirect_dir=on,index=on`;
    const [program, ...args] = this.command(['mount', '-t', 'overlay', '-o', options, 'grenade', 'data'], runDir);
    try {
      await promisify(execFile)(program, args);
    } catch (error) {
      const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim().split('\n').at(-1) : '';
      return said || `mount could not be started: ${describeFault(error)}`;
    }
    // Below what is mounted, where only others look.
    writeFileSync(join(runDir, 'data', 'README'), SEEN_FROM_OUTSIDE);
    return undefined;
  }

  /** Lets go of it. It lives on with what still runs inside. */
  close(): void {
    this.#holder.stdin?.destroy();
  }
}

/**
 * What hooks of a run live in, as far as its data is an overlay; undefined when they need no such thing. Where nothing
 * lives inside any more, what the run had there is mounted again; or it is said why that cannot be.
 */
export async function enter(runDir: string, dataRoot: string): Promise<Result<Inside | undefined, Problem>> {
  const fork = readFork(runDir);
  if (fork?.state !== 'begins' || !fork.overlay) return ok(undefined);
  const begun = existsSync(join(runDir, OVERLAY));
  const opened = await Inside.open(runDir);
  if (!begun || (opened !== undefined && !opened.isNew)) return ok(opened?.inside);
  const snapshot = readSnapshot(dataRoot, fork.key);
  const refused =
    opened === undefined
      ? 'no mount namespace can be made'
      : snapshot === undefined
        ? `snapshot ${fork.key} is gone`
        : await opened.inside.mount(runDir, join(snapshot.held, 'data'));
  if (refused === undefined) return ok(opened?.inside);
  opened?.inside.close();
  const id = basename(runDir);
  return err({
    message: `the data of run ${id} cannot be mounted again: ${refused}`,
    fix: `Let go of it with \`grenade clean --run ${id}\`, and begin anew.`,
  });
}

const SEEN_FROM_OUTSIDE = `The data of this run is mounted here for its hooks and services, and for nobody else.
To look at it while a service of the run is up, with that service's process id from supervised/:
  nsenter --mount=/proc/PID/ns/mnt ls -l data
`;

/** Which namespace it is, as the kernel numbers them: services may make others of their own. */
const NAMESPACE = 'namespace';

function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/mnt`);
  } catch {
    return undefined;
  }
}
