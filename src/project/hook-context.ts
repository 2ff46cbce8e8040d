/**
 * What every hook of a module is given. Nothing in it needs `this`, so it can be taken apart:
 * `async start({ services, release }) { … }`.
 *
 * Whatever here returns a promise must be awaited: a hook that returns while a service is still being started fails.
 * Every one of them rejects once `signal` is aborted.
 */
export interface HookContext {
  /** Starts, stops and awaits services that outlive this hook. */
  readonly services: Services;
  /** Values that later hooks, and other projects, can read. */
  readonly resources: ResourceStore;
  readonly ports: Ports;
  /** The release this hook is for. */
  readonly release: Release;
  /** The release this project comes from; only on the way up. */
  readonly previousRelease?: Release;
  /** Whether this hook is for the release before the upgrade or for the one after it. */
  readonly side: 'base' | 'target';
  readonly dirs: Directories;
  /** The hook's environment: what the workspace, its `localrc` and `settings`, and the release set. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** This project's name. */
  readonly project: string;
  /** Aborted when the step is being ended, at its time limit or by Ctrl-C; some seconds later it is killed. */
  readonly signal: AbortSignal;

  /**
   * Runs a program, waits for it, and shows what it prints in the step's log.
   *
   * @param command The program and its arguments; no shell reads them.
   * @throws {CommandError} when it ends with a status that is not 0 or by a signal: the command, how it ended and the
   *   last lines it printed. A program that does not exist is such an error too, with status 127.
   */
  exec(command: Command, options?: ExecOptions): Promise<ExecResult>;

  /** Writes a line to the step's log. */
  log(text: string): void;
  /** Writes a line for people: to the step's log, and to the terminal while the run goes on. */
  summary(text: string): void;
  /** Says something that does not fail the run and must not be lost: to the step's log, and to the result of the run. */
  warn(text: string): void;

  /**
   * Waits until the URL answers with a status below 400.
   *
   * @throws when it does not within the limit; the error says what it answered last.
   */
  waitForHttp(url: string, options?: WaitOptions): Promise<void>;
  /**
   * Waits until something listens on the TCP port of this machine.
   *
   * @throws when nothing does within the limit.
   */
  waitForPort(port: number, options?: WaitOptions): Promise<void>;
  /**
   * Calls `check` again and again until it returns something truthy, and returns that. A check that throws has not
   * succeeded yet; what it threw last is part of the error.
   *
   * @throws when the limit is over; the error says `what` was awaited and for how long.
   */
  until<T>(check: () => T | Promise<T>, options: UntilOptions): Promise<Truthy<T>>;
}

/** What is left of a type once its falsy values are gone. */
export type Truthy<T> = T extends false | 0 | 0n | '' | null | undefined ? never : T;

/** A program and its arguments; at least the program. */
export type Command = readonly string[];

/** What a process gets. */
export interface ProcessOptions {
  /** Absolute, or relative to the hook's scratch directory; by default that directory. */
  readonly cwd?: string;
  /** Added to the hook's own environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Numeric user id to run as; needs the right to change it. */
  readonly uid?: number;
  /** Numeric group id to run as; needs the right to change it. */
  readonly gid?: number;
}

export interface ExecOptions extends ProcessOptions {
  /** Given to the program on its standard input, which is then closed; empty by default. */
  readonly input?: string | Uint8Array;
  /**
   * Whether `stdout` and `stderr` of the result are wanted; true by default, up to 64 MiB each. With `false` the
   * program writes into the step's log itself, as much as it likes, and may leave something running that goes on
   * writing there.
   */
  readonly capture?: boolean;
}

export interface ExecResult {
  /** What it printed, as UTF-8; empty with `capture: false`. */
  readonly stdout: string;
  /** What it printed as errors, as UTF-8; empty with `capture: false`. */
  readonly stderr: string;
}

export interface WaitOptions {
  /** In milliseconds; by default the workspace's `limits.services`. */
  readonly limitMs?: number;
}

export interface UntilOptions extends WaitOptions {
  /** What is awaited, to say in the error: `"the queue to be empty"`. */
  readonly what: string;
  /** Between two checks, in milliseconds; 50 by default. */
  readonly everyMs?: number;
}

