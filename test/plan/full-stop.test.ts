import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Hook } from '../../src/journal/record.js';
import { planFullStop } from '../../src/plan/full-stop.js';
import { parsePlanJson, printPlanJson } from '../../src/plan/json.js';
import { unresolved } from '../../src/plan/resolve.js';
import type { Project } from '../../src/project/project.js';
import { planTree } from '../../src/report/plan-tree.js';
import { PLAIN } from '../../src/report/style.js';
import { DEFAULT_RULES } from '../../src/workspace/data.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { projectOf, workspaceOf } from '../workspace/made.js';

const RESOURCES: readonly Hook[] = ['early_create', 'create', 'verify', 'verify_noapi', 'destroy'];

/** Three services as in the quickstart: one keeps state, one needs it, one stands alone. */
const SHOP = [
  projectOf('postgres', ['install', 'start', 'version', 'shutdown', 'migrate', ...RESOURCES], { backing: true }),
  projectOf('worker', ['install', 'start', 'version', 'smoke', 'shutdown', 'migrate', 'finalize', ...RESOURCES], {
    needs: ['postgres'],
  }),
  projectOf('s3rver', ['install', 'start', 'shutdown', ...RESOURCES]),
];

/** Steps of a plan as a reader names them, in its order. */
const order = (of: Workspace): string[] =>
  planFullStop(of).phases.flatMap(({ steps }) => steps.map(({ key }) => key.replace(/@.*/, '')));

describe('plans, as their readers see them', () => {
  test('restart: each', async () => {
    await expect(planTree(planFullStop(workspaceOf(SHOP)), PLAIN)).toMatchFileSnapshot('golden/each.txt');
  });
  test('restart: last, settling, with the old all-in-one nowhere', async () => {
    const last = workspaceOf(SHOP, { restart: 'last', settle: 30_000 });
    await expect(planTree(planFullStop(last), PLAIN)).toMatchFileSnapshot('golden/last.txt');
  });
  test('a twin is set up once the upgraded system is down, and compared once it is down too', async () => {
    const twin = workspaceOf(SHOP, {
      data: [{ name: 'app', source: { kind: 'resource', project: 'postgres', key: 'url' } }],
      state: { ...DEFAULT_RULES, twin: true },
    });
    const plan = planFullStop(twin);
    await expect(planTree(plan, PLAIN).replace(/.*(?=\nafter · )/s, '…\n')).toMatchFileSnapshot('golden/twin.txt');
    expect(parsePlanJson(printPlanJson(plan))).toEqual({ ok: true, value: plan });
  });
  test('upgrade.sh replaces install, migrate and start on the way up', () => {
    const classic = projectOf('nova', ['install', 'start', 'upgrade', 'shutdown']);
    expect(order(workspaceOf([classic]))).toEqual([
      'nova/install:base',
      'nova/start:base',
      'nova/shutdown:base',
      'nova/upgrade:target',
      'take-down:target',
    ]);
  });
  test('state is saved once the services are down and what they keep it in is up, and again before the end', () => {
    const saved = order(
      workspaceOf(SHOP, { data: [{ name: 'app', source: { kind: 'directory', path: '/srv/app' } }] }),
    );
    expect(saved.indexOf('save-state:base')).toBeGreaterThan(saved.indexOf('s3rver/verify_noapi:base'));
    expect(saved.indexOf('save-state:base')).toBeLessThan(saved.indexOf('postgres/shutdown:base'));
    expect(saved.indexOf('save-state:target')).toBe(saved.indexOf('s3rver/destroy:target') - 1);
  });
  test('--fail-fast stops everywhere', () => {
    const plan = planFullStop(workspaceOf(SHOP), { failFast: true });
    expect(new Set(plan.phases.map(({ onFailure }) => onFailure))).toEqual(new Set(['stop']));
  });
});

const HOOKS: readonly Hook[] = [
  'install',
  'start',
  'version',
  'smoke',
  'shutdown',
  'migrate',
  'finalize',
  ...RESOURCES,
];
/** Projects in an order that respects `needs`, as a workspace has them. */
const anyWorkspace = fc
  .tuple(
    fc.array(
      fc.record({ hooks: fc.subarray([...HOOKS]), backing: fc.boolean(), needs: fc.array(fc.nat(), { maxLength: 3 }) }),
      {
        minLength: 1,
        maxLength: 8,
      },
    ),
    fc.constantFrom('each' as const, 'last' as const),
  )
  .map(([drafts, restart]) => {
    const projects: Project[] = [];
    for (const [at, { hooks, backing, needs }] of drafts.entries()) {
      // Backing projects need only backing ones.
      const able = projects.filter((other) => !backing || other.backing).map(({ name }) => name);
      const chosen = able.length === 0 ? [] : needs.map((n) => able[n % able.length] ?? '');
      projects.push(projectOf(`p${at}`, hooks, { backing, needs: [...new Set(chosen)] }));
    }
    return workspaceOf(projects, { restart });
  });

