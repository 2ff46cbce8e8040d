/** A program that `exec` ran did not succeed. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  /** The command as a shell would take it. */
  readonly command: string;
  /** As a shell has it: 128 + n for signal n, 127 for a program that does not exist. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;

  constructor(message: string, end: { command: string; status: number; stdout: string; stderr: string }) {
    super(message);
    this.command = end.command;
    this.status = end.status;
    this.stdout = end.stdout;
    this.stderr = end.stderr;
  }
}
