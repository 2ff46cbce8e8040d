import { shownUrl } from '../git/checkout.js';
import { fetchCheckout } from '../git/fetch.js';
import type { Failure } from '../journal/failure.js';
import type { Step } from '../plan/plan.js';
import type { RunContext } from './context.js';

/** Brings a checkout to where the workspace wants it, and writes down which commit lies there. */
export async function fetchStep(
  context: RunContext,
  step: Step,
  name: string,
  log: string,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const { fetches } = context.workspace;
  const planned = fetches?.planned.get(name);
  if (fetches === undefined || planned === undefined) throw new Error(`Internal error: nothing is known of ${name}`);
  const fetched = await fetchCheckout(planned, { settings: fetches.settings, log, env: context.env, signal });
  if (!fetched.ok) return { kind: 'refused', problems: [fetched.error] };
  const { checkout, how, commit } = fetched.value;
  context.journal.append({
    type: 'checkout-ready',
    step: step.key,
    name,
    url: shownUrl(checkout.url),
    ...(checkout.ref === undefined ? {} : { ref: checkout.ref }),
    ...(commit === undefined ? {} : { commit }),
    how,
  });
  return undefined;
}
