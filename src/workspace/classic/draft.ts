import type { Checkout } from '../../git/checkout.js';
import type { Workspace } from '../workspace.js';

/** A classic workspace as far as `localrc` and `pluginrc` tell: where everything lies, and what has to be fetched. */
export interface ClassicDraft
  extends Omit<
    Workspace,
    'projects' | 'data' | 'probes' | 'env' | 'warnings' | 'home' | 'scripts' | 'fetches' | 'devstack'
  > {
  readonly kind: 'classic';
  /** The original's settings, by name. */
  readonly variables: Readonly<Record<string, string>>;
  /** Projects that `pluginrc` names, by git. */
  readonly plugins: readonly Checkout[];
  /** What `--projects` names; everything when it is left out. */
  readonly selected?: readonly string[];
  /** Where the user stands: paths in fixes begin there. */
  readonly cwd: string;
}
