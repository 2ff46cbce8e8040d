import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Rig } from '../services/rig.js';

/** What DevStack's files look like to those who source them: a few functions, guards, and options switched off and on. */
const FUNCTIONS = `
[[ -z "$_DEVSTACK_FUNCTIONS" ]] || return 0
declare -r -g _DEVSTACK_FUNCTIONS=1
HERE=$(cd $(dirname "\${BASH_SOURCE:-$0}") && pwd)
KILL_PATH="$(which kill)"
BEGAN=$(date +%s)
ROOTED=$(dirname /one)
_XTRACE_HERE=$(set +o | grep xtrace)
set +o xtrace
declare -A -g GITREPO
declare -A -g GITBRANCH
declare -A -g GITDIR
function die { echo "not ours"; exit 99; }
function warn { echo "not ours"; }
function echo_summary { echo "not ours"; }
function is_service_enabled { [[ ,$ENABLED_SERVICES, == *,$1,* ]]; }
function helper { false; true; }
$_XTRACE_HERE
`;

/** A rig with DevStack trees, and programs that hooks would find on a machine of DevStack's. */
export class DevStackRig extends Rig {
  readonly base = join(this.dir, 'old/devstack');
  readonly target = join(this.dir, 'new/devstack');
  readonly save = join(this.dir, 'save');
  readonly logs = join(this.dir, 'logs');

  constructor() {
    super();
    for (const tree of [this.base, this.target]) {
      this.tree(join(tree, 'functions'), FUNCTIONS);
      this.tree(join(tree, 'lib/stack'), 'function stack_install_service { echo "installs $1"; }\n');
    }
    mkdirSync(this.logs);
    mkdirSync(this.save);
  }

  /** Writes a file wherever it is. */
  tree(path: string, content: string, mode = 0o644): string {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
    chmodSync(path, mode);
    return path;
  }

  /** Puts a program into the PATH of hooks; all its calls are in `calls`. */
  program(name: string, body: string): void {
    this.tree(
      join(this.dir, 'bin', name),
      `#!/bin/bash\nprintf '%s\\n' "${name} $*" >>"${join(this.dir, 'calls')}"\n${body}\n`,
      0o755,
    );
  }

  calls(): readonly string[] {
    try {
      return readFileSync(join(this.dir, 'calls'), 'utf8').trimEnd().split('\n');
    } catch {
      return [];
    }
  }

  override environment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
    return {
      ...super.environment(),
      PATH: `${join(this.dir, 'bin')}:${process.env.PATH}`,
      STACK_ROOT: this.dir,
      BASE_DEVSTACK_DIR: this.base,
      TARGET_DEVSTACK_DIR: this.target,
      SAVE_DIR: this.save,
      LOGDIR: this.logs,
      GRENADE_WORKSPACE: this.dir,
      SERVICE_TIMEOUT: '1',
      ...extra,
    };
  }
}