describe('any plan', () => {
  test('comes back whole from its JSON, and fits the workspace that it was made for', () => {
    fc.assert(
      fc.property(anyWorkspace, (made) => {
        const plan = planFullStop(made);
        expect(parsePlanJson(printPlanJson(plan))).toEqual({ ok: true, value: plan });
        expect(unresolved(plan, made)).toEqual([]);
      }),
    );
  });

  test('keeps what holds state up while the others are down', () => {
    fc.assert(
      fc.property(anyWorkspace, (made) => {
        const steps = order(made);
        const at = (name: string, hook: string, side: string): number => steps.indexOf(`${name}/${hook}:${side}`);
        const backing = made.projects.filter((each) => each.backing && each.hooks.has('shutdown'));
        for (const other of made.projects.filter((each) => !each.backing)) {
          for (const { name, hooks } of backing) {
            if (other.hooks.has('shutdown')) {
              expect(at(other.name, 'shutdown', 'base')).toBeLessThan(at(name, 'shutdown', 'base'));
            }
            if (other.hooks.has('verify_noapi')) {
              expect(at(other.name, 'verify_noapi', 'base')).toBeLessThan(at(name, 'shutdown', 'base'));
            }
            if (other.hooks.has('start') && hooks.has('start')) {
              expect(at(name, 'start', 'target')).toBeLessThan(at(other.name, 'start', 'target'));
            }
          }
        }
      }),
    );
  });

  test('starts nothing before what it needs, and shuts nothing down before what needs it', () => {
    fc.assert(
      fc.property(anyWorkspace, (made) => {
        const steps = order(made);
        for (const { name, needs } of made.projects) {
          for (const other of needs) {
            for (const side of ['base', 'target']) {
              const [mine, theirs] = [steps.indexOf(`${name}/start:${side}`), steps.indexOf(`${other}/start:${side}`)];
              if (mine !== -1 && theirs !== -1) expect(theirs).toBeLessThan(mine);
            }
            const [mine, theirs] = [steps.indexOf(`${name}/shutdown:base`), steps.indexOf(`${other}/shutdown:base`)];
            if (mine !== -1 && theirs !== -1) expect(mine).toBeLessThan(theirs);
          }
        }
      }),
    );
  });

  test('calls every hook that is there, as often as the contract says, and numbers its steps from one', () => {
    const times: Partial<Record<Hook, number>> = { install: 2, start: 2, version: 2, smoke: 2, verify: 2 };
    fc.assert(
      fc.property(anyWorkspace, (made) => {
        const plan = planFullStop(made);
        const steps = plan.phases.flatMap((phase) => phase.steps);
        expect(steps.map(({ number }) => number)).toEqual(steps.map((_, index) => index + 1));
        for (const { name, hooks } of made.projects) {
          for (const hook of hooks.keys()) {
            const calls = steps.filter(
              ({ action }) => action.kind === 'hook' && action.project === name && action.hook === hook,
            );
            expect([name, hook, calls.length]).toEqual([name, hook, times[hook] ?? 1]);
          }
        }
      }),
    );
  });
});

describe('a plan from a file', () => {
  const text = printPlanJson(planFullStop(workspaceOf(SHOP)));
  test('names what today’s workspace no longer has', () => {
    const plan = planFullStop(workspaceOf(SHOP));
    const today = workspaceOf([projectOf('postgres', ['install']), projectOf('worker', HOOKS)], {
      target: { name: 'winter', versions: {}, env: {} },
    });
    expect(unresolved(plan, today)).toEqual([
      "its target release is autumn, and the workspace's is winter",
      'there is no project s3rver',
      ...['start', 'version', 'early_create', 'create', 'verify', 'shutdown', 'verify_noapi', 'migrate', 'destroy'].map(
        (hook) => `project postgres has no ${hook} hook`,
      ),
    ]);
  });
  test.each([
    ['no JSON', 'nonsense', /JSON/],
    ['a format of a later Grenade', text.replace('"format": 1', '"format": 2'), /format/],
    ['a hook nobody knows', text.replace('"hook": "install"', '"hook": "instal"'), /hook/],
    ['an edge to nowhere', text.replace('"postgres/install:base@spring"\n', '"gone"\n'), /waits for gone/],
  ])('is refused for %s', (_, broken, reason) => {
    expect(broken).not.toBe(text);
    const parsed = parsePlanJson(broken);
    expect(parsed.ok ? '' : parsed.error).toMatch(reason);
  });
});
