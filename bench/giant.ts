import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Event, EventBody } from '../src/journal/event.js';
import type { Bounds } from '../src/journal/probe.js';
import type { Blame, Hook, PhaseRecord, Side, StepRecord } from '../src/journal/record.js';

const PROJECTS = 400;
const PROBES = 50;
const THREE_HOURS = 3 * 3600 * 1000;

const PHASES: readonly [name: string, hook: Hook, side: Side, blame: Blame][] = [
  ['start', 'start', 'base', 'base'],
  ['version', 'version', 'base', 'base'],
  ['create', 'create', 'base', 'base'],
  ['verify', 'verify', 'base', 'base'],
  ['shutdown', 'shutdown', 'base', 'upgrade'],
  ['upgrade', 'upgrade', 'target', 'upgrade'],
  ['version-target', 'version', 'target', 'upgrade'],
  ['verify-target', 'verify', 'target', 'upgrade'],
];

/** Numbers that look random and are the same every time. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/**
 * Writes the directory of a run of 3,200 steps and 50 probes over three hours, as the runner would have left it: most
 * steps print some kilobytes, a few more than a page holds whole, three fail, probes are away while they are upgraded.
 */
export function writeGiantRun(runDir: string): void {
  const random = seeded(42);
  mkdirSync(join(runDir, 'steps'), { recursive: true });
  const events: Event[] = [];
  let at = new Date(2026, 10, 23, 13, 2, 0).getTime();
  const say = (body: EventBody, later = 0): void => {
    at += later;
    events.push({ at, ...body });
  };
  const names = Array.from({ length: PROJECTS }, (_, i) => `service-${String(i + 1).padStart(3, '0')}`);
  const phases: PhaseRecord[] = PHASES.map(([name, , , blame]) => ({ name, blame }));
  const steps = PHASES.flatMap(([phase, hook, side]) =>
    names.map((project) => {
      const release = side === 'base' ? '2026.1' : '2026.2';
      return { key: `${project}/${hook}:${side}@${release}`, phase, side, release, project, hook };
    }),
  );
  const records: StepRecord[] = steps.map(({ project, hook, ...step }, i) => ({
    ...step,
    number: i + 1,
    action: { kind: 'hook', project, hook },
  }));
  const probes = names.slice(0, PROBES).map((project) => ({
    name: `${project}-api`,
    kind: 'http' as const,
    target: 'http://127.0.0.1:41873/health',
    intervalMs: 100,
    budgetMs: 20_000,
    project,
  }));
  say({
    type: 'run-started',
    run: '2026-11-23-130200',
    workspace: '/srv/cloud',
    harness: { version: '0', pid: 1, startTime: '1' },
  });
  say({
    type: 'planned',
    scenario: 'full stop',
    strict: false,
    releases: { base: '2026.1', target: '2026.2' },
    projects: names.map((name) => ({ name, backing: false, caveats: [] })),
    phases,
    steps: records,
    probes,
  });
  const each = THREE_HOURS / steps.length;
  for (const [i, { key, project, hook, side }] of steps.entries()) {
    const ms = Math.round(each * (0.5 + random()));
    const failed = side === 'target' && hook === 'verify' && [17, 203, 318].includes(names.indexOf(project));
    const log = `steps/${failed ? 'FAILED_' : ''}${String(i + 1).padStart(4, '0')}-${project}-${hook}.log`;
    const began = at;
    say({ type: 'step-started', step: key, log, pid: 1000 + i });
    const probe = probes.find((known) => known.project === project)?.name;
    const change = (status: 'up' | 'down', moment: number): void => {
      const since: Bounds = [moment, moment + 80];
      const cause = status === 'down' ? { cause: 'ECONNREFUSED' } : {};
      if (probe !== undefined) say({ type: 'probe-changed', probe, connection: 'new', status, since, ...cause });
    };
    if (hook === 'start') {
      say({ type: 'service-started', service: project, pid: 10_000 + i, step: key }, ms / 2);
      change('up', at);
    }
    if (hook === 'upgrade') {
      change('down', began);
      say({ type: 'service-exited', service: project, pid: 10_000 + (i % PROJECTS), status: 0, expected: true });
      change('up', began + ms - 100);
      say({ type: 'service-started', service: project, pid: 20_000 + i, step: key });
    }
    if (hook === 'version')
      say({ type: 'release-reported', project, side, version: side === 'base' ? '31.2.0' : '32.0.1' });
    at = began + ms;
    writeFileSync(
      join(runDir, log),
      logOf(key, failed ? 40_000 : i % 400 === 7 ? 3000 : Math.round(20 + random() * 120), random),
    );
    say({ type: 'step-finished', step: key, ms, log, ...(failed ? { failure: { kind: 'exit', status: 22 } } : {}) });
  }
  say({ type: 'sampling-ended', until: at, probes: [] });
  say({ type: 'run-finished', verdict: 'upgrade', up: true });
  writeFileSync(join(runDir, 'journal.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join(''));
}

const WORDS = 'request instance volume network port image token quota agent scheduler migration schema driver'.split(
  ' ',
);

/** A log as services write them: times, ids and levels, so that it is no easier to compress than a real one. */
function logOf(step: string, lines: number, random: () => number): string {
  const hex = (): string => Math.floor(random() * 2 ** 32).toString(16);
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] ?? '';
  return Array.from({ length: lines }, (_, i) => {
    const time = `2026-11-23 13:${String(i % 60).padStart(2, '0')}:${(random() * 60).toFixed(3).padStart(6, '0')}`;
    return `${time} ${1000 + (i % 7)} INFO ${step} [req-${hex()}-${hex()}] ${word()} ${word()} ${hex()} took ${(random() * 9).toFixed(4)} s\n`;
  }).join('');
}
