import { readdirSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Problem } from '../basics/problem.js';
import type { Hook } from '../journal/record.js';
import { isData, isPhase, nearMiss, SCRIPTS, SETTINGS, scriptStem } from './hook-files.js';
import { leavesOut } from './phases.js';
import type { HookCommand } from './project.js';
import { type Interpreter, isIdle, isIdlePhase, lookAt, type Script } from './script-file.js';

/** What a directory of scripts holds. */
export interface ScriptDirectory {
  readonly hooks: ReadonlyMap<Hook, HookCommand>;
  /** Absolute path of its `settings`, if it has one. */
  readonly settings?: string;
  /** Its `snapshot` script, if it has one. */
  readonly snapshot?: HookCommand;
  /** Programs that must be there for its hooks to start; what PATH they are looked up in is known only later. */
  readonly interpreters: readonly { readonly script: string; readonly interpreter: Interpreter }[];
  /** Its bash scripts, for a check of their syntax. */
  readonly bash: readonly string[];
  readonly problems: readonly Problem[];
}

/** Reads the hooks of a directory of scripts. Paths in fixes are shown from `cwd`, so that they can be pasted. */
export function readScripts(dir: string, cwd: string): ScriptDirectory {
  const hooks = new Map<Hook, HookCommand>();
  const interpreters: { script: string; interpreter: Interpreter }[] = [];
  const bash: string[] = [];
  const problems: Problem[] = [];
  const { scripts, settings, others, broken, directories } = sort(dir);

  for (const { file, target } of broken) {
    problems.push({
      rule: 'broken-link',
      message: `${file} is a link to ${target}, which does not exist`,
      fix: 'Make the link point at a file that is there, or remove it.',
      file: join(dir, file),
    });
  }
  for (const file of directories) {
    problems.push({
      rule: 'cannot-execute',
      message: `${file} is a directory, so it cannot be executed`,
      fix: 'Put the script in its place, or give the directory a name that no hook has.',
      file: join(dir, file),
    });
  }
  const present = new Set([...scripts.keys(), ...(settings ? [SETTINGS] : []), ...broken.map(({ stem }) => stem)]);
  for (const file of others) {
    const meant = nearMiss(file, present);
    if (meant !== undefined) problems.push(missed(dir, file, meant));
  }

  for (const [stem, files] of scripts) {
    const [file, ...more] = files;
    if (file === undefined) continue;
    if (more.length > 0) {
      problems.push({
        rule: 'two-for-one-hook',
        message: `${list(files)} are ${files.length === 2 ? 'both' : 'all'} the ${stem} hook, and only one can be`,
        fix: 'Keep one of them, and give the others a name that is no hook.',
        file: join(dir, file),
      });
    }
    for (const each of files) {
      const path = join(dir, each);
      const shown = relative(cwd, path);
      const script = lookAt(path, shown);
      const problem = cannotStart(path, each, shown, script);
      if (problem !== undefined) problems.push(problem);
      if (script.kind === 'script') {
        interpreters.push({ script: path, interpreter: script.interpreter });
        if (/(^|\/)bash$/.test(script.interpreter.name)) bash.push(path);
      }
      // Of two for one hook, which is refused, the first stands for it.
      for (const hook of SCRIPTS.get(stem) ?? []) {
        if (!hooks.has(hook)) hooks.set(hook, command(path, each, stem, hook, script));
      }
    }
  }

  const [migrate] = scripts.get('migrate') ?? [];
  const [upgrade] = scripts.get('upgrade') ?? [];
  if (migrate !== undefined && upgrade !== undefined) {
    problems.push({
      rule: 'never-called',
      message: `${migrate} is never called, because ${upgrade} replaces install, migrate and start on the way up`,
      fix: `Move what ${migrate} does into ${upgrade}, or take ${upgrade} apart into install, migrate and start.`,
      file: join(dir, migrate),
    });
  }
  const [snapshot] = scripts.get('snapshot') ?? [];
  return {
    hooks,
    interpreters,
    bash,
    problems,
    ...(settings ? { settings: join(dir, SETTINGS) } : {}),
    ...(snapshot === undefined ? {} : { snapshot: snapshotCommand(join(dir, snapshot)) }),
  };
}

