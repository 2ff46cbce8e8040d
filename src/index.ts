export type { GivenProbe as ProbeDefinition } from './probes/definition.js';
export { CommandError } from './project/command-error.js';
export {
  defineProject,
  type HookFunction,
  type ProjectDefinition,
  type ResourceHooks,
  type SnapshotHooks,
} from './project/define.js';
export type {
  Command,
  Directories,
  ExecOptions,
  ExecResult,
  HookContext,
  Ports,
  ProcessOptions,
  Ready,
  Release,
  ResourceStore,
  ServiceOptions,
  Services,
  StartedService,
  StopOptions,
  Truthy,
  UntilOptions,
  WaitOptions,
} from './project/hook-context.js';
