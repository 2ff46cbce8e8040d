/** One thing that a compared run did, with the world's root and what changes by the clock put out of it. */
export type Act = HookAct | CommandAct | VariablesAct | NoteAct;

export interface HookAct {
  readonly kind: 'hook';
  /** The hook that called it; empty when Grenade did. */
  readonly by: string;
  /** The script's path, and its arguments. */
  readonly call: readonly string[];
  readonly cwd: string;
  /** Descriptors below 10 that are open. */
  readonly open: string;
  readonly env: ReadonlyMap<string, string>;
}

export interface CommandAct {
  readonly kind: 'command';
  readonly by: string;
  readonly call: readonly string[];
  readonly cwd: string;
}

/** Every variable of a shell, as `declare -p` has it. */
export interface VariablesAct {
  readonly kind: 'variables';
  readonly by: string;
  readonly label: string;
  readonly variables: ReadonlyMap<string, string>;
}

/** What a generated hook writes down. */
export interface NoteAct {
  readonly kind: 'note';
  readonly by: string;
  readonly fields: readonly string[];
}

/**
 * Reads what the recorder wrote.
 *
 * @throws When it is damaged.
 */
export function readRecording(record: Buffer, plain: (text: string) => string): Act[] {
  const fields = record.toString('utf8').split('\0');
  const acts: Act[] = [];
  let at = 0;
  while (at < fields.length - 1) {
    const count = Number(/^#(\d+)$/.exec(fields[at] ?? '')?.[1]);
    if (Number.isNaN(count)) throw new Error(`the recording is damaged at field ${at}: ${fields[at]}`);
    acts.push(readAct(fields.slice(at + 1, at + 1 + count).map(plain)));
    at += 1 + count;
  }
  return acts;
}

function readAct([kind = '', by = '', ...rest]: readonly string[]): Act {
  switch (kind) {
    case 'script': {
      const [script = '', cwd = '', open = '', count = '0', ...more] = rest;
      const args = more.slice(0, Number(count));
      const env = new Map(more.slice(Number(count)).map((text) => split(text)));
      return { kind: 'hook', by, call: [script, ...args], cwd, open, env };
    }
    case 'command': {
      const [name = '', cwd = '', ...args] = rest;
      return { kind: 'command', by, call: [name, ...args], cwd };
    }
    case 'variables':
      return { kind: 'variables', by, label: rest[0] ?? '', variables: readDeclarations(rest[1] ?? '') };
    default:
      return { kind: 'note', by, fields: [kind, ...rest] };
  }
}

/** What `declare -p` prints: a line a variable, whose value may go on over lines. */
function readDeclarations(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let name = '';
  for (const line of text.split('\n')) {
    const begins = /^declare (-\S+) ([A-Za-z_]\w*)(=.*)?$/.exec(line);
    if (begins === null) {
      found.set(name, `${found.get(name)}\n${line}`);
      continue;
    }
    name = begins[2] ?? '';
    found.set(name, `${begins[1]} ${begins[3] ?? ''}`);
  }
  return found;
}

function split(text: string): [string, string] {
  const at = text.indexOf('=');
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

/** Puts out of a text what differs between two runs of the same thing. */
export function plainer(root: string, grenadeDir: string): (text: string) => string {
  return (text) =>
    text
      .replaceAll(grenadeDir, '/ROOT/ws')
      .replaceAll(root, '/ROOT')
      .replace(/\d{4}-\d{2}-\d{2}-\d{6}/g, '<time>')
      .replace(/(\/tmp\/\w+)\.\w{10}\b/g, '$1.<some>')
      .replace(/\/tmp\.\w{10}/g, '/tmp.<some>');
}
