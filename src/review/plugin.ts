import { basename } from 'node:path';
import type { Problem } from '../basics/problem.js';
import { type Call, callOf, functionsOf, literal } from './bash.js';
import { type Reached, reach } from './reach.js';
import type { Source } from './source.js';

/** A file in `from-RELEASE/` or `within-RELEASE/`. */
export interface Exception {
  readonly source: Source;
  readonly direction: 'from' | 'within';
  readonly release: string;
}

/** Phases that `resources.sh` is called for. */
export const PHASES = ['early_create', 'create', 'verify', 'verify_noapi', 'destroy'] as const;
export type Phase = (typeof PHASES)[number];

export interface PluginParts {
  readonly dir: string;
  readonly settings: Source | undefined;
  /** Hooks that are bash scripts, by their name without ending. */
  readonly hooks: ReadonlyMap<string, Source>;
  /** Files beside them that hooks may source. */
  readonly helpers: readonly Source[];
  readonly exceptions: readonly Exception[];
  /** Files elsewhere in the project's tree that its scripts source, and those that these do. */
  readonly libraries: readonly Source[];
  /** What would keep its hooks from being called. */
  readonly problems: readonly Problem[];
}

/** A plugin's directory, parsed. */
export class Plugin implements PluginParts {
  readonly dir: string;
  readonly settings: Source | undefined;
  readonly hooks: ReadonlyMap<string, Source>;
  readonly helpers: readonly Source[];
  readonly exceptions: readonly Exception[];
  readonly libraries: readonly Source[];
  readonly problems: readonly Problem[];
  /** Names that its settings register, or the directory's own. */
  readonly projects: readonly string[];
  #functions: ReadonlySet<string> | undefined;
  #calls: readonly Call[] | undefined;
  readonly #reached = new Map<string, readonly Reached[]>();

  constructor(parts: PluginParts) {
    this.dir = parts.dir;
    this.settings = parts.settings;
    this.hooks = parts.hooks;
    this.helpers = parts.helpers;
    this.exceptions = parts.exceptions;
    this.libraries = parts.libraries;
    this.problems = parts.problems;
    const registered = this.registrations.flatMap(({ args }) => literal(args[0]) ?? []);
    this.projects = registered.length > 0 ? registered : [basename(parts.dir).replace(/^\d+_/, '')];
  }

  /** Every bash file of its directory. */
  get sources(): readonly Source[] {
    const exceptions = this.exceptions.map(({ source }) => source);
    return [
      ...(this.settings === undefined ? [] : [this.settings]),
      ...this.hooks.values(),
      ...this.helpers,
      ...exceptions,
    ];
  }

  /** Calls in settings by which projects are registered. */
  get registrations(): readonly Call[] {
    return this.inSettings(/^register_(project_for_upgrade|backing)$/);
  }

  /** Calls in settings of the functions that match. */
  inSettings(name: RegExp): readonly (Call & { readonly source: Source; readonly pos: number })[] {
    const { settings } = this;
    if (settings === undefined) return [];
    return settings.commands
      .map((command) => ({ ...callOf(command), source: settings, pos: command.pos }))
      .filter((call) => call.name !== undefined && name.test(call.name));
  }

  /** Calls of a function anywhere in its files and libraries, whether something comes to them or not. */
  mentions(name: string): readonly Call[] {
    this.#calls ??= [...this.sources, ...this.libraries].flatMap(({ commands }) => commands.map(callOf));
    return this.#calls.filter((call) => call.name === name);
  }

  /** What a hook comes to when it is called; `resources` is called for a phase. */
  reached(hook: string, phase?: Phase): readonly Reached[] {
    const key = `${hook} ${phase ?? ''}`;
    const known = this.#reached.get(key);
    if (known !== undefined) return known;
    const source = this.hooks.get(hook);
    const found = source === undefined ? [] : reach(source, this.helpers, phase);
    this.#reached.set(key, found);
    return found;
  }

  /** Whether it is a function of its own: then what is in it counts, not that it is called. */
  defines(name: string): boolean {
    this.#functions ??= new Set(this.sources.flatMap(({ script }) => [...functionsOf(script).keys()]));
    return this.#functions.has(name);
  }

  phase(phase: Phase): readonly Reached[] {
    return this.reached('resources', phase);
  }

  /** What its hooks come to, whichever they are, each command once. */
  get everything(): readonly Reached[] {
    const all = [...this.hooks.keys()].flatMap((hook) =>
      hook === 'resources' ? PHASES.flatMap((phase) => this.phase(phase)) : this.reached(hook),
    );
    return once(all);
  }
}

/** Each command once, although several ways lead to it. */
export function once(reached: readonly Reached[]): Reached[] {
  const seen = new Set<unknown>();
  return reached.filter(({ command }) => !seen.has(command) && seen.add(command));
}
