import type { Found, Severity } from './finding.js';
import type { Plugin } from './plugin.js';

/** One thing that a reviewer looks for. */
export interface Rule {
  readonly name: string;
  readonly severity: Severity;
  /** Why it matters to an upgrade test: one sentence. */
  readonly why: string;
  /** What it finds in a plugin; `all` are the plugins that are looked at together, this one among them. */
  find(plugin: Plugin, all: readonly Plugin[]): readonly Found[];
}
