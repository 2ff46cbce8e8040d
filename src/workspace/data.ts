import type { Problem } from '../basics/problem.js';
import { parseDataSource } from '../databases/source.js';
import type { Project } from '../project/project.js';
import type { Draft } from './draft.js';
import type { RegisteredData, StateRules } from './workspace.js';

/** Data as somebody names it, and how to say what is wrong with it. */
export interface GivenData {
  readonly name: string;
  readonly at: string;
  /** Whose it is: left out with the project. Of nobody's there is always to be a copy. */
  readonly project?: string;
  readonly wrong: (what: string) => Problem;
}

/** What is made of differences where nothing is said. */
export const DEFAULT_RULES: StateRules = {
  loss: 'fail',
  change: 'warn',
  drift: 'warn',
  control: false,
  twin: false,
  expect: [],
};

/** What is to be saved and compared; what cannot be is a problem. A relative directory is one below `dataDir`. */
export function readData(given: readonly GivenData[], dataDir: string, problems: Problem[]): RegisteredData[] {
  const found = new Map<string, RegisteredData>();
  for (const { name, at, wrong } of given) {
    const source = parseDataSource(at, dataDir);
    if (!source.ok) problems.push(wrong(source.error));
    else if (found.has(name)) problems.push(wrong('another one has this name'));
    else found.set(name, { name, source: source.value });
  }
  return [...found.values()];
}

/** What `data` in `grenade.yaml` names. */
export const listedData = ({ listed, places }: Draft): GivenData[] =>
  listed.map((each, index) => ({
    ...each,
    wrong: (what) =>
      places.problem(['data', index], `Data ${each.name}: ${what}`, 'Write for example `at: resource:postgres/url`.'),
  }));

/** What settings registered, and for which project. */
export type SaidData = Pick<GivenData, 'at' | 'project'>;

/** What settings registered. */
export const saidData = (said: ReadonlyMap<string, SaidData>): GivenData[] =>
  [...said].map(([name, { at, project }]) => ({
    name,
    at,
    ...(project === undefined ? {} : { project }),
    wrong: (what) => ({
      message: `register_data ${name}: ${what}`,
      fix: 'Write it so in the settings that register it.',
    }),
  }));

/** What modules say. */
export const moduleData = (modules: ReadonlyMap<string, Project>): GivenData[] =>
  [...modules.values()].flatMap((project) =>
    (project.data ?? []).map((each) => ({
      ...each,
      project: project.name,
      wrong: (what) => ({
        message: `Data ${each.name} of ${project.name}: ${what}`,
        fix: "Write for example `data: [{ name: 'jobs', at: 'resource:postgres/url' }]`.",
        file: project.dir,
      }),
    })),
  );