/** A directory's files by what they can be. */
interface Sorted {
  /** By name without ending. */
  readonly scripts: ReadonlyMap<string, readonly string[]>;
  readonly settings: boolean;
  readonly others: readonly string[];
  readonly broken: readonly { readonly file: string; readonly stem: string; readonly target: string }[];
  /** Those that are named as scripts are. */
  readonly directories: readonly string[];
}

function sort(dir: string): Sorted {
  const scripts = new Map<string, string[]>();
  const others: string[] = [];
  const broken: { file: string; stem: string; target: string }[] = [];
  const directories: string[] = [];
  let settings = false;
  for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = entry.name;
    const stem = scriptStem(file);
    if (stem === undefined) continue;
    const known = SCRIPTS.has(stem) || file === SETTINGS;
    const what = entry.isSymbolicLink() ? followed(join(dir, file)) : entry;
    if (what === undefined && known) broken.push({ file, stem, target: readlinkSync(join(dir, file)) });
    // Without that ending it is a directory of what the hook needs.
    if (what?.isDirectory() && known && file.endsWith('.sh')) directories.push(file);
    if (what?.isFile() !== true) continue;

    if (file === SETTINGS) settings = true;
    else if (SCRIPTS.has(stem) && (!isData(file) || isExecutable(join(dir, file)))) {
      const same = scripts.get(stem);
      if (same === undefined) scripts.set(stem, [file]);
      else same.push(file);
    } else others.push(file);
  }
  return { scripts, settings, others, broken, directories };
}

/** What a link leads to. */
function followed(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined; // To itself, say.
  }
}

const snapshotCommand = (path: string): HookCommand => ({ source: path, command: [path], reportsReturn: false });

function command(path: string, file: string, stem: string, hook: Hook, script: Script): HookCommand {
  const phased = stem === 'resources';
  const idle = (): string | undefined => {
    if (script.kind !== 'script' || !script.whole) return undefined;
    if (isIdle(script.text)) return `${file} holds no command`;
    if (!phased) return undefined;
    if (isIdlePhase(script.text, hook)) return `${hook} in ${file} holds no command`;
    const readable = /(^|\/)(ba|da)?sh$/.test(script.interpreter.name);
    return readable && leavesOut(script.text, hook) ? `${file} has nothing for ${hook}` : undefined;
  };
  const empty = idle();
  return {
    source: path,
    command: phased ? [path, hook] : [path],
    reportsReturn: false,
    ...(empty === undefined ? {} : { empty }),
  };
}

function cannotStart(path: string, file: string, shown: string, script: Script): Problem | undefined {
  if (!isExecutable(path)) {
    return {
      rule: 'no-run-bit',
      message: `${file} has no run bit, so it cannot be executed`,
      fix: `Run \`chmod +x ${shown}\`.`,
      file: path,
    };
  }
  if (script.kind === 'unreadable') {
    return {
      rule: 'cannot-execute',
      message: `${file} cannot be read: ${script.reason}`,
      fix: `Run \`chmod +r ${shown}\`.`,
      file: path,
    };
  }
  if (script.kind === 'broken') {
    return {
      rule: 'cannot-execute',
      message: `${file} cannot be executed: ${lowered(script.message)}`,
      fix: script.fix,
      file: path,
      line: 1,
      column: 1,
    };
  }
  return undefined;
}

function missed(dir: string, file: string, meant: string): Problem {
  const [stem = '', ...endings] = file.split('.');
  const ending = endings.map((each) => `.${each}`).join('');
  const helper = 'if it is a helper, give it a name that resembles no hook';
  if (isPhase(stem)) {
    return {
      rule: 'never-called',
      message: `${file} is never called: ${stem} is a phase, and phases are called as \`resources${ending} ${stem}\``,
      fix: `Make it the ${stem} of a script named resources${ending}; ${helper}.`,
      file: join(dir, file),
    };
  }
  const right = meant === SETTINGS ? SETTINGS : `${meant}${ending}`;
  return {
    rule: 'never-called',
    message: `${file} is never called: no hook has this name, and it comes near ${right}`,
    fix: `Rename it to ${right}; ${helper}.`,
    file: join(dir, file),
  };
}

const isExecutable = (path: string): boolean => ((statSync(path, { throwIfNoEntry: false })?.mode ?? 0) & 0o111) !== 0;
const lowered = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1);
const list = (words: readonly string[]): string => `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
