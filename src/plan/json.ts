import * as v from 'valibot';
import { err, ok, type Result } from '../basics/result.js';
import { HOOKS } from '../journal/record.js';
import type { Plan } from './plan.js';

const side = v.picklist(['base', 'target']);
const step = v.strictObject({
  key: v.string(),
  number: v.number(),
  phase: v.string(),
  action: v.variant('kind', [
    v.strictObject({ kind: v.literal('hook'), project: v.string(), hook: v.picklist(HOOKS) }),
    v.strictObject({ kind: v.literal('fetch'), checkout: v.string() }),
    v.strictObject({ kind: v.literal('script'), script: v.string() }),
    v.strictObject({ kind: v.literal('settings') }),
    v.strictObject({ kind: v.literal('settle'), ms: v.number() }),
    v.strictObject({ kind: v.literal('save-state') }),
    v.strictObject({ kind: v.literal('record-state') }),
    v.strictObject({ kind: v.literal('compare-state') }),
    v.strictObject({ kind: v.literal('keep-snapshot') }),
    v.strictObject({ kind: v.literal('restore-snapshot') }),
    v.strictObject({ kind: v.literal('record-schema') }),
    v.strictObject({ kind: v.literal('compare-twin') }),
    v.strictObject({ kind: v.literal('take-down') }),
  ]),
  side,
  release: v.string(),
  system: v.exactOptional(v.literal('twin')),
  after: v.array(v.string()),
});
const schema = v.strictObject({
  format: v.literal(1),
  scenario: v.string(),
  releases: v.strictObject({ base: v.string(), target: v.string() }),
  projects: v.array(v.string()),
  goesOn: v.exactOptional(v.literal(true)),
  phases: v.array(
    v.strictObject({
      name: v.string(),
      blame: v.picklist(['base', 'upgrade', 'after']),
      onFailure: v.picklist(['stop', 'finish-phase']),
      labels: v.exactOptional(v.array(v.string())),
      endsBase: v.exactOptional(v.literal(true)),
      steps: v.array(step),
    }),
  ),
});

/** The text of a plan's file. */
export function printPlanJson(plan: Plan): string {
  return `${JSON.stringify(plan, undefined, 1)}\n`;
}

/** A plan from the text of its file, or what is wrong with it in one sentence. */
export function parsePlanJson(text: string): Result<Plan, string> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return err(error instanceof Error ? error.message : String(error));
  }
  const parsed = v.safeParse(schema, data);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    return err(`${v.getDotPath(issue) ?? 'the plan'}: ${issue.message}`);
  }
  const plan: Plan = parsed.output;
  const stray = strayEdge(plan);
  return stray === undefined ? ok(plan) : err(stray);
}

/** An edge that could never be satisfied: it would make a run wait for ever. */
function strayEdge(plan: Plan): string | undefined {
  const seen = new Set<string>();
  for (const phase of plan.phases) {
    const before = new Set<string>();
    for (const step of phase.steps) {
      if (seen.has(step.key)) return `two steps have the key ${step.key}`;
      seen.add(step.key);
      const missing = step.after.find((key) => !before.has(key));
      if (missing !== undefined) return `${step.key} waits for ${missing}, which does not stand before it in its phase`;
      before.add(step.key);
    }
  }
  return undefined;
}
