import { useState } from 'preact/hooks';
import { formatDuration } from '../src/basics/duration.js';
import { elapsedAt, formatMoment } from '../src/report/page/elapsed.js';
import { linkTo } from '../src/report/page/links.js';
import type { Outage, PageModel, PageProbe } from '../src/report/page/model.js';
import { firstOf } from './run.js';

/** More outages than this are shown when one asks for all: those over their budget first. */
const MOST = 10;

/** Steps with the largest share in an outage; its link has all of them. */
const CHARGES = 4;
const largest = ({ charges }: Outage) => [...charges].sort((a, b) => b.ms - a.ms).slice(0, CHARGES);

/** What did not answer, when, for how long, and which steps it is charged to. */
export function Outages({ model }: { readonly model: PageModel }) {
  const [whole, showAll] = useState(false);
  const { probes, parts } = model;
  if (probes.length === 0) return null;
  const all = probes.flatMap((probe) => probe.outages.map((outage) => ({ probe, outage })));
  all.sort((a, b) => a.outage.from - b.outage.from);
  const shown = whole ? all : firstOf(all, ({ probe }) => probe.over, MOST);
  return (
    <section class="outages" aria-labelledby="away">
      <h2 id="away">What did not answer</h2>
      <p>{inWords(probes)}</p>
      {all.length === 0 ? null : (
        <section class="scroll" tabIndex={0} aria-label="All outages">
          <table>
            <thead>
              <tr>
                <th scope="col">probe</th>
                <th scope="col">at</th>
                <th scope="col">down for</th>
                <th scope="col">charged to</th>
                <th scope="col">why</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ probe, outage }) => (
                <tr key={outage.id}>
                  <th scope="row">
                    <a href={linkTo({ kind: 'outage', id: outage.id })}>{probe.name}</a>
                  </th>
                  <td class="num">{formatMoment(elapsedAt(outage.from, parts))}</td>
                  <td class="num">
                    {outage.length}
                    {outage.open ? ', to the end' : ''}
                  </td>
                  <td>
                    {outage.charges.length === 0
                      ? outage.fell
                      : largest(outage).map(({ step, title, ms }, i) => (
                          <span key={step}>
                            {i > 0 ? ', ' : ''}
                            <a href={linkTo({ kind: 'step', id: step })}>{title}</a>
                            {ms > 0 ? ` ${formatDuration(ms)}` : ''}
                          </span>
                        ))}
                    {outage.charges.length > CHARGES ? (
                      <a href={linkTo({ kind: 'outage', id: outage.id })}>
                        {' '}
                        and {outage.charges.length - CHARGES} more
                      </a>
                    ) : null}
                  </td>
                  <td>{outage.causes}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {shown.length < all.length ? (
        <button type="button" onClick={() => showAll(true)}>
          Show all {all.length} outages
        </button>
      ) : null}
      <ul class="budgets">
        {probes
          .filter(
            ({ over, never, unseenMs, budgetMs, outages }) =>
              over || never !== undefined || unseenMs > 0 || (budgetMs !== undefined && outages.length > 0),
          )
          .map((probe) => (
            <li key={probe.name}>{budget(probe)}</li>
          ))}
      </ul>
    </section>
  );
}

function inWords(probes: readonly PageProbe[]): string {
  const over = probes.filter((probe) => probe.over).length;
  const some = probes.filter(({ outages }) => outages.length > 0).length;
  const were = `${probes.length} ${probes.length === 1 ? 'probe' : 'probes'} asked all through the run`;
  if (some === 0) return `${were}, and each was always answered once it was up.`;
  return `${were}; ${some} ${some === 1 ? 'was' : 'were'} not always answered${over > 0 ? `, ${over} for longer than the budget allows` : ''}.`;
}

function budget({ name, over, down, budgetMs, never, unseenMs }: PageProbe): string {
  const parts = [
    never === undefined ? undefined : `was never up: ${never}`,
    budgetMs === undefined
      ? undefined
      : `${down ?? 'no time'} down where it counts, with a budget of ${formatDuration(budgetMs)}`,
    unseenMs > 0 ? `${formatDuration(unseenMs)} could not be seen` : undefined,
  ].filter((part) => part !== undefined);
  return `${over ? '✘ ' : ''}${name}: ${parts.join('; ')}`;
}
