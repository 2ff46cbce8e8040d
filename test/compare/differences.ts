import type { Act, CommandAct } from './recording.js';

/** A way in which ours is meant to differ from the original. What no difference explains is a divergence. */
export interface Difference {
  readonly name: string;
  /** What differs, and why, in a sentence. */
  readonly says: string;
  /** Puts it out of what either did; the same acts come back where it does not occur. */
  readonly original?: (acts: readonly Act[], flags: readonly string[]) => readonly Act[];
  readonly ours?: (acts: readonly Act[]) => readonly Act[];
}

/** A command that Grenade itself called, and no hook. */
const grenades = (act: Act): act is CommandAct => act.kind === 'command' && act.by === '';
const command = (act: Act, ...call: readonly string[]): act is CommandAct =>
  act.kind === 'command' && call.every((word, at) => act.call[at] === word);
const without = (drop: (act: Act) => boolean) => (acts: readonly Act[]) => acts.filter((act) => !drop(act));

const prepares = (act: Act): boolean =>
  grenades(act) && act.call[0] === 'sudo' && ['mkdir', 'chown'].includes(act.call[1] ?? '');

/** Moves what makes directories before everything else that comes before the first hook; settings may have gone elsewhere. */
function directoriesFirst(acts: readonly Act[]): readonly Act[] {
  const first = acts.findIndex(({ kind }) => kind === 'hook');
  const before = acts.slice(0, first < 0 ? acts.length : first);
  return [
    ...before.filter(prepares).map((act) => ({ ...act, cwd: '/ROOT/ws' })),
    ...before.filter((act) => !prepares(act)),
    ...acts.slice(before.length),
  ];
}

const asks = (act: Act): boolean => grenades(act) && ['lsb_release', 'ip', 'ps'].includes(act.call[0] ?? '');

const fetches = (act: Act): boolean =>
  grenades(act) &&
  act.call.slice(0, 2).includes('git') &&
  !act.cwd.includes('/requirements') &&
  !act.call.join(' ').includes('requirements');

/** `-pPASSWORD` of MySQL's programs, out of the environment where ours has it. */
function passwordInCall(acts: readonly Act[]): readonly Act[] {
  return acts.map((act) => {
    const last = act.kind === 'command' ? (act.call.at(-1) ?? '') : '';
    if (act.kind !== 'command' || !last.startsWith('MYSQL_PWD=')) return act;
    const call = act.call.slice(0, -1);
    const user = call.findIndex((word) => word.startsWith('-u'));
    return { ...act, call: [...call.slice(0, user + 1), `-p${last.slice(10)}`, ...call.slice(user + 1)] };
  });
}

/** Calls of worlddump with nothing between them are one. */
function oneWorlddump(acts: readonly Act[]): readonly Act[] {
  return acts.filter((act, at) => {
    const before = acts[at - 1];
    return !(command(act, 'worlddump.py') && before !== undefined && command(before, 'worlddump.py'));
  });
}

/** The directory that worlddump was called in, or by whom, says nothing; where it writes is not always known to it there. */
const somewhere = (acts: readonly Act[]): readonly Act[] =>
  acts.map((act) => (command(act, 'worlddump.py') ? { ...act, by: '', cwd: '/ROOT/ws', call: ['worlddump.py'] } : act));

export const DIFFERENCES: readonly Difference[] = [
  {
    name: 'plan-first',
    says: 'Settings are read and the plan is said before anything is made with sudo.',
    original: directoriesFirst,
    ours: directoriesFirst,
  },
  {
    name: 'prepared-once',
    says: 'With -t the directories that -b made are not made again.',
    original: (acts, flags) => (flags.includes('-t') ? without(prepares)(acts) : acts),
  },
  {
    name: 'devstack-read-less',
    says: "DevStack's own files are sourced less often between hooks, so that they ask less often for the distribution and addresses.",
    original: without(asks),
    ours: without(asks),
  },
  {
    name: 'password-not-shown',
    says: 'Passwords reach mysql and mysqldump through the environment, where `ps` does not show them.',
    original: passwordInCall,
    ours: passwordInCall,
  },
  {
    name: 'no-such-function',
    says: "What DevStack no longer has (init_service_check) is not called; the original's call of it fails unseen.",
    original: without((act) => grenades(act) && command(act, 'init_service_check')),
  },
  {
    name: 'fetching',
    says: 'DevStack trees and plugins are fetched with limits and retries; the commits that lie there are compared.',
    original: without(fetches),
    ours: without(fetches),
  },
  {
    name: 'one-worlddump',
    says: 'After a failure worlddump is collected into $LOGDIR, and once, not by every shell around the one that failed too.',
    original: (acts) => oneWorlddump(somewhere(acts)),
    ours: (acts) => oneWorlddump(somewhere(acts)),
  },
  {
    name: 'asks-systemd',
    says: 'A service that is no enabled unit is asked for by is-active and by /proc, and not by the output of ps.',
    original: without((act) => command(act, 'ps', 'auxw')),
    ours: without((act) =>
      /^(sudo )?systemctl is-active devstack@[^.]+$/.test(act.kind === 'command' ? act.call.join(' ') : ''),
    ),
  },
  {
    name: 'values-survive',
    says: 'resource_get gives back what was saved under a name, byte by byte; from the original only first words, of one line.',
    original: without((act) => act.kind === 'note' && act.fields[0] === 'kept'),
    ours: without((act) => act.kind === 'note' && act.fields[0] === 'kept'),
  },
  {
    name: 'no-dsconf',
    says: '`local.conf` is merged by our own functions, so nothing is installed for it; the files are compared.',
    original: without(
      (act) =>
        grenades(act) &&
        (['dsconf', 'install_devstack_tools'].includes(act.call[0] ?? '') ||
          act.call.some((word) => word.startsWith('devstack-tools')) ||
          act.call.includes('apt-get')),
    ),
  },
];

/** What exit statuses tell otherwise; statuses.ts knows when. */
export const STATUS_DIFFERENCES: readonly Pick<Difference, 'name' | 'says'>[] = [
  {
    name: 'exit-says-who',
    says: "The exit status says who broke it; the failing hook's own is in the result, and is compared.",
  },
  {
    name: 'stop-is-said',
    says: 'A run that stopped at a label says so, as a verdict, and it is no failure for which worlddump is collected.',
  },
  {
    name: 'every-verify-told',
    says: 'Without --fail-fast the other projects of a failing verify phase have their turn.',
  },
  {
    name: 'unregistered-refused',
    says: 'A name in UPGRADE_PROJECTS that nobody registered is refused before anything runs.',
  },
  { name: 'label-refused', says: 'A label of -s that a run does not pass is refused: it would never stop there.' },
  { name: 't-needs-b', says: 'The target part goes on only with a run whose base part passed.' },
  { name: 'whole-dumps', says: 'A dump that failed leaves no file in $SAVE_DIR that looks like one.' },
  {
    name: 'configured-once',
    says: 'With -t the trees stay as -b configured them; the original writes the same into their local.conf once more.',
  },
  {
    name: 'any-bytes',
    says: 'A hook may print any bytes; what is no UTF-8 kills what the original shows its output through, and so the run.',
  },
  { name: 'settings-refused', says: 'Settings that fail are refused before anything runs.' },
];