/**
 * Processes that Grenade supervises: each leads a process group of its own, outlives hook and harness, and logs into
 * the run's directory.
 */
export interface Services {
  /**
   * Starts a service and, where `ready` is given, waits until it is. A service that ends while it is awaited fails at
   * once.
   *
   * @throws when a service of this name runs already, when it cannot be started, ends, or is not ready in time: with
   *   its exit status and the last lines of its log.
   */
  start(name: string, options: ServiceOptions): Promise<StartedService>;
  /**
   * Ends the service's whole process group and waits until it is gone. A service that does not run is no error.
   *
   * @throws when something of it is still there after KILL.
   */
  stop(name: string, options?: StopOptions): Promise<void>;
  /**
   * Waits until each is running.
   *
   * @throws when one is not within the workspace's `limits.services`.
   */
  ensureStarted(...names: readonly string[]): Promise<void>;
  /**
   * Waits until each is gone.
   *
   * @throws when one is still there after the workspace's `limits.services`.
   */
  ensureStopped(...names: readonly string[]): Promise<void>;
  /** Absolute path of the service's log. */
  log(name: string): string;
}

export interface ServiceOptions extends ProcessOptions {
  /** The program and its arguments; it stays in the foreground. */
  readonly command: Command;
  /** What must be so before `start` returns. Without it, that the process runs is all that is known. */
  readonly ready?: Ready;
  /** How long it may take to be ready, in milliseconds; by default the workspace's `limits.services`. */
  readonly limitMs?: number;
}

/** When a service counts as ready. All that is given must hold. */
export interface Ready {
  /** What it must have logged since it was started. */
  readonly log?: RegExp;
  /** A URL that must answer with a status below 400. */
  readonly http?: string;
  /** A TCP port of this machine that must be listened on. */
  readonly port?: number;
}

export interface StartedService {
  readonly name: string;
  /** Id of its main process, which leads its process group. */
  readonly pid: number;
  /** Absolute path of its log. */
  readonly log: string;
}

export interface StopOptions {
  /** What it is asked to end with; `'SIGTERM'` by default. */
  readonly signal?: 'SIGTERM' | 'SIGINT' | 'SIGQUIT' | 'SIGHUP' | 'SIGKILL' | 'SIGUSR1' | 'SIGUSR2';
  /** How long it has before what is left of it is killed, in milliseconds; 10 000 by default. */
  readonly graceMs?: number;
}

/** Values by project and key, kept as exact bytes through the whole run, shared with scripts. */
export interface ResourceStore {
  /** Keeps a value of this project; text is kept as UTF-8. A value kept before under this key is replaced. */
  save(key: string, value: string | Uint8Array): Promise<void>;
  /**
   * What this project kept.
   *
   * @throws when it kept nothing under this key, or bytes that are not UTF-8.
   */
  get(key: string): Promise<string>;
  /**
   * What another project kept.
   *
   * @throws when it kept nothing under this key, or bytes that are not UTF-8.
   */
  get(project: string, key: string): Promise<string>;
  /** What this project kept, as bytes. */
  getBytes(key: string): Promise<Uint8Array>;
  /** What another project kept, as bytes. */
  getBytes(project: string, key: string): Promise<Uint8Array>;
}

export interface Ports {
  /** A TCP port that nothing listened on when it was first asked for; the same number for this name all through the run. */
  get(name: string): Promise<number>;
}

export interface Release {
  /** As `releases` in grenade.yaml names it. */
  readonly name: string;
  /** Absolute path of this project's code at this release, kept between runs; complete once its install has passed. */
  readonly dir: string;
}

/** All absolute. */
export interface Directories {
  /** The system's data, new for every run and shared by all projects. */
  readonly data: string;
  /** The project's own directory, where its module lies. */
  readonly project: string;
  /** This step's own working directory, gone after it. */
  readonly scratch: string;
  /** The steps' logs. */
  readonly logs: string;
  /** Where state is saved for people to look at. */
  readonly save: string;
  /** The run's directory. */
  readonly run: string;
}
