import type { Evidence, RunState } from '../../journal/state.js';
import { gist } from '../evidence.js';
import type { Style } from '../style.js';
import { type Clean, columns, shorten } from '../text.js';

/** Groups that are shown; the journal and the files for machines have all. */
const GROUPS = 5;
const WIDTH = 90;

/** What services began to print after the upgrade, a line each: what, how often, where it stands first. */
export function evidenceLines({ evidence }: RunState, clean: Clean, style: Style): string[] {
  if (evidence.length === 0) return [];
  const shown = evidence.slice(0, GROUPS);
  const rows = columns(shown.map((group) => [`     ${group.service}`, times(group), place(group)]));
  const more = evidence.length - shown.length;
  return [
    '  Printed since the upgrade, and never before it:',
    ...shown.flatMap((group, at) => [
      group.fails ? style.red(rows[at] ?? '') : (rows[at] ?? ''),
      style.dim(`       ${shorten(clean(gist(group)).trim(), WIDTH)}`),
    ]),
    ...(more > 0 ? [`     and ${more} more, in result.json`] : []),
  ];
}

const times = ({ kind, count }: Evidence): string => (count === 1 ? kind : `${kind} ${count} times`);
const place = ({ service, first }: Evidence): string => `services/${service}.log:${first.line}`;
