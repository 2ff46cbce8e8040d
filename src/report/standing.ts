import type { Stray } from '../journal/event.js';
import type { RunState } from '../journal/state.js';
import { stepNumber } from './names.js';
import { brokenProject, neverRan, positions, verifiedAfter } from './queries.js';
import { type Clean, count, listing } from './text.js';
import { isFailure } from './verdict.js';

const NAMES = 5;

/** After a failure: where each project stands, and what never had its turn. */
export function standing(state: RunState, clean: Clean): string[] {
  if (!isFailure(state.verdict) || state.steps.length === 0) return [];
  const upgraded = state.steps.some(({ record, status }) => record.side === 'target' && status.kind !== 'waiting');
  const where = upgraded && state.verdict !== 'after' && state.verdict !== 'harness' ? whereTheyStand(state) : [];
  const waiting = neverRan(state);
  const [first] = waiting;
  const from = first === undefined ? '' : stepNumber(first.record.number, state.steps.length);
  return [
    ...(where.length === 0 ? [] : [`${clean(where.join('; '))}.`]),
    ...(waiting.length === 0
      ? []
      : [`${waiting.length} of ${count(state.steps.length, 'step')} never ran, from ${from} on.`]),
  ];
}

/** `postgres 17.10 and worker 0.16.6 are well`, `s3rver runs 3.7.1` */
function whereTheyStand(state: RunState): string[] {
  const at = positions(state);
  const verified = verifiedAfter(state);
  const broken = new Set(state.failed.map((step) => brokenProject(state, step)));
  const { base = 'the base', target = 'the target' } = state.releases ?? {};
  const well: string[] = [];
  const started: string[] = [];
  const between: string[] = [];
  const untouched: string[] = [];
  for (const { name } of state.projects) {
    const reported = state.reported.get(name);
    const position = at.get(name) ?? 'nowhere';
    if (verified.has(name) && !broken.has(name)) well.push(`${name} ${reported?.target ?? target}`);
    else if (position === 'target') {
      started.push(
        reported?.target === undefined ? `${name} was started at ${target}` : `${name} runs ${reported.target}`,
      );
    } else if (position === 'between') between.push(name);
    else if (position === 'base') untouched.push(`${name} ${reported?.base ?? base}`);
  }
  const clause = (names: readonly string[], one: string, many: string): string[] =>
    names.length === 0 ? [] : [`${listing(names, NAMES)} ${names.length === 1 ? one : many}`];
  return [
    ...clause(well, 'is well', 'are well'),
    ...(started.length === 0 ? [] : [listing(started, NAMES)]),
    ...clause(between, `is between ${base} and ${target}`, `are between ${base} and ${target}`),
    ...clause(untouched, 'was not touched yet', 'were not touched yet'),
  ];
}

/** A sentence on what still runs, as far as the journal knows; undefined where it knows nothing. */
export function whatIsUp(state: RunState): string | undefined {
  if (state.cleaned) return 'It was cleaned up since.';
  const services = [...state.services.values()];
  const running = services.filter(({ status }) => status.kind === 'running').map(({ name }) => name);
  // Whatever hooks start by other means than `service_start` is not in the journal: nothing is claimed of it.
  if (services.length === 0) return state.up && state.strays.length === 0 ? 'What was up is still up.' : undefined;
  if (state.verdict !== undefined && !state.up) return 'Nothing is left up.';
  if (running.length === 0) return 'No service is up.';
  if (running.length === services.length) return 'Everything is still up.';
  return `${listing(running, 3)} ${running.length === 1 ? 'is' : 'are'} still up.`;
}

/** `web's server.mjs (pid 8559) still runs, though no service_start started it.` */
export function whatStrays({ strays }: RunState): string | undefined {
  if (strays.length === 0) return undefined;
  const named = strays.map(strayName);
  return `${listing(named, 3)} still ${named.length === 1 ? 'runs' : 'run'}, though no service_start started ${named.length === 1 ? 'it' : 'them'}.`;
}

/** `web's server.mjs (pid 8559)` */
export function strayName({ pid, command, project }: Stray): string {
  return `${project === undefined ? '' : `${project}'s `}${program(command)} (pid ${pid})`;
}

const INTERPRETER = /^(?:node|bash|sh|dash|ruby|perl|python[\d.]*)$/;

/** What people know a process by: its program, or the script that an interpreter runs. */
function program(command: string): string {
  const [first = '', second = ''] = command.split(' ').map((word) => word.slice(word.lastIndexOf('/') + 1));
  return INTERPRETER.test(first) && second !== '' && !second.startsWith('-') ? second : first;
}

/** Whether there may be something for `grenade clean` to end. */
export function somethingIsUp(state: RunState): boolean {
  if (state.cleaned) return false;
  if (state.verdict !== undefined && state.services.size > 0) return state.up;
  const running = [...state.services.values()].some(({ status }) => status.kind === 'running');
  return (
    running ||
    state.up ||
    state.strays.length > 0 ||
    (isFailure(state.verdict) && state.steps.some(({ status }) => status.kind !== 'waiting'))
  );
}
