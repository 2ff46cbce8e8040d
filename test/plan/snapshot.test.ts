import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOOKS } from '../../src/journal/record.js';
import { planFullStop } from '../../src/plan/full-stop.js';
import { parsePlanJson, printPlanJson } from '../../src/plan/json.js';
import type { Plan } from '../../src/plan/plan.js';
import { fromSnapshot, keepingBase } from '../../src/plan/snapshot.js';
import { lastOfBase } from '../../src/plan/stop.js';
import type { Project } from '../../src/project/project.js';
import { planTree } from '../../src/report/plan-tree.js';
import { PLAIN } from '../../src/report/style.js';
import { DEFAULT_RULES } from '../../src/workspace/data.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { projectOf, workspaceOf } from '../workspace/made.js';

const workspace = (projects: readonly Project[]): Workspace =>
  workspaceOf(projects, {
    data: [{ name: 'app', source: { kind: 'directory', path: '/srv/app' } }],
    state: { ...DEFAULT_RULES, control: true },
  });
const SHOP = [
  projectOf(
    'postgres',
    ['install', 'start', 'version', 'shutdown', 'migrate', 'create', 'verify', 'verify_noapi', 'destroy'],
    { backing: true },
  ),
  projectOf('worker', ['install', 'start', 'version', 'smoke', 'shutdown', 'early_create', 'create', 'verify'], {
    needs: ['postgres'],
  }),
];
const keysOf = (plan: Plan): string[] => plan.phases.flatMap(({ steps }) => steps.map(({ key }) => key));
const anyWorkspace = fc
  .array(fc.tuple(fc.subarray([...HOOKS]), fc.boolean()), { minLength: 1, maxLength: 4 })
  .map((all) =>
    workspace(
      // Only the first may be backing: none of those needs one that is not.
      all.map(([hooks, backing], at) =>
        projectOf(`p${at}`, hooks, { backing: backing && at === 0, needs: at > 0 ? [`p${at - 1}`] : [] }),
      ),
    ),
  );

describe('plans of runs that have to do with snapshots', () => {
  test('one that keeps its base, once all of it is down', async () => {
    const plan = keepingBase(planFullStop(workspace(SHOP)));
    await expect(planTree(plan, PLAIN)).toMatchFileSnapshot('golden/keeping-base.txt');
  });
  test('one that begins at a snapshot', async () => {
    const plan = fromSnapshot(planFullStop(workspace(SHOP)), new Set(['postgres']));
    await expect(planTree(plan, PLAIN)).toMatchFileSnapshot('golden/from-snapshot.txt');
  });
  test('-b ends where it always does', () => {
    const plan = planFullStop(workspace(SHOP));
    expect(lastOfBase(keepingBase(plan))).toBe('verify');
    expect(lastOfBase(fromSnapshot(plan, new Set()))).toBe('verify');
  });

  test('are plans: numbered from one, and every edge leads to a step before', () => {
    fc.assert(
      fc.property(anyWorkspace, fc.boolean(), (made, installed) => {
        const plan = planFullStop(made);
        const names = new Set(installed ? made.projects.map(({ name }) => name) : []);
        for (const other of [keepingBase(plan), fromSnapshot(plan, names)]) {
          expect(parsePlanJson(printPlanJson(other))).toEqual({ ok: true, value: other });
          const steps = other.phases.flatMap((phase) => phase.steps);
          expect(steps.map(({ number }) => number)).toEqual(steps.map((_, at) => at + 1));
        }
      }),
    );
  });

  test('the base is kept after every shutdown of it and before anything of the target', () => {
    fc.assert(
      fc.property(anyWorkspace, (made) => {
        const plan = keepingBase(planFullStop(made));
        const steps = plan.phases.flatMap((phase) => phase.steps);
        const kept = steps.findIndex(({ action }) => action.kind === 'keep-snapshot');
        for (const [at, { side, action }] of steps.entries()) {
          if (side === 'target') expect(at).toBeGreaterThan(kept);
          if (side === 'base' && action.kind === 'hook') expect(at).toBeLessThan(kept);
        }
      }),
    );
  });

  test('what comes after the base part is the same, and the base is still started, asked and verified', () => {
    fc.assert(
      fc.property(anyWorkspace, (made) => {
        const plan = planFullStop(made);
        const begun = fromSnapshot(plan, new Set(made.projects.map(({ name }) => name)));
        const later = (of: Plan) => keysOf({ ...of, phases: of.phases.filter(({ blame }) => blame !== 'base') });
        expect(later(begun)).toEqual(later(plan));
        const base = keysOf(plan).filter((key) => !later(plan).includes(key));
        const left = base.filter((key) => !/\/(install|smoke|early_create|create):base/.test(key));
        expect(keysOf(begun)).toEqual(['restore-snapshot:base@spring', ...left, ...later(plan)]);
      }),
    );
  });
});
