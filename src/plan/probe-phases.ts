import type { Problem } from '../basics/problem.js';
import { EVERY_PHASE } from '../journal/probe.js';
import type { RegisteredProbe } from '../workspace/workspace.js';
import type { Plan } from './plan.js';

/** What is wrong with the phases in which probes count: a plan has to have them, and something must still be asked then. */
export function checkProbePhases(probes: readonly RegisteredProbe[], { phases }: Plan): readonly Problem[] {
  const watched = phases.filter(({ blame }) => blame !== 'after').map(({ name }) => name);
  const fix = `Name some of: ${watched.join(', ')}; or ${EVERY_PHASE}.`;
  return probes.flatMap(({ name, during = [], at }) =>
    during.flatMap((phase) => {
      if (phase === EVERY_PHASE || watched.includes(phase)) return [];
      const why = phases.some((each) => each.name === phase)
        ? `probes have ended by ${phase}, when services are taken down`
        : `this plan has no phase ${phase}`;
      return [{ message: `Probe ${name} cannot count during ${phase}: ${why}`, fix, ...at }];
    }),
  );
}
