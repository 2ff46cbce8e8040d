import type { Outage, PageModel, PageProbe, PageProject, PageService, PageStep } from '../src/report/page/model.js';

/** What a model's parts are looked up by. */
export interface Index {
  readonly steps: ReadonlyMap<string, PageStep>;
  readonly services: ReadonlyMap<string, PageService>;
  readonly outages: ReadonlyMap<string, { readonly outage: Outage; readonly probe: PageProbe }>;
  /** Outages that a step has a share in, by its key. */
  readonly charged: ReadonlyMap<
    string,
    readonly { readonly outage: Outage; readonly probe: PageProbe; readonly ms: number }[]
  >;
}

export function index({ steps, services, probes }: PageModel): Index {
  const outages = probes.flatMap((probe) => probe.outages.map((outage) => ({ probe, outage })));
  const charged = new Map<string, { outage: Outage; probe: PageProbe; ms: number }[]>();
  for (const { outage, probe } of outages) {
    for (const { step, ms } of outage.charges) {
      charged.set(step, [...(charged.get(step) ?? []), { outage, probe, ms }]);
    }
  }
  return {
    steps: new Map(steps.map((step) => [step.key, step])),
    services: new Map(services.map((service) => [service.name, service])),
    outages: new Map(outages.map((each) => [each.outage.id, each])),
    charged,
  };
}

export const statusMark = { waiting: '–', running: '▸', passed: '✔', failed: '✘' } as const;
export const statusWord = { waiting: 'never ran', running: 'was running', passed: 'passed', failed: 'failed' } as const;

/** What a project ran at a moment, in words. */
export function standsAt({ name, stays }: PageProject, at: number): { readonly where: string; readonly text: string } {
  const stay = stays.findLast(({ from }) => from <= at);
  const { where = 'nowhere', release = '' } = stay ?? {};
  switch (where) {
    case 'nowhere':
      return { where, text: `${name} not started` };
    case 'base':
    case 'target':
      return { where, text: `${name} ${release}` };
    case 'down':
      return { where, text: `${name} ${release} stopped` };
    case 'between':
      return { where, text: `${name} ${release}` };
  }
}

/** Whether a step is worth a look before others. */
export const isTelling = ({ status }: PageStep): boolean => status === 'failed' || status === 'running';

/** So many of a list, in its order: those that tell something, and then the first. */
export function firstOf<T>(all: readonly T[], telling: (one: T) => boolean, most: number): readonly T[] {
  const told = new Set(all.filter(telling).slice(0, most));
  for (const one of all) {
    if (told.size >= most) break;
    told.add(one);
  }
  return all.filter((one) => told.has(one));
}
