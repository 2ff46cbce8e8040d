import type { Case } from './case.js';
import type { Act } from './recording.js';
import type { Ran } from './world.js';

/** What the exit statuses of a run say. */
interface Verdict {
  readonly divergence: readonly string[];
  /** Nothing of the run can be compared further. */
  readonly end?: boolean;
  /** Takes out of ours what it did after the place where the original ended. */
  readonly cut: Cut;
  /** Takes out of the original what comes of ending by an error. */
  readonly cutTheirs?: Cut;
}

type Cut = (acts: readonly Act[]) => readonly Act[];

const SIGNALS: Readonly<Record<number, string>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  137: 'SIGKILL',
  139: 'SIGSEGV',
  143: 'SIGTERM',
};
/** The original's end when what it shows its output through has died; no hook here ends so. */
const BROKEN_PIPE = 141;
const isWorlddump = (act: Act): boolean => act.kind === 'command' && act.call[0] === 'worlddump.py';
const all = (acts: readonly Act[]): readonly Act[] => acts;

/** Whether ours ended as it is meant to where the original ended as it did. */
export function expectStatus(test: Case, theirs: Ran, ours: Ran, met: Set<string>): Verdict {
  const differ = (why: string): Verdict => ({
    divergence: [
      `The original ended with ${theirs.status}, and ours with ${ours.status}: ${why}`,
      ...tail(ours.output),
    ],
    cut: all,
  });
  if (theirs.status === ours.status && theirs.status === 0) return { divergence: [], cut: all };
  if (theirs.status === 'limit' || ours.status === 'limit' || ours.status === 4)
    return differ('one of them does not end');
  if (ours.status === 2) {
    const known = REFUSED.find(({ of }) => of.test(ours.output));
    if (known === undefined) return differ('it is refused for no known reason');
    met.add(known.name);
    return { divergence: [], end: true, cut: all };
  }
  const failed = ours.result?.steps.find(({ status }) => status === 'failed');
  if (failed?.key.startsWith('settings:')) {
    // Where Grenade brings the base up, settings are read in the run itself.
    const known = REFUSED_LATE.find(({ of }) => of.test(ours.output));
    const refused = theirs.acts.some(({ kind }) => kind === 'hook') ? undefined : 'settings-refused';
    const name = known?.name ?? refused;
    if (name !== undefined) {
      met.add(name);
      return { divergence: [], end: true, cut: all };
    }
  }
  if (theirs.status === BROKEN_PIPE) {
    met.add('any-bytes');
    return { divergence: [], end: true, cut: all };
  }
  if (theirs.status === 0) return differ('ours failed');
  if (/STOP called for/.test(theirs.output)) {
    if (ours.result?.verdict !== 'stopped') return differ('the original stopped at a label');
    met.add('stop-is-said');
    return { divergence: [], cut: all, cutTheirs: (acts) => acts.filter((act) => !isWorlddump(act)) };
  }
  if (ours.status === 0) return differ('only the original failed');
  const short = failed?.failure?.short ?? 'nothing failed';
  const signal = SIGNALS[theirs.status];
  const unstarted = theirs.status === 126 || theirs.status === 127;
  const same =
    (unstarted && short === 'could not be started') ||
    short.startsWith(`exit ${theirs.status}`) ||
    (signal !== undefined && short.includes(signal));
  if (!same) return differ(`its failed step is ${failed?.key}: ${short}`);
  met.add('exit-says-who');
  const goesOn = !test.failFast && (failed?.hook === 'verify' || failed?.hook === 'verify_noapi');
  return { divergence: [], cut: goesOn ? untilFailed(theirs.acts, met) : all };
}

/** Without --fail-fast ours goes on with the other projects of a verify phase: that much is cut off. */
function untilFailed(theirs: readonly Act[], met: Set<string>): Cut {
  const hooks = theirs.filter(({ kind, by }) => kind === 'hook' && by === '');
  const last = hooks.at(-1);
  return (acts) => {
    let seen = 0;
    const end = acts.findIndex((act) => {
      if (act.kind !== 'hook' || act.by !== '') return false;
      seen++;
      if (seen <= hooks.length) return false;
      // Only the same phase may go on.
      return last?.kind === 'hook' && act.call.slice(1).join(' ') === last.call.slice(1).join(' ');
    });
    if (end < 0) return acts;
    met.add('every-verify-told');
    return acts.slice(0, end);
  };
}

interface Refusal {
  readonly name: string;
  readonly of: RegExp;
}

/** What ours refuses once settings are read, by what it says. */
const REFUSED_LATE: readonly Refusal[] = [
  { name: 'unregistered-refused', of: /which no settings registered/ },
  { name: 'label-refused', of: /no phase is called that/ },
];

/** What ours refuses before anything runs, by what it says. */
const REFUSED: readonly Refusal[] = [
  ...REFUSED_LATE,
  { name: 't-needs-b', of: /-t goes on with a run that ended after its base part|there is no run to go on with/ },
  { name: 'settings-refused', of: /cannot be sourced/ },
];

const tail = (output: string): string[] =>
  output
    .trimEnd()
    .split('\n')
    .slice(-12)
    .map((text) => `    ${text}`);
