/** How state is saved, as data: a program that writes to `file` below the place it is given. */
export interface Save {
  readonly command: readonly [string, ...string[]];
  /** What it needs besides the run's environment; passwords are here and never among the arguments. */
  readonly env: Readonly<Record<string, string>>;
  /** The file or directory it makes. */
  readonly path: string;
}
