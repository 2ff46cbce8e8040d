/** What the commands' options come to, as Commander hands them over. */
export interface PlanFlags {
  readonly json?: true;
  readonly failFast?: true;
  readonly from?: string;
  readonly to?: string;
  readonly projects?: string[];
}
export interface RunFlags extends Omit<PlanFlags, 'json'> {
  readonly b?: true;
  readonly t?: true;
  readonly s?: string;
  readonly q?: true;
  readonly jobs?: number;
  readonly onFailure?: 'keep' | 'destroy';
  readonly plan?: string;
  readonly fromSnapshot?: true;
  readonly strict?: true;
}
export interface CheckFlags {
  readonly format?: 'people' | 'json' | 'sarif' | 'github';
}
export interface OfRun {
  readonly run?: string;
}
export interface ResourceFlags extends OfRun {
  readonly side?: 'base' | 'target';
}
export interface CleanFlags extends OfRun {
  readonly all?: true;
}
